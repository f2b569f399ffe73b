import assert from 'node:assert/strict';
import { globalRecord } from '../../../src/model/record.ts';
import { diagnosed, findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { withDump, withoutDumps } from '../../support/edit.ts';
import { loadCapture } from '../../support/captures.ts';
import { createdTopology, movedTables, standardTopology, tenantTopology } from '../../support/moves.ts';
import { assertClean, assertFinding, assertIncomplete, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

interface Show {
  readonly name?: string;
  readonly type?: string;
  readonly source?: string;
  readonly target?: string;
  readonly tables?: readonly string[];
  readonly streams?: readonly { readonly state: string; readonly message: string }[];
}

/** What `Workflow show` prints of one workflow. */
function show({
  name = 'move0',
  type = 'MoveTables',
  source = 'commerce',
  target = 'customer',
  tables = movedTables,
  streams = [{ state: 'Running', message: '' }],
}: Show = {}): object {
  const rules = tables.map((match) => ({ match }));
  const entries = streams.map((stream, index) => [
    `${index === 0 ? '-80' : '80-'}/zone1-000000010${index}`,
    { streams: [{ ...stream, binlog_source: { filter: { rules } } }] },
  ]);
  return {
    workflows: [
      {
        name,
        workflow_type: type,
        source: { keyspace: source },
        target: { keyspace: target },
        shard_streams: Object.fromEntries(entries) as object,
      },
    ],
  };
}

const stopped = { state: 'Stopped', message: '' };
const frozen = { state: 'Stopped', message: 'FROZEN' };

describe('stopped-not-frozen', () => {
  const code = 'stopped-not-frozen';
  const switched = standardTopology();
  const withStreams = (...streams: Show['streams'] & object) =>
    withDump(switched, 'WorkflowShow-customer.json', show({ streams }));

  it('is silent where a switched workflow is frozen, and where no dump tells', () => {
    assertClean(standardTopology({}, { dumps: true }), code);
    assertClean(withStreams(frozen, frozen), code);
    assertClean(switched, code);
    assertClean(loadCapture('04-all-switched'), code);
  });

  it('says what starting the stopped workflow would do', () => {
    const data = withStreams(stopped, stopped);
    assertFinding(data, onlyFinding(data, code), {
      code,
      severity: 'error',
      keyspace: 'customer',
      tables: movedTables,
      record: 'RoutingRules',
      text: '{ "from_table": "corder", "to_tables": [ "customer.corder" ] }',
      says: [
        /^Writes are switched to customer, and the streams of customer\.move0 are stopped but not FROZEN/,
        /whoever starts the workflow replays old rows of commerce over new ones/,
        /Next: do not start it; run SwitchTraffic again/,
      ],
    });
  });

  it('is said when one of the stopped streams is not frozen, and not while one runs', () => {
    assert.equal(findingsOf(withStreams(frozen, stopped), code).length, 1);
    assertClean(withStreams(stopped, { state: 'Running', message: '' }), code);
    assertClean(withStreams(), code);
  });

  it('is not said before writes are switched, nor of a reverse workflow', () => {
    const dump = show({ streams: [stopped] });
    assertClean(withDump(createdTopology(), 'WorkflowShow-customer.json', dump), code);
    const reverse = show({ name: 'move0_reverse', source: 'customer', target: 'commerce', streams: [stopped] });
    assertClean(withDump(switched, 'WorkflowShow-commerce.json', reverse), code);
  });

  it('says nothing without RoutingRules, which tell that writes are switched', () => {
    assertUnchecked(corrupt(withStreams(stopped), globalRecord.routingRules), code, globalRecord.routingRules);
  });

  it('says nothing by a dump that is no JSON, and notes it', () => {
    const data = withDump(switched, 'WorkflowShow-customer.json', '{"workflows": [');
    assert.deepEqual(findingsOf(data, code), []);
    assert.match(diagnosed(data).snapshot.notes.join(), /WorkflowShow-customer\.json is not valid JSON/);
  });
});

describe('missing-streams of the forward workflow alone', () => {
  const code = 'missing-streams';
  const asked = { source: 'vtctld at 10.0.0.1:15999', askedAt: 0, unread: [] };
  const outage = { ...loadCapture('12-reverse-vtctld-killed'), workflows: asked };

  it('is silent where both workflows are there, and where nobody was asked', () => {
    assertClean({ ...loadCapture('04-all-switched'), workflows: asked }, code);
    assertClean(loadCapture('12-reverse-vtctld-killed'), code);
  });

  it('names the workflow that a failed rollback deleted, and the way back', () => {
    assertFinding(outage, onlyFinding(outage, code), {
      code,
      severity: 'warning',
      keyspace: 'customer',
      tables: ['corder', 'customer'],
      record: 'RoutingRules',
      text: '{ "from_table": "corder", "to_tables": [ "customer.corder" ] }',
      says: [
        /There is commerce\.commerce2customer_reverse and not its forward workflow customer\.commerce2customer/,
        /fails with "no streams found"/,
        /Next: to move traffic back to commerce, use SwitchTraffic of commerce\.commerce2customer_reverse/,
      ],
    });
  });

  it('is not said while the workflows of the target could not be read', () => {
    const reason = 'vtctld at 10.0.0.1:15999: it answered with an error.';
    const data = {
      ...outage,
      dumps: outage.dumps.filter(({ name }) => name !== 'WorkflowList-customer.json'),
      workflows: { ...asked, unread: [{ keyspace: 'customer', reason }] },
    };
    assert.deepEqual(findingsOf(data, code), []);
    assert.equal(diagnosed(data).complete, false);
  });
});

describe('missing-streams', () => {
  const code = 'missing-streams';
  /** A move of which the dumps list all workflows of both keyspaces: these. */
  const listed = (customer: readonly string[], commerce: readonly string[] = [], data = createdTopology()) =>
    withDump(withDump(data, 'WorkflowList-customer.json', customer), 'WorkflowList-commerce.json', commerce);
  const none = listed([]);

  it('is silent where a workflow moves the tables, forward or reverse', () => {
    assertClean(createdTopology({}, { dumps: true }), code);
    assertClean(loadCapture('01-created'), code);
    assertClean(loadCapture('12-reverse-vtctld-killed'), code);
    assertClean(tenantTopology({}, { dumps: true }), code);
  });

  it('says that nothing replicates when neither keyspace has a workflow', () => {
    assertFinding(none, onlyFinding(none, code), {
      code,
      severity: 'error',
      keyspace: 'customer',
      tables: movedTables,
      record: 'RoutingRules',
      text: '{ "from_table": "corder", "to_tables": [ "commerce.corder" ] }',
      says: [
        /moving between commerce and customer, and neither keyspace has a workflow for them: nothing replicates/,
        /Next: do not switch traffic by rules; find out which side is complete/,
      ],
    });
  });

  it('points at KeyspaceRoutingRules for a multi-tenant move', () => {
    const data = listed([], [], tenantTopology());
    assert.equal(onlyFinding(data, code).places[0].record.path, 'routing_rules/keyspace/Rules');
  });

  it('is not said while the workflows of one keyspace are not known', () => {
    assertClean(withDump(createdTopology(), 'WorkflowList-customer.json', []), code);
    assertClean(withoutDumps(none), code);
    assertClean(withDump(none, 'WorkflowList-commerce.json', '["cut'), code);
  });

  it('is not said while a listed workflow that no other dump describes may move the tables', () => {
    assertClean(listed(['commerce2customer']), code);
    assertClean(listed([], ['commerce2customer_reverse']), code);
  });

  it('is said beside a workflow that is described and moves something else', () => {
    const beside = (dump: Show) => withDump(listed(['move0']), 'WorkflowShow-customer.json', show(dump));
    assert.equal(findingsOf(beside({ tables: ['other'] }), code).length, 1);
    assert.equal(findingsOf(beside({ source: 'elsewhere' }), code).length, 1);
    assert.equal(findingsOf(beside({ type: 'Reshard', source: 'customer' }), code).length, 1);
    assertClean(beside({ tables: [] }), code);
    assertClean(beside({ tables: ['/.*/'] }), code);
  });

  it('is not said of a move whose tables are not known while a workflow of its keyspaces does not tell its source', () => {
    const data = listed(['move0'], [], tenantTopology());
    assertClean(withDump(data, 'WorkflowShow-customer.json', show({ source: '' })), code);
  });

  it('says nothing of a move whose rules cannot be read', () => {
    assertUnchecked(corrupt(none, globalRecord.routingRules), code, globalRecord.routingRules);
    const tenants = corrupt(listed([], [], tenantTopology()), globalRecord.keyspaceRoutingRules);
    assertUnchecked(tenants, code, globalRecord.keyspaceRoutingRules);
    assertIncomplete(tenants, globalRecord.keyspaceRoutingRules);
  });
});
