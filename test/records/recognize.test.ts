import assert from 'node:assert/strict';
import fc from 'fast-check';
import { recordName } from '../../src/model/record.ts';
import { parseJsonDocument } from '../../src/records/jsonDocument.ts';
import { recognize } from '../../src/records/recognize.ts';
import type { RecognizedDocument } from '../../src/records/recognizedDocument.ts';
import { captureNames, readDumps } from '../support/captures.ts';

function recognizeValue(value: unknown, baseName = 'dump', path?: string): RecognizedDocument {
  return recognize(value, { baseName, ...(path === undefined ? {} : { record: { path } }) });
}

/** The records of a document: where each stands, whether it could be read, and what is special about it. */
function lines({ records }: RecognizedDocument): string[] {
  return records.map(({ record, reading, path, partial, opaque }) =>
    [
      recordName(record),
      `at ${path.join('.') || 'the top'}`,
      reading.status,
      partial ? 'partial' : '',
      opaque ? 'opaque' : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

const shard = {
  primary_alias: { cell: 'zone1', uid: 200 },
  key_range: { start: '', end: 'gA==' },
  tablet_controls: [{ tablet_type: 'PRIMARY', denied_tables: ['corder'] }],
  is_primary_serving: true,
};
const namedShard = { keyspace: 'customer', name: '-80', shard };

describe('recognize', () => {
  for (const capture of captureNames) {
    it(`finds every record of every dump of ${capture}`, () => {
      const found = readDumps(capture)
        .filter(({ name }) => name.endsWith('.json') && name !== 'GetCellInfoNames.json')
        .map(({ name, text }) => {
          const { value, problems } = parseJsonDocument(text);
          assert.deepEqual(problems, [], name);
          const document = recognizeValue(value, name.replace('.json', ''));
          assert.deepEqual(document.unnamed, [], name);
          const unread = document.records.filter(({ reading }) => reading.status !== 'loaded');
          assert.deepEqual(unread, [], name);
          return `${name.replace('.json', '')}: ${document.records.length} records, ${document.workflows.length} workflows`;
        });
      const cells = capture.startsWith('17') ? 2 : 1;
      for (const line of [
        'FindAllShardsInKeyspace-customer: 2 records, 0 workflows',
        'GetKeyspaces: 2 records, 0 workflows',
        'GetMirrorRules: 1 records, 0 workflows',
        'GetRoutingRules: 1 records, 0 workflows',
        'GetShard-customer--80: 1 records, 0 workflows',
        'GetShardRoutingRules: 1 records, 0 workflows',
        `GetSrvKeyspaces-customer: ${cells} records, 0 workflows`,
        `GetSrvVSchemas: ${cells} records, 0 workflows`,
        'GetVSchema-customer: 1 records, 0 workflows',
      ]) {
        assert.ok(found.includes(line), `${line} is not in\n${found.join('\n')}`);
      }
      const empty = found.filter((line) => / 0 records, 0 workflows$/.test(line) && !line.startsWith('WorkflowList-'));
      assert.deepEqual(empty, []);
    });
  }

  it('knows a shard by the names in it', () => {
    assert.deepEqual(lines(recognizeValue(namedShard)), ['keyspaces/customer/shards/-80/Shard at shard loaded']);
  });

  it('knows the same shard in camelCase with numbers for names', () => {
    const camel = {
      keyspace: 'customer',
      name: '-80',
      shard: {
        keyRange: { end: 'gA==' },
        tabletControls: [{ tabletType: 1, deniedTables: ['corder'] }],
        isPrimaryServing: true,
      },
    };
    const [a] = recognizeValue(camel).records;
    const [b] = recognizeValue({ ...namedShard, shard: { ...shard, primary_alias: null } }).records;
    assert.deepEqual(a?.reading, b?.reading);
    assert.equal(a?.reading.status, 'loaded');
  });

  it('lists all shards of a keyspace from FindAllShardsInKeyspace', () => {
    const document = recognizeValue({ shards: { '-80': namedShard } });
    assert.deepEqual(lines(document), ['keyspaces/customer/shards/-80/Shard at shards.-80.shard loaded']);
    assert.deepEqual(document.lists, [{ of: 'shards', keyspace: 'customer', names: ['-80'] }]);
  });

  it('takes a map with an entry that is no shard for no complete list', () => {
    assert.deepEqual(recognizeValue({ shards: { '-80': namedShard, '80-': {} } }).lists, []);
  });

  it('lists all keyspaces from GetKeyspaces and none from a part of it', () => {
    const keyspace = { name: 'commerce', keyspace: { durability_policy: 'none' } };
    assert.deepEqual(recognizeValue([keyspace]).lists, [{ of: 'keyspaces', names: ['commerce'] }]);
    assert.deepEqual(recognizeValue([keyspace, { name: 'x' }]).lists, []);
    assert.deepEqual(recognizeValue(keyspace).lists, []);
    assert.deepEqual(lines(recognizeValue(keyspace)), ['keyspaces/commerce/Keyspace at keyspace loaded']);
  });

  const rules: readonly [string, object, string][] = [
    ['to_tables', { from_table: 'a.t', to_tables: ['b.t'] }, 'RoutingRules'],
    ['no target at all', { from_table: 'a.t' }, 'RoutingRules'],
    ['to_table', { from_table: 'a.t', to_table: 'b.t', percent: 1 }, 'MirrorRules'],
    ['a shard', { from_keyspace: 'a', to_keyspace: 'b', shard: '-80' }, 'ShardRoutingRules'],
    ['keyspaces only', { from_keyspace: 'a', to_keyspace: 'b' }, 'routing_rules/keyspace/Rules'],
    ['camelCase names', { fromTable: 'a.t', toTables: ['b.t'] }, 'RoutingRules'],
  ];
  for (const [name, rule, record] of rules) {
    it(`knows rules with ${name} as ${record}`, () => {
      assert.deepEqual(lines(recognizeValue({ rules: [rule] })), [`${record} at the top loaded`]);
    });
  }

  it('knows an empty list of rules by its name only', () => {
    assert.deepEqual(lines(recognizeValue({ rules: [] }, 'GetMirrorRules')), ['MirrorRules at the top loaded']);
    assert.deepEqual(lines(recognizeValue({ rules: [] }, 'x', 'ShardRoutingRules')), [
      'ShardRoutingRules at the top loaded',
    ]);
    assert.deepEqual(recognizeValue({ rules: [] }, 'eslint'), recognizeValue({}));
    assert.deepEqual(recognizeValue({ rules: [] }, 'routing-before').unnamed, [
      { kind: 'RoutingRules', path: [], fileName: 'GetRoutingRules.json' },
    ]);
  });

  it('takes the rules of another program for nothing', () => {
    assert.deepEqual(recognizeValue({ rules: [{ test: '.ts', use: 'x' }] }, 'webpack'), recognizeValue({}));
  });

  it('finds the SrvVSchemas of every cell, and one by its file name', () => {
    const srvVSchema = { keyspaces: { commerce: {} }, routing_rules: { rules: [] } };
    const all = recognizeValue({ zone1: srvVSchema, zone2: srvVSchema });
    assert.deepEqual(lines(all), ['zone1/SrvVSchema at zone1 loaded', 'zone2/SrvVSchema at zone2 loaded']);
    assert.deepEqual(all.lists, [{ of: 'cells', names: ['zone1', 'zone2'] }]);
    assert.deepEqual(lines(recognizeValue(srvVSchema, 'GetSrvVSchema-zone1')), ['zone1/SrvVSchema at the top loaded']);
    assert.equal(recognizeValue(srvVSchema, 'srv').unnamed[0]?.kind, 'SrvVSchema');
  });

  it('finds the SrvKeyspaces of a keyspace that the file name tells, and cells that have none', () => {
    const srvKeyspace = { partitions: [{ served_type: 1, shard_references: [{ name: '0' }] }] };
    const document = recognizeValue({ zone1: srvKeyspace, zone2: null }, 'GetSrvKeyspaces-commerce');
    assert.deepEqual(lines(document), [
      'zone1/keyspaces/commerce/SrvKeyspace at zone1 loaded',
      'zone2/keyspaces/commerce/SrvKeyspace at zone2 absent',
    ]);
    assert.equal(recognizeValue({ zone1: srvKeyspace }, 'srv').unnamed[0]?.fileName, 'GetSrvKeyspaces-<keyspace>.json');
  });

  it('places a bare Shard by its path and never guesses', () => {
    const path = 'keyspaces/customer/shards/-80/Shard';
    assert.deepEqual(lines(recognizeValue(shard, 'Shard', path)), [`${path} at the top loaded`]);
    assert.deepEqual(lines(recognizeValue(shard)), []);
    assert.equal(recognizeValue(shard, 'GetShard-customer--80').unnamed[0]?.kind, 'Shard');
  });

  it('unwraps what VTAdmin answers', () => {
    const keyspace = { name: 'customer', keyspace: {} };
    const document = recognizeValue({
      result: { cluster: { id: 'c' }, keyspace, shards: { '-80': namedShard } },
      ok: true,
    });
    assert.deepEqual(lines(document), [
      'keyspaces/customer/Keyspace at result.keyspace.keyspace loaded',
      'keyspaces/customer/shards/-80/Shard at result.shards.-80.shard loaded',
    ]);
  });

  it('finds both records that CreateShard prints', () => {
    const created = { keyspace: { name: 'customer', keyspace: {} }, shard: namedShard, shard_already_exists: false };
    assert.equal(recognizeValue(created).records.length, 2);
  });

  it('reads a record from the prototext of GetTopologyPath', () => {
    const data =
      'tablet_controls:{tablet_type:PRIMARY denied_tables:"corder"} key_range:{end:"\\x80"} is_primary_serving:true';
    const cell = {
      name: 'Shard',
      path: '/global/keyspaces/customer/shards/-80/Shard',
      data,
      children: [],
      version: '32',
    };
    assert.deepEqual(lines(recognizeValue(cell)), ['keyspaces/customer/shards/-80/Shard at data loaded opaque']);
    assert.deepEqual(lines(recognizeValue({ ...cell, data: 'tablet_controls:{' })), [
      'keyspaces/customer/shards/-80/Shard at data failed opaque',
    ]);
    assert.deepEqual(lines(recognizeValue({ ...cell, data: data.replace('\\x80', '\\x40') })), [
      'keyspaces/customer/shards/-80/Shard at data failed opaque',
    ]);
    assert.deepEqual(lines(recognizeValue({ ...cell, path: '/zone1/SrvVSchema', data: 'routing_rules:{}' })), [
      'zone1/SrvVSchema at data loaded opaque',
    ]);
    assert.deepEqual(
      lines(recognizeValue({ name: 'keyspaces', path: '/global/keyspaces', data: '', children: ['customer'] })),
      [],
    );
  });

  it('finds the target shards that Workflow show prints as parts of their records', () => {
    const streams = [
      {
        id: '1',
        shard: '0',
        state: 'Running',
        binlog_source: { keyspace: 'customer', shard: '-80', filter: { rules: [{ match: 'corder' }] } },
      },
    ];
    const workflow = {
      name: 'w_reverse',
      source: { keyspace: 'customer', shards: ['-80'] },
      target: { keyspace: 'commerce', shards: ['0'] },
      shard_streams: { '0/zone1-100': { streams, tablet_controls: [], is_primary_serving: true } },
      workflow_type: 'MoveTables',
    };
    const document = recognizeValue({ workflows: [workflow] });
    assert.deepEqual(lines(document), [
      'keyspaces/commerce/shards/0/Shard at workflows.0.shard_streams.0/zone1-100 loaded partial',
    ]);
    assert.deepEqual(document.workflows, [
      {
        keyspace: 'commerce',
        name: 'w_reverse',
        source: 'customer',
        type: 'MoveTables',
        tables: ['corder'],
        streams: [{ shard: '0', state: 'Running', message: '', id: '1', tablet: 'zone1-100', source: 'customer/-80' }],
      },
    ]);
  });

  it('does not know the tables of a workflow that copies by a pattern', () => {
    const streams = [{ binlog_source: { filter: { rules: [{ match: '/.*/' }] } } }];
    const workflow = { name: 'w', target: { keyspace: 'a' }, shard_streams: { '0/zone1-1': { streams } } };
    assert.equal(recognizeValue({ workflows: [workflow] }).workflows[0]?.tables, undefined);
  });

  it('refuses a tablet type that Vitess does not have, which would count for nobody', () => {
    const control = { tablet_type: 'PRIMRY', denied_tables: ['corder'] };
    const [record] = recognizeValue({ ...namedShard, shard: { ...shard, tablet_controls: [control] } }).records;
    assert.match(record?.reading.status === 'failed' ? record.reading.reason : '', /tablet_type "PRIMRY"/);
  });

  it("refuses a shard whose key range is another shard's", () => {
    const [record] = recognizeValue({ ...namedShard, name: '80-' }).records;
    assert.equal(record?.reading.status, 'failed');
  });

  it('passes over fields of newer releases', () => {
    const [record] = recognizeValue({ ...namedShard, shard: { ...shard, brand_new: { a: 1 } } }).records;
    assert.equal(record?.reading.status, 'loaded');
  });

  for (const [name, value] of Object.entries({
    'a package.json': { name: 'x', version: '1.0.0', dependencies: { a: '1' }, keywords: ['vitess'] },
    'a tsconfig.json': { compilerOptions: { strict: true, paths: { shard: ['./shard'] } } },
    'a list of numbers': [1, 2, 3],
    'a shard of something else': { shard: 'a', keyspace: 'b' },
    GeoJSON: { type: 'FeatureCollection', features: [], keyspaces: [] },
  })) {
    it(`takes ${name} for nothing`, () => {
      assert.deepEqual(recognizeValue(value), recognizeValue({}));
    });
  }

  it('never throws', () => {
    const word = fc.constantFrom(
      ...[
        'keyspace',
        'name',
        'shard',
        'shards',
        'rules',
        'from_table',
        'to_tables',
        'workflows',
        'shard_streams',
        'tablet_controls',
      ],
      ...[
        'denied_tables',
        'partitions',
        'keyspaces',
        'routing_rules',
        'alias',
        'cell',
        'uid',
        'path',
        'data',
        'result',
        'ok',
        '__proto__',
      ],
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom('PRIMARY', '-80', 'customer', '', 1, 3, -1, 1.5, true, null, 'gA==', '/global/RoutingRules'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(word, tie('value'), { maxKeys: 5 }),
      ),
    }));
    const hints = fc.constantFrom(
      'GetSrvVSchema-zone1',
      'GetSrvKeyspaces-a',
      'GetVSchema-a',
      'WorkflowList-a',
      'GetRoutingRules',
      'x',
    );
    fc.assert(
      fc.property(fc.oneof(value, fc.jsonValue()), hints, (json, baseName) => {
        const document = recognizeValue(json, baseName);
        assert.ok(document.records.every(({ record }) => isText(record.path)));
      }),
      { numRuns: 5000 },
    );
  });
});
