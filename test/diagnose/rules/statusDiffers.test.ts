import assert from 'node:assert/strict';
import type { TopologyData } from '../../../src/model/topologyData.ts';
import { globalRecord } from '../../../src/model/record.ts';
import { loadCapture } from '../../support/captures.ts';
import { findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { withDump } from '../../support/edit.ts';
import { assertClean, assertFinding, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const code = 'status-differs';
const workflows = { source: 'vtctld at 10.0.0.1:15999', askedAt: 0, unread: [] };
const live = (capture: string): TopologyData => ({ ...loadCapture(capture), workflows });
const status = (trafficState: string): object => ({
  traffic_state: trafficState,
  shard_streams: { 'customer/-80': { streams: [{ source_shard: 'commerce/0' }] } },
});
const saved = (trafficState: string): TopologyData =>
  withDump(loadCapture('04-all-switched'), 'MoveTablesStatus-customer-commerce2customer.json', status(trafficState));
const told = (trafficState: string): TopologyData => ({ ...saved(trafficState), workflows });

describe('status-differs', () => {
  it('is silent where vtctld says what the records say', () => {
    for (const capture of ['00-before', '01-created', '02-rdonly-switched', '04-all-switched']) {
      assertClean(live(capture), code);
    }
    assert.deepEqual(findingsOf(live('12-reverse-vtctld-killed'), code), []);
    assertClean(live('17-two-cells-replica-zone1'), code);
  });

  it('says both in their own words, and what to compare', () => {
    const data = told('Reads Not Switched. Writes Not Switched');
    assertFinding(data, onlyFinding(data, code), {
      code,
      severity: 'info',
      keyspace: 'customer',
      tables: ['corder', 'customer'],
      record: 'RoutingRules',
      text: '{ "from_table": "corder", "to_tables": [ "customer.corder" ] }',
      says: [
        /^vtctld at 10\.0\.0\.1:15999 says of customer\.commerce2customer "Reads Not Switched\. Writes Not Switched"/,
        /the records say "All Reads Switched\. Writes Switched"/,
        /Next: read again; if it stays, compare the global root/,
      ],
    });
  });

  it('is not said of saved output, which may be of another moment, nor of a workflow without a status', () => {
    assertClean(saved('Reads Not Switched. Writes Not Switched'), code);
    assertClean(told(''), code);
  });

  it('says nothing where the records that give the state cannot be read', () => {
    const data = corrupt(told('Reads Not Switched. Writes Not Switched'), globalRecord.routingRules);
    assertUnchecked(data, code, globalRecord.routingRules);
  });
});
