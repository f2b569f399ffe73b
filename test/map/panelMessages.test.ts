import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePageMessage } from '../../src/map/panelMessages.ts';

describe('messages of the page', () => {
  it('are taken when they are complete', () => {
    const messages = [
      { type: 'ready' },
      { type: 'export' },
      { type: 'open', version: 1, target: 0 },
      { type: 'moment', key: '12@5' },
    ];
    for (const message of messages) assert.deepEqual(parsePageMessage({ ...message, more: 1 }), message);
  });

  it('are refused when they are not', () => {
    const refused = [
      undefined,
      null,
      'ready',
      {},
      { type: 'run' },
      { type: 'open', version: 1 },
      { type: 'open', version: 1, target: -1 },
      { type: 'open', version: 1, target: '0' },
      { type: 'open', version: 1.5, target: 0 },
      { type: 'open', version: Number.NaN, target: 0 },
      { type: 'moment', key: 5 },
    ];
    for (const message of refused) assert.equal(parsePageMessage(message), undefined, JSON.stringify(message));
  });

  it('never make it fail', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        parsePageMessage(message);
      }),
    );
  });
});
