import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import {
  KeyRangeSchema,
  Shard_TabletControlSchema,
  ShardTabletControlSchema,
  TabletType,
} from '../../src/records/gen/topodata_pb.js';
import { RoutingRuleSchema } from '../../src/records/gen/vschema_pb.js';
import { precheck } from '../../src/repair/precheck.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { loadCapture } from '../support/captures.ts';
import {
  rebuilt,
  withDenied,
  withDump,
  withLock,
  withoutDumps,
  withRoutes,
  withRules,
  withShard,
  withSrvKeyspace,
  withSrvVSchema,
} from '../support/edit.ts';
import { buildTopology } from '../support/topologySpec.ts';
import { check, created, forward, killed, reasonLines, requestOf, showDump, switched } from './precheckWorld.ts';

const reverseName = 'commerce.commerce2customer_reverse';
const both = ['corder', 'customer'];

describe('precheck of a healthy move', () => {
  for (const [capture, words] of [
    ['01-created', `switch ${forward}`],
    ['01-created', 'switch corder,customer commerce customer'],
    ['02-rdonly-switched', `switch ${forward}`],
    ['04-all-switched', `reverse ${forward}`],
    ['04-all-switched', `switch ${reverseName}`],
    ['04-all-switched', 'reverse corder,customer commerce customer'],
    ['04-all-switched', 'switch corder customer commerce'],
    ['17-two-cells-replica-zone1', `switch ${forward}`],
  ] as const) {
    it(`finds ${words} safe in ${capture} and names what it does not see`, () => {
      const result = check(loadCapture(capture), words);
      assert.deepEqual(reasonLines(result), []);
      assert.ok(result.safe && result.complete);
      for (const word of [/streams/, /replication lag/, /Journals/])
        assert.ok(result.notSeen.some((line) => word.test(line)));
    });
  }

  it('is safe where no dump names workflows, and says that the workflow is not named', () => {
    const result = check(withoutDumps(created()), 'switch corder,customer commerce customer');
    assert.ok(result.safe);
    assert.match(result.notSeen.join('\n'), /the workflow, which the records do not name/);
  });

  it('tells which way the traffic goes', () => {
    const ways = [`switch ${forward}`, `reverse ${forward}`, `switch ${reverseName}`, `reverse ${reverseName}`].map(
      (words) => {
        const { subject } = check(switched(), words);
        return `${subject?.from} → ${subject?.to} by ${subject?.runs?.keyspace}.${subject?.runs?.name}`;
      },
    );
    const back = `customer → commerce by ${reverseName}`;
    assert.deepEqual(ways, [`commerce → customer by ${forward}`, back, back, `commerce → customer by ${forward}`]);
  });

  it('judges the whole workflow when some of its tables are named', () => {
    const data = withDump(switched(), 'WorkflowShow-customer.json', showDump('Running'));
    assert.deepEqual(check(data, 'reverse corder commerce customer').subject?.tables, both);
  });

  it('does not look at tablets that are not dialled, and names them', () => {
    const { safe, notSeen } = precheck(requestOf(`switch ${forward}`), { diagnosed: diagnosed(created()) }, new Map());
    assert.ok(safe);
    assert.match(notSeen.join('\n'), /zone1-0000000100, zone1-0000000200 and zone1-0000000300 answer: nobody asked/);
  });
});

describe('precheck of a broken move', () => {
  it('gives all reasons of a killed reverse at once', () => {
    for (const words of [`switch ${reverseName}`, 'reverse corder,customer commerce customer']) {
      const result = check(killed(), words);
      assert.equal(result.safe, false);
      assert.deepEqual(reasonLines(result), [
        'held-lock internal/named_locks/commerce/commerce2customer_reverse/locks/7668682433167134081',
        'held-lock keyspaces/commerce/locks/7668682433167134119',
        'held-lock keyspaces/customer/locks/7668682433167134114',
        'other-side-not-denied keyspaces/commerce/shards/0/Shard',
        'serving-side-denied keyspaces/customer/shards/-80/Shard',
        'serving-side-denied keyspaces/customer/shards/80-/Shard',
        'stale-srv-vschema zone1/SrvVSchema',
      ]);
      for (const { message } of result.reasons) assert.match(message, /Next: /);
    }
  });

  it('says that the forward workflow of a killed reverse has no streams, and which one goes the same way', () => {
    const reason = check(killed(), `reverse ${forward}`).reasons.find(({ code }) => code === 'workflow-unknown');
    assert.match(reason?.message ?? '', /no workflow customer\.commerce2customer; .*SwitchTraffic of commerce\./);
  });

  it('names a missing reverse workflow before it is needed', () => {
    const data = withDump(switched(), 'WorkflowList-commerce.json', []);
    const dumps = data.dumps.filter(({ name }) => name !== 'MoveTablesStatus-commerce-commerce2customer_reverse.json');
    assert.deepEqual(reasonLines(check({ ...data, dumps }, `reverse ${forward}`)), ['workflow-unknown']);
  });

  const lost = [
    [
      'a cell carries other rules',
      'stale-srv-vschema zone1/SrvVSchema',
      () => withRoutes(created(), { 'product@replica': 'commerce.product' }),
    ],
    [
      'denied tables of no rule are left on a side',
      'orphan-denied-tables keyspaces/commerce/shards/0/Shard',
      () => withDenied(created(), 'commerce', '0', ['product']),
    ],
    [
      'a rule of its tables leads nowhere',
      'dangling-rule RoutingRules',
      () => rebuilt(withRoutes(created(), { 'other.corder': 'gone.corder' })),
    ],
    [
      'a shard has two controls of one type',
      'duplicate-control keyspaces/customer/shards/-80/Shard',
      () =>
        withShard(created(), 'customer', '-80', ({ tabletControls: [control], tabletControls }) => {
          if (control !== undefined) tabletControls.push(control);
        }),
    ],
    [
      'reads of its tables are denied where they are to be served',
      'legacy-control keyspaces/customer/shards/-80/Shard',
      () =>
        withShard(created(), 'customer', '-80', ({ tabletControls }) => {
          tabletControls.push(
            create(Shard_TabletControlSchema, { tabletType: TabletType.REPLICA, deniedTables: ['corder'] }),
          );
        }),
    ],
    [
      'the query service of a shard is switched off',
      'query-service-disabled zone1/keyspaces/customer/SrvKeyspace',
      () =>
        withSrvKeyspace(created(), 'zone1', 'customer', ({ partitions: [partition] }) => {
          const off = create(ShardTabletControlSchema, { name: '-80', queryServiceDisabled: true });
          partition?.shardTabletControls.push(off);
        }),
    ],
    [
      'the shard that is to serve denies a table by an expression too',
      'denied-otherwise keyspaces/customer/shards/80-/Shard',
      () => withDenied(created(), 'customer', '80-', ['/^cor/', ...both]),
    ],
    [
      'the shard that is to serve denies a table in another spelling too',
      'denied-otherwise keyspaces/customer/shards/80-/Shard',
      () => withDenied(created(), 'customer', '80-', ['Corder', ...both]),
    ],
  ] as const;
  for (const [what, expected, edit] of lost) {
    it(`is not safe when ${what}`, () => {
      assert.equal(reasonLines(check(edit(), `switch ${forward}`)).join('; '), expected);
    });
  }

  it('is not safe when another move keeps reads of a cell that a rebuild switches', () => {
    const words = 'switch product commerce customer';
    const names = ['product', 'customer.product', 'commerce.product', 'product@replica'];
    const routes = Object.fromEntries(names.map((name) => [name, 'commerce.product']));
    let data = withoutDumps(withRoutes(loadCapture('17-two-cells-replica-zone1'), routes));
    for (const shard of ['-80', '80-']) data = withDenied(data, 'customer', shard, [...both, 'product']);
    const added = names.map((fromTable) => create(RoutingRuleSchema, { fromTable, toTables: ['commerce.product'] }));
    const stale = withSrvVSchema(rebuilt(data, ['zone1']), 'zone2', ({ routingRules }) => {
      routingRules?.rules.push(...added);
    });
    assert.deepEqual(reasonLines(check(stale, words)), ['reads-differ-by-cell zone2/SrvVSchema']);
    assert.ok(check(stale, 'switch corder,customer commerce customer').safe);
  });

  for (const [path, expected] of [
    ['keyspaces/commerce', true],
    ['keyspaces/customer', true],
    ['keyspaces/customer/shards/80-', true],
    ['internal/named_locks/customer/commerce2customer', true],
    ['internal/named_locks/commerce/commerce2customer_reverse', true],
    ['internal/named_locks/customer/another', false],
    ['routing_rules', false],
    ['keyspaces/elsewhere', false],
  ] as const) {
    it(`${expected ? 'waits for' : 'does not look at'} a lock on ${path}`, () => {
      for (const [kind, code] of [
        ['unknown', 'held-lock'],
        ['none', 'abandoned-lock'],
      ] as const) {
        const data = withLock(created(), path, { lease: { kind } });
        const lines = reasonLines(check(data, `switch ${forward}`));
        assert.deepEqual(lines, expected ? [`${code} ${path}/locks/123`] : []);
      }
    });
  }

  it('counts any workflow’s lock of either side when the workflow is not known', () => {
    const data = withLock(withoutDumps(created()), 'internal/named_locks/customer/another');
    const { reasons } = check(data, 'switch corder commerce customer');
    assert.match(reasons[0]?.message ?? '', /^If this is the move's workflow: the operation waits/);
  });

  it('refuses a client that gives up before Vitess does', () => {
    const { timeouts } = check(created(), `switch ${forward}`);
    assert.equal(timeouts.totalMs, 375_000);
    assert.equal(timeouts.advice, '--action-timeout=7m');
    const atLimit = { actionTimeoutMs: timeouts.totalMs };
    assert.ok(check(created(), `switch ${forward}`, atLimit).safe);
    const short = check(created(), `switch ${forward}`, { actionTimeoutMs: timeouts.totalMs - 1 });
    assert.deepEqual(reasonLines(short), ['action-timeout']);
    const patient = check(created(), `switch ${forward}`, { ...atLimit, timeoutMs: 60_000 });
    assert.equal(patient.timeouts.totalMs, 435_000);
    assert.deepEqual(reasonLines(patient), ['action-timeout']);
  });

  it('says that nothing is to be done when the traffic is there already', () => {
    assert.deepEqual(reasonLines(check(switched(), `switch ${forward}`)), ['nothing-to-do']);
    assert.deepEqual(reasonLines(check(withoutDumps(created()), 'reverse corder commerce customer')), [
      'nothing-to-do',
    ]);
  });

  it('says how to reverse reads alone', () => {
    const { reasons } = check(withoutDumps(loadCapture('02-rdonly-switched')), 'reverse corder commerce customer');
    assert.deepEqual(
      reasons.map(({ code }) => code),
      ['writes-not-switched'],
    );
    assert.match(reasons[0]?.message ?? '', /--tablet-types=replica,rdonly/);
  });

  it('says that the rules are missing', () => {
    const data = rebuilt(withRules(created(), (rules) => (rules.rules = [])));
    assert.ok(reasonLines(check(data, `switch ${forward}`)).includes('no-rules RoutingRules'));
  });

  it('is not safe while streams copy, fail, stand or are frozen', () => {
    for (const [state, message] of [
      ['Copying', ''],
      ['Error', 'x'],
      ['Stopped', ''],
      ['Stopped', 'FROZEN'],
    ] as const) {
      const data = withDump(created(), 'WorkflowShow-customer.json', showDump(state, message));
      assert.deepEqual(reasonLines(check(data, `switch ${forward}`)), ['streams-not-ready']);
    }
    const running = withDump(created(), 'WorkflowShow-customer.json', showDump('Running'));
    assert.ok(check(running, `switch ${forward}`).safe);
  });

  it('is not safe while the streams are further behind than is allowed', () => {
    const lag = (seconds: string): object => showDump('Running', '', { max_v_replication_transaction_lag: seconds });
    const data = (seconds: string) => withDump(created(), 'WorkflowShow-customer.json', lag(seconds));
    assert.deepEqual(reasonLines(check(data('31'), `switch ${forward}`)), ['lagging']);
    assert.ok(check(data('30'), `switch ${forward}`).safe);
    const request = { ...requestOf(`switch ${forward}`), maxReplicationLagMs: 60_000 };
    assert.ok(
      precheck(request, { diagnosed: diagnosed(data('31')) }, new Map()).reasons.every(
        ({ code }) => code !== 'lagging',
      ),
    );
  });

  it('lets SwitchTraffic complete a switch that is not frozen, and refuses to reverse it', () => {
    const data = withDump(switched(), 'WorkflowShow-customer.json', showDump('Stopped'));
    assert.deepEqual(reasonLines(check(data, `switch ${forward}`)), ['streams-not-ready']);
    assert.deepEqual(reasonLines(check(data, `reverse ${forward}`)), ['stopped-not-frozen RoutingRules']);
  });

  it('is not safe while a side is resharded', () => {
    const data = withShard(created(), 'customer', '-40', (shard) => {
      shard.keyRange = create(KeyRangeSchema, { end: new Uint8Array([0x40]) });
    });
    const codes = check(data, `switch ${forward}`).reasons.map(({ code }) => code);
    assert.ok(codes.includes('resharding'));
  });
});

describe('precheck of a request', () => {
  const reasonFor = (words: string, data = created()): { code: string; message: string } => {
    const { reasons, safe, subject } = check(data, words);
    const [reason] = reasons;
    assert.ok(!safe && subject === undefined && reason !== undefined && reasons.length === 1);
    return reason;
  };

  it('names the keyspaces that there are', () => {
    const { code, message } = reasonFor('switch corder commerce shop');
    assert.equal(code, 'keyspace-unknown');
    assert.match(message, /no keyspace shop; there are commerce and customer/);
  });

  it('names the workflows that there are', () => {
    const { code, message } = reasonFor('switch customer.other');
    assert.equal(code, 'workflow-unknown');
    assert.match(message, /there are customer\.commerce2customer/);
  });

  it('cannot check a workflow that nothing names, and says which tables to name', () => {
    const { code, message } = reasonFor(`switch ${forward}`, withoutDumps(created()));
    assert.equal(code, 'not-checked');
    assert.match(message, /--tables corder,customer --from commerce --to customer/);
  });

  it('names the tables that move when others are given', () => {
    const { code, message } = reasonFor('switch product commerce customer');
    assert.equal(code, 'tables-unknown');
    assert.match(message, /Between them move corder and customer \(customer\.commerce2customer\)/);
  });

  it('judges the tables that it knows besides those that it does not', () => {
    const result = check(created(), 'switch corder,product commerce customer');
    assert.deepEqual(reasonLines(result), ['tables-unknown']);
    assert.ok(result.subject?.tables.includes('corder'));
  });

  it('only knows MoveTables', () => {
    const dump = showDump('Running', '', { name: 'split', workflow_type: 'Reshard' });
    const { message } = reasonFor('switch customer.split', withDump(created(), 'WorkflowShow-customer.json', dump));
    assert.match(message, /is a Reshard workflow/);
  });
});

describe('precheck of other kinds of move', () => {
  const keyspaces = [
    { name: 'a', shards: ['-80', '80-'] },
    { name: 'b', shards: ['-80', '80-'] },
  ];
  // The built records have one tablet for all shards.
  const codes = (data: ReturnType<typeof buildTopology>, words: string): string[] =>
    check(data, words)
      .reasons.map(({ code }) => code)
      .filter((code) => code !== 'no-primary');

  it('tells how a partial move differs, and checks its shards only', () => {
    const move = { kind: 'partial', source: 'a', target: 'b', tables: ['t'] } as const;
    const open = buildTopology({
      cells: ['zone1'],
      keyspaces,
      moves: [{ ...move, shards: { '-80': 'source' } }],
      dumps: true,
    });
    const result = check(open, 'switch b.move0');
    assert.match(result.notSeen.join('\n'), /partial move/);
    assert.deepEqual(result.subject?.shards, [
      { keyspace: 'a', shard: '-80' },
      { keyspace: 'b', shard: '-80' },
    ]);
    assert.deepEqual(codes(open, 'switch b.move0'), []);
    const resharded = withShard(open, 'b', '80-c0', (shard) => {
      shard.keyRange = create(KeyRangeSchema, { start: new Uint8Array([0x80]), end: new Uint8Array([0xc0]) });
    });
    assert.deepEqual(codes(resharded, 'switch b.move0'), []);
    const done = buildTopology({
      cells: ['zone1'],
      keyspaces,
      moves: [{ ...move, shards: { '-80': 'target' } }],
      dumps: true,
    });
    assert.deepEqual(codes(done, 'switch b.move0'), ['nothing-to-do']);
  });

  it('tells how a multi-tenant move differs, and that its writes cannot be reversed', () => {
    const sides = { source: 'a', target: 'b', tables: [] };
    const data = (writes: 'source' | 'target') =>
      buildTopology({
        cells: ['zone1'],
        keyspaces,
        moves: [{ kind: 'multi-tenant', ...sides, writes, replica: writes, rdonly: writes }],
        dumps: true,
      });
    assert.match(check(data('source'), 'switch b.move0').notSeen.join('\n'), /multi-tenant move/);
    assert.deepEqual(codes(data('source'), 'switch b.move0'), []);
    assert.deepEqual(codes(data('target'), 'switch b.move0'), ['nothing-to-do']);
    assert.ok(codes(data('target'), 'reverse b.move0').includes('multi-tenant-reverse'));
    assert.deepEqual(codes(withLock(data('source'), 'routing_rules'), 'switch b.move0'), ['held-lock']);
  });
});
