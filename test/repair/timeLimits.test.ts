import assert from 'node:assert/strict';
import { within } from '../../src/repair/timeLimits.ts';
import { TopologyError } from '../../src/topology/topology.ts';
import { IdleClock } from '../support/idleClock.ts';
import { topologyError } from '../topology/contract.ts';

/** Work that ends with its signal, as the adapters do. */
const untilCancelled = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new TopologyError({ code: 'cancelled', message: 'Reading was cancelled.' }));
    });
  });

describe('within', () => {
  it('says that the time was over, not that somebody cancelled', async () => {
    const limit = { clock: new IdleClock(0), ms: 3000, what: 'Reading the topology' };
    await assert.rejects(within(limit, untilCancelled), topologyError('timeout', 'gave no answer within 3 s'));
  });

  it('says that somebody cancelled who did', async () => {
    const cancel = new AbortController();
    const limit = { clock: new IdleClock(0), ms: 3000, what: 'Reading the topology', cancel: cancel.signal };
    const reading = within(limit, untilCancelled);
    cancel.abort();
    await assert.rejects(reading, topologyError('cancelled', 'was cancelled'));
  });
});
