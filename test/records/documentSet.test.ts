import assert from 'node:assert/strict';
import { diagnoseDocuments, type DiagnosedDocuments } from '../../src/diagnose/diagnoseDocuments.ts';
import { globalRecord, cellRecord } from '../../src/model/record.ts';
import { DocumentSet } from '../../src/records/documentSet.ts';
import { readSetDocument } from '../../src/records/setDocument.ts';
import { captureNames, readDumps } from '../support/captures.ts';
import { findingLine } from '../support/diagnosed.ts';

const outage = '12-reverse-vtctld-killed';

/** The dumps of a capture: all, or those named; `more` adds or replaces files. */
function setOf(capture: string, names?: readonly string[], more: Readonly<Record<string, string>> = {}): DocumentSet {
  const captured = readDumps(capture).filter(
    ({ name }) => names === undefined || names.includes(name.replace('.json', '')),
  );
  const texts = new Map([...captured.map(({ name, text }): [string, string] => [name, text]), ...Object.entries(more)]);
  const documents = [...texts].flatMap(([name, text]) => readSetDocument(name, `/dumps/${name}`, text) ?? []);
  return new DocumentSet(documents, 0);
}

function dumpText(capture: string, name: string): string {
  const dump = readDumps(capture).find((file) => file.name === `${name}.json`);
  assert.ok(dump, name);
  return dump.text;
}

function lines(set: DocumentSet): string[] {
  return diagnoseDocuments(set).findings.map(findingLine);
}

function uncheckedLines({ unchecked }: DiagnosedDocuments): string[] {
  return unchecked.map(({ finding, reason }) => `${findingLine(finding)}: ${reason}`);
}

const healthy: Readonly<Record<string, readonly string[]>> = {
  '17-two-cells-replica-zone1': ['reads-differ-by-cell @zone2 corder,customer'],
};

describe('DocumentSet', () => {
  for (const capture of captureNames.filter((name) => name !== outage)) {
    it(`shows in the dumps of ${capture} what the capture is`, () => {
      const set = setOf(capture);
      assert.deepEqual(lines(set), healthy[capture] ?? []);
      assert.deepEqual(set.differing, []);
    });
  }

  it('shows the whole outage in the dumps of the killed reverse', () => {
    assert.deepEqual(lines(setOf(outage)), [
      'serving-side-denied customer/-80 corder,customer',
      'serving-side-denied customer/80- corder,customer',
      'other-side-not-denied commerce/0 corder,customer',
      'stale-srv-vschema @zone1 corder,customer',
    ]);
  });

  const parts: readonly [string, readonly string[], readonly string[]][] = [
    ['a lone GetShard', ['GetShard-customer--80'], []],
    ['a lone GetRoutingRules', ['GetRoutingRules'], []],
    ['a lone GetSrvVSchemas', ['GetSrvVSchemas'], []],
    [
      'a denied shard and the rules',
      ['GetShard-customer--80', 'GetRoutingRules'],
      ['serving-side-denied customer/-80 corder,customer'],
    ],
    [
      'the other side and the rules',
      ['GetShard-commerce-0', 'GetRoutingRules'],
      ['other-side-not-denied commerce/0 corder,customer'],
    ],
    [
      'Workflow show and the rules',
      ['WorkflowShow-commerce', 'GetRoutingRules'],
      ['other-side-not-denied commerce/0 corder,customer'],
    ],
    ['both rules', ['GetRoutingRules', 'GetSrvVSchemas'], ['stale-srv-vschema @zone1 corder,customer']],
    ['tablets and a SrvKeyspace without shards', ['GetTablets', 'GetSrvKeyspaces-customer', 'GetKeyspaces'], []],
    ['a shard and its SrvKeyspace', ['GetShard-customer--80', 'GetSrvKeyspaces-customer'], []],
    ['the VSchemas and the SrvVSchemas', ['GetVSchema-customer', 'GetVSchema-commerce', 'GetSrvVSchemas'], []],
    ['the names of workflows and the rules', ['WorkflowList-commerce', 'WorkflowList-customer', 'GetRoutingRules'], []],
  ];
  for (const [name, dumps, expected] of parts) {
    it(`shows in ${name} of the outage ${expected.length === 0 ? 'nothing that other dumps could refute' : expected.join(', ')}`, () => {
      assert.deepEqual(lines(setOf(outage, dumps)), expected);
    });
  }

  it('says for each missing record which dump would give it', () => {
    const set = setOf(outage, ['GetShard-customer--80']);
    assert.equal(set.notGiven(globalRecord.shard('customer', '-80')), undefined);
    assert.equal(set.notGiven(globalRecord.routingRules), 'no GetRoutingRules dump beside this file');
    assert.equal(set.notGiven(globalRecord.shard('customer', '80-')), 'no GetShard customer/80- dump beside this file');
    assert.equal(set.notGiven(globalRecord.vschema('customer')), 'no GetVSchema customer dump beside this file');
    assert.equal(set.notGiven(cellRecord.srvVSchema('zone1')), 'no GetSrvVSchemas dump beside this file');
    assert.equal(set.notGiven(cellRecord.srvKeyspace('zone1', 'a')), 'no GetSrvKeyspaces a dump beside this file');
  });

  it('knows the part of a keyspace that no dump gives', () => {
    const { snapshot } = setOf(outage, ['GetShard-customer-80-', 'GetRoutingRules']);
    const shards = (keyspace: string): string[] =>
      (snapshot.keyspaces.get(keyspace)?.shards ?? []).map(({ name, shard }) => `${name} ${shard.status}`);
    assert.deepEqual(shards('customer'), ['-80 failed', '80- loaded']);
    assert.deepEqual(shards('commerce'), ['- failed']);
  });

  it('does not take a keyspace that no dump gives for one that does not exist', () => {
    const rules = JSON.stringify({ rules: [{ from_table: 't', to_tables: ['nowhere.t'] }] });
    assert.deepEqual(lines(setOf(outage, [], { 'GetRoutingRules.json': rules })), []);
    assert.deepEqual(lines(setOf(outage, ['GetKeyspaces'], { 'GetRoutingRules.json': rules })), ['dangling-rule t']);
  });

  it('reports what one record alone shows', () => {
    const shard = JSON.parse(dumpText(outage, 'GetShard-customer--80')) as { shard: { tablet_controls: object[] } };
    shard.shard.tablet_controls.push(
      { tablet_type: 'PRIMARY', denied_tables: ['x'] },
      { tablet_type: 'REPLICA', denied_tables: ['y'] },
    );
    const set = setOf(outage, [], { 'shard.json': JSON.stringify(shard) });
    assert.deepEqual(lines(set), ['duplicate-control customer/-80 x', 'legacy-control customer/-80 y']);
  });

  it('does not judge by a record that two dumps give differently, and says which', () => {
    const before = dumpText('01-created', 'GetRoutingRules');
    const set = setOf(outage, ['GetShard-customer--80', 'GetRoutingRules'], { 'rules-before.json': before });
    assert.deepEqual(lines(set), []);
    const reason =
      'GetRoutingRules.json and rules-before.json give RoutingRules differently, so they are not of one moment';
    assert.equal(set.notGiven(globalRecord.routingRules), reason);
    assert.deepEqual(
      set.differing.map(({ record }) => record.path),
      ['RoutingRules'],
    );
  });

  it('judges by a record that two dumps give alike, in whatever dialect', () => {
    const shard = {
      keyspace: 'customer',
      name: '-80',
      shard: {
        primaryAlias: { cell: 'zone1', uid: 200 },
        primaryTermStartTime: { seconds: '1795479999', nanoseconds: 572067981 },
        keyRange: { end: 'gA==' },
        tabletControls: [{ tabletType: 1, deniedTables: ['corder', 'customer'] }],
        isPrimaryServing: true,
      },
    };
    const set = setOf(outage, ['GetShard-customer--80', 'GetRoutingRules'], { 'camel.json': JSON.stringify(shard) });
    assert.deepEqual(set.differing, []);
    assert.deepEqual(lines(set), ['serving-side-denied customer/-80 corder,customer']);
  });

  it('sees that Workflow show and GetShard are of different moments', () => {
    const shard = JSON.parse(dumpText(outage, 'GetShard-commerce-0')) as { shard: { tablet_controls: object[] } };
    shard.shard.tablet_controls = [{ tablet_type: 'PRIMARY', denied_tables: ['corder'] }];
    const set = setOf(outage, ['WorkflowShow-commerce'], { 'GetShard-commerce-0.json': JSON.stringify(shard) });
    assert.deepEqual(
      set.differing.map(({ record }) => record.path),
      ['keyspaces/commerce/shards/0/Shard'],
    );
  });

  it('reports a dump whose record cannot be read', () => {
    const text = dumpText(outage, 'GetShard-customer--80').replace('"corder"', '{"table": "corder"}');
    const set = setOf(outage, ['GetRoutingRules'], { 'GetShard-customer--80.json': text });
    const [finding] = diagnoseDocuments(set).findings;
    assert.equal(finding?.code, 'record-unreadable');
    assert.match(finding.message, /could not be read from this dump: .*make the dump again/);
  });

  it('takes nothing from a dump that is cut off', () => {
    const text = dumpText(outage, 'GetRoutingRules').trimEnd().slice(0, -1);
    const set = setOf(outage, ['GetShard-customer--80'], { 'GetRoutingRules.json': text });
    assert.deepEqual(lines(set), []);
    assert.equal(set.notGiven(globalRecord.routingRules), 'no GetRoutingRules dump beside this file');
    assert.equal(set.documents.find(({ name }) => name === 'GetRoutingRules.json')?.json.problems.length, 1);
  });

  it('takes no workflow for missing while one of the listed could be the one', () => {
    const lists = { 'WorkflowList-commerce.json': '[]', 'WorkflowList-customer.json': '["w"]' };
    const known = {
      'MoveTablesStatus-customer-w.json': JSON.stringify({
        shard_streams: { 'customer/-80': { streams: [{ source_shard: 'other/0' }] } },
        traffic_state: 'x',
      }),
    };
    assert.ok(!lines(setOf(outage, ['GetRoutingRules'], lists)).some((line) => line.startsWith('missing-streams')));
    assert.ok(
      lines(setOf(outage, ['GetRoutingRules'], { ...lists, ...known })).some((line) =>
        line.startsWith('missing-streams'),
      ),
    );
  });

  describe('with findings that a missing dump could explain away', () => {
    /** A move between two keyspaces of the same shards, whose -80 denies on the side that the table rules serve. */
    const partial = {
      'GetShard-a.json': JSON.stringify({
        keyspace: 'a',
        name: '-80',
        shard: {
          key_range: { end: 'gA==' },
          tablet_controls: [{ tablet_type: 'PRIMARY', denied_tables: ['t'] }],
          is_primary_serving: true,
        },
      }),
      'GetRoutingRules.json': JSON.stringify({
        rules: ['t', 'a.t', 'b.t', 't@replica', 'a.t@replica', 'b.t@replica'].map((from_table) => ({
          from_table,
          to_tables: ['a.t'],
        })),
      }),
    };

    it('does not call a shard of a possible partial move denied before GetShardRoutingRules is there', () => {
      const diagnosed = diagnoseDocuments(setOf(outage, [], partial));
      assert.deepEqual(diagnosed.findings, []);
      assert.deepEqual(uncheckedLines(diagnosed), [
        'serving-side-denied a/-80 t: no GetShardRoutingRules dump beside this file',
      ]);
      const none = { ...partial, 'GetShardRoutingRules.json': '{"rules": []}' };
      assert.deepEqual(lines(setOf(outage, [], none)), ['serving-side-denied a/-80 t']);
    });

    it('does not call rules that were kept a contradiction before the VSchema is there', () => {
      const rules = ['t', 'a.t', 'b.t', 't@replica', 'a.t@replica', 'b.t@replica'].map((from_table) => ({
        from_table,
        to_tables: ['b.t'],
      }));
      const kept = {
        'GetShard-a.json': JSON.stringify({
          keyspace: 'a',
          name: '-80',
          shard: { key_range: { end: 'gA==' }, is_primary_serving: true },
        }),
        'GetRoutingRules.json': JSON.stringify({ rules }),
        'GetShardRoutingRules.json': '{"rules": []}',
      };
      assert.deepEqual(uncheckedLines(diagnoseDocuments(setOf(outage, [], kept))), [
        'other-side-not-denied a/-80 t: no GetVSchema a dump beside this file',
      ]);
      const withTable = { ...kept, 'GetVSchema-a.json': '{"sharded": true, "tables": {"t": {}}}' };
      assert.deepEqual(lines(setOf(outage, [], withTable)), ['other-side-not-denied a/-80 t']);
      const without = diagnoseDocuments(setOf(outage, [], { ...kept, 'GetVSchema-a.json': '{"sharded": true}' }));
      assert.deepEqual([without.findings, without.unchecked], [[], []]);
    });

    it('does not call read rules of one cell stale before the other cells are there', () => {
      const [zone2] = Object.entries(
        JSON.parse(dumpText('17-two-cells-replica-zone1', 'GetSrvVSchemas')) as object,
      ).filter(([cell]) => cell === 'zone2');
      const one = { 'GetSrvVSchema-zone2.json': JSON.stringify(zone2?.[1]) };
      const set = setOf('17-two-cells-replica-zone1', ['GetRoutingRules'], one);
      const diagnosed = diagnoseDocuments(set);
      assert.deepEqual(diagnosed.findings, []);
      assert.deepEqual(uncheckedLines(diagnosed), [
        'stale-srv-vschema @zone2 corder,customer: no GetSrvVSchemas dump beside this file',
      ]);
    });
  });
});

describe('DocumentSet.locate', () => {
  const set = setOf(outage);
  const place = { record: globalRecord.shard('customer', '-80'), path: ['tablet_controls', 0, 'denied_tables', 1] };

  it('gives every document that shows a place, the one with nothing else first', () => {
    const located = set.locate(place);
    assert.deepEqual(
      located.map(({ document }) => document.name),
      ['GetShard-customer--80.json', 'FindAllShardsInKeyspace-customer.json'],
    );
    for (const { document, range } of located) {
      assert.equal(document.text.slice(range.offset, range.offset + range.length), '"customer"');
    }
  });

  it('points at a record as a whole where only a part of it is printed', () => {
    const located = set.locate({ record: globalRecord.shard('commerce', '0'), path: ['primary_alias'] });
    const workflow = located.find(({ document }) => document.name === 'WorkflowShow-commerce.json');
    assert.ok(workflow);
    assert.match(
      workflow.document.text.slice(workflow.range.offset, workflow.range.offset + workflow.range.length),
      /^"0\/zone1-/,
    );
    assert.equal(located.at(-1), workflow);
  });

  it('gives nothing for a record that no document shows', () => {
    assert.deepEqual(setOf(outage, ['GetRoutingRules']).locate(place), []);
  });
});

describe('readSetDocument', () => {
  it('passes over files of other programs', () => {
    const others: readonly [string, string][] = [
      ['package.json', '{"name": "x", "scripts": {"test": "mocha"}}'],
      ['tsconfig.json', '{"compilerOptions": {"paths": {"alias": ["./x"]}}}'],
      ['.eslintrc.json', '{"rules": {"no-console": "error"}}'],
      ['data.json', '{"data": "x", "path": "/a", "children": []}'],
    ];
    for (const [name, text] of others) assert.equal(readSetDocument(name, `/project/${name}`, text), undefined, name);
  });

  it('takes the record of a path as Vitess keeps it', () => {
    const text = JSON.stringify({ tablet_controls: [], is_primary_serving: true, key_range: { end: 'gA==' } });
    const document = readSetDocument('x', '/ticket/keyspaces/customer/shards/-80/Shard.json', text);
    assert.equal(document?.recognized.records[0]?.record.path, 'keyspaces/customer/shards/-80/Shard');
    const srvKeyspace = JSON.stringify({ partitions: [{ served_type: 'PRIMARY', shard_references: [{ name: '0' }] }] });
    const inCell = readSetDocument('x', '/ticket/zone1/keyspaces/commerce/SrvKeyspace.json', srvKeyspace);
    assert.deepEqual(inCell?.recognized.records[0]?.record, { cell: 'zone1', path: 'keyspaces/commerce/SrvKeyspace' });
  });
});
