import assert from 'node:assert/strict';
import { capturedTexts, judgeTexts, noteLines } from './dumps.ts';

const outage = '12-reverse-vtctld-killed';

describe('dumpNotes', () => {
  it('says above the denied tables what contradicts them, and above each table which rule', () => {
    const dumps = judgeTexts(capturedTexts(outage));
    assert.deepEqual(noteLines(dumps, 'GetShard-customer--80.json'), [
      '"denied_tables" | ✗ serving-side-denied: RoutingRules sends corder, customer to customer; commerce/0 does not deny them' +
        ' | RoutingRules rules.12, keyspaces/commerce/shards/0/Shard tablet_controls',
      '"corder" | ✗ RoutingRules: corder → customer.corder | RoutingRules rules.12',
      '"customer" | ✗ RoutingRules: customer → customer.customer | RoutingRules rules.5',
    ]);
  });

  it('says on the side that accepts the tables that it should not', () => {
    const dumps = judgeTexts(capturedTexts(outage));
    assert.deepEqual(noteLines(dumps, 'GetShard-commerce-0.json'), [
      '"tablet_controls" | ✗ other-side-not-denied: RoutingRules sends corder, customer to customer, and this shard accepts them too | RoutingRules rules.12',
    ]);
    assert.deepEqual(
      noteLines(dumps, 'WorkflowShow-commerce.json').map((line) => line.split(' | ')[1]),
      ['✗ other-side-not-denied: RoutingRules sends corder, customer to customer, and this shard accepts them too'],
    );
  });

  it('says of each shard of FindAllShardsInKeyspace what GetShard says', () => {
    const dumps = judgeTexts(capturedTexts(outage));
    assert.deepEqual(noteLines(dumps, 'FindAllShardsInKeyspace-customer.json'), [
      ...noteLines(dumps, 'GetShard-customer--80.json'),
      ...noteLines(dumps, 'GetShard-customer-80-.json'),
    ]);
  });

  it('says above a rule which shards contradict it, and above all rules which cells do not carry them', () => {
    assert.deepEqual(noteLines(judgeTexts(capturedTexts(outage)), 'GetRoutingRules.json'), [
      '"rules" | ✗ stale-srv-vschema: zone1 does not carry 12 of these rules | zone1/SrvVSchema routing_rules.rules.10',
      '"customer" | ✗ serving-side-denied: customer/-80, customer/80- deny customer' +
        ' | keyspaces/customer/shards/-80/Shard tablet_controls.0.denied_tables.1, keyspaces/customer/shards/80-/Shard tablet_controls.0.denied_tables.1',
      '"customer" | ✗ other-side-not-denied: commerce/0 accepts customer too | keyspaces/commerce/shards/0/Shard tablet_controls',
      '"corder" | ✗ serving-side-denied: customer/-80, customer/80- deny corder' +
        ' | keyspaces/customer/shards/-80/Shard tablet_controls.0.denied_tables.0, keyspaces/customer/shards/80-/Shard tablet_controls.0.denied_tables.0',
      '"corder" | ✗ other-side-not-denied: commerce/0 accepts corder too | keyspaces/commerce/shards/0/Shard tablet_controls',
    ]);
  });

  it("says in a cell's SrvVSchema how many rules differ, and at each what the global rule is", () => {
    const lines = noteLines(judgeTexts(capturedTexts(outage)), 'GetSrvVSchemas.json');
    assert.match(
      lines[0] ?? '',
      /^"routing_rules" \| ✗ stale-srv-vschema: the global RoutingRules differs in 12 rules of corder, customer \| RoutingRules /,
    );
    assert.equal(lines.length, 13);
    assert.ok(lines.includes('"customer@rdonly" | ✗ global rule: commerce.customer | RoutingRules rules.9'));
  });

  it('tells of reads that differ by cell on purpose in one note', () => {
    const dumps = judgeTexts(capturedTexts('17-two-cells-replica-zone1'));
    assert.deepEqual(
      noteLines(dumps, 'GetSrvVSchemas.json').map((line) => line.split(' | ').slice(0, 2).join(' | ')),
      ['"routing_rules" | ℹ reads-differ-by-cell: the global RoutingRules differs in 12 rules of corder, customer'],
    );
  });

  it('says of healthy denied tables that they are denied on purpose', () => {
    assert.deepEqual(noteLines(judgeTexts(capturedTexts('04-all-switched')), 'GetShard-commerce-0.json'), [
      '"denied_tables" | ✓ denied on purpose: RoutingRules sends corder, customer to customer | RoutingRules rules.0',
    ]);
    const created = judgeTexts(capturedTexts('01-created'));
    assert.match(
      noteLines(created, 'GetShard-customer--80.json').join(),
      /^"denied_tables" \| ✓ denied on purpose: RoutingRules sends corder, customer to commerce/,
    );
  });

  it('says nothing of healthy records', () => {
    const dumps = judgeTexts(capturedTexts('04-all-switched'));
    for (const name of ['GetRoutingRules', 'GetSrvVSchemas', 'GetShard-customer--80', 'GetKeyspaces', 'GetTablets']) {
      assert.deepEqual(noteLines(dumps, `${name}.json`), [], name);
    }
  });

  const missing: readonly [string, string, string][] = [
    ['GetShard-customer--80', '"denied_tables"', 'no GetRoutingRules dump beside this file'],
    ['GetShard-commerce-0', '"tablet_controls"', 'no GetRoutingRules dump beside this file'],
    ['GetRoutingRules', '"rules"', 'no GetShard dump of every shard of commerce, customer beside this file'],
    ['GetSrvVSchemas', '"routing_rules"', 'no GetRoutingRules dump beside this file'],
  ];
  for (const [name, above, reason] of missing) {
    it(`says of a lone ${name} what it could not check`, () => {
      assert.deepEqual(noteLines(judgeTexts(capturedTexts(outage, name)), `${name}.json`), [
        `${above} | not checked: ${reason}`,
      ]);
    });
  }

  it('says of a contradiction what is certain and of the rest that it is not checked', () => {
    const dumps = judgeTexts(capturedTexts(outage, 'GetShard-customer--80', 'GetRoutingRules'));
    assert.match(
      noteLines(dumps, 'GetShard-customer--80.json')[0] ?? '',
      /serving-side-denied: RoutingRules sends corder, customer to customer \| /,
    );
    assert.equal(
      noteLines(dumps, 'GetRoutingRules.json')[0],
      '"rules" | not checked: no GetShard dump of every shard of commerce, customer beside this file',
    );
  });

  it('says that dumps differ instead of judging by one of them', () => {
    const texts = {
      ...capturedTexts(outage, 'GetShard-customer--80', 'GetRoutingRules'),
      'old.json': capturedTexts('01-created', 'GetRoutingRules')['GetRoutingRules.json'] ?? '',
    };
    const dumps = judgeTexts(texts);
    const reason =
      'not checked: GetRoutingRules.json and old.json give RoutingRules differently, so they are not of one moment';
    assert.deepEqual(noteLines(dumps, 'old.json'), [`{ | ${reason} | RoutingRules`]);
    assert.deepEqual(noteLines(dumps, 'GetShard-customer--80.json'), [`"denied_tables" | ${reason}`]);
  });

  it('says that a dump is not valid JSON where it stops being', () => {
    const text = (capturedTexts(outage, 'GetShard-customer--80')['GetShard-customer--80.json'] ?? '').replace(
      '"cells": [],',
      '"cells": []',
    );
    const [line, ...others] = noteLines(
      judgeTexts({ 'GetShard-customer--80.json': text }),
      'GetShard-customer--80.json',
    );
    assert.equal(line, ' | not checked: this dump is not valid JSON: comma expected');
    assert.deepEqual(others, []);
  });

  it('says how to save a record that does not say which one it is', () => {
    const shard = JSON.stringify({ tablet_controls: [], is_primary_serving: true });
    assert.deepEqual(noteLines(judgeTexts({ 'x.json': shard }), 'x.json'), [
      '{ | not checked: nothing says which Shard this is; save it as keyspaces/<keyspace>/shards/<shard>/Shard.json',
    ]);
  });

  it('says that a record could not be read', () => {
    const text = (capturedTexts(outage, 'GetShard-customer--80')['GetShard-customer--80.json'] ?? '').replace(
      '"uid": 200',
      '"uid": "many"',
    );
    const [line] = noteLines(judgeTexts({ 'GetShard-customer--80.json': text }), 'GetShard-customer--80.json');
    assert.match(
      line ?? '',
      /^"shard" \| ✗ record-unreadable: keyspaces\/customer\/shards\/-80\/Shard could not be read from this dump$/,
    );
  });

  it('points at the whole record where it is printed as prototext', () => {
    const data =
      'tablet_controls:{tablet_type:PRIMARY denied_tables:"corder"} is_primary_serving:true key_range:{end:"\\x80"}';
    const cell = {
      name: 'Shard',
      path: '/global/keyspaces/customer/shards/-80/Shard',
      data,
      children: [],
      version: '3',
    };
    const texts = { ...capturedTexts(outage, 'GetRoutingRules'), 'path.json': JSON.stringify(cell) };
    const lines = noteLines(judgeTexts(texts), 'path.json');
    assert.ok(lines[0]?.startsWith(JSON.stringify(data)));
    assert.match(lines[0] ?? '', /✗ serving-side-denied: RoutingRules sends corder to customer/);
  });

  it('tells on both sides when both deny, and never that one of them does so on purpose', () => {
    const commerce = JSON.parse(capturedTexts(outage)['GetShard-commerce-0.json'] ?? '') as {
      shard: { tablet_controls: object[] };
    };
    commerce.shard.tablet_controls = [{ tablet_type: 'PRIMARY', denied_tables: ['corder', 'customer'] }];
    const names = ['GetShard-customer--80', 'GetShard-customer-80-', 'GetRoutingRules', 'GetShardRoutingRules'];
    const dumps = judgeTexts({ ...capturedTexts(outage, ...names), 'commerce.json': JSON.stringify(commerce) });
    const [customer] = noteLines(dumps, 'GetShard-customer--80.json');
    assert.match(
      customer ?? '',
      /✗ both-sides-denied: RoutingRules sends corder, customer to customer; commerce\/0, customer\/80- deny them too/,
    );
    const own = noteLines(dumps, 'commerce.json').map((line) => line.split(' | ')[1]);
    assert.deepEqual(own, ['✗ both-sides-denied: customer/-80, customer/80- deny corder, customer too']);
  });

  it('tells on both shards that they disagree', () => {
    const open = JSON.parse(capturedTexts('01-created')['GetShard-customer-80-.json'] ?? '') as {
      shard: { tablet_controls: object[] };
    };
    open.shard.tablet_controls = [];
    const names = ['GetShard-customer--80', 'GetShard-commerce-0', 'GetRoutingRules', 'GetShardRoutingRules'];
    const dumps = judgeTexts({ ...capturedTexts('01-created', ...names), 'open.json': JSON.stringify(open) });
    const titles = (name: string): (string | undefined)[] => noteLines(dumps, name).map((line) => line.split(' | ')[1]);
    assert.deepEqual(titles('open.json'), [
      '✗ other-side-not-denied: RoutingRules sends corder, customer to commerce, and this shard accepts them too',
      '✗ shards-disagree: customer/-80 denies corder, customer',
    ]);
    assert.deepEqual(titles('GetShard-customer--80.json'), ['✗ shards-disagree: customer/80- does not deny them']);
  });

  it('tells of orphans, of second controls and of controls of other types', () => {
    const shard = JSON.parse(capturedTexts('00-before')['GetShard-customer--80.json'] ?? '') as {
      shard: { tablet_controls: object[] };
    };
    shard.shard.tablet_controls = [
      { tablet_type: 'PRIMARY', denied_tables: ['old'] },
      { tablet_type: 'PRIMARY', denied_tables: ['left'] },
      { tablet_type: 'REPLICA', denied_tables: ['left'] },
    ];
    const texts = {
      ...capturedTexts('00-before', 'GetRoutingRules', 'GetShardRoutingRules'),
      'shard.json': JSON.stringify(shard),
    };
    assert.deepEqual(noteLines(judgeTexts(texts), 'shard.json'), [
      '"PRIMARY" | ⚠ duplicate-control: the tablets follow the last control of a type only',
      '"denied_tables" | ⚠ orphan-denied-tables: no routing rule names left',
      '"REPLICA" | ⚠ legacy-control: only old releases of Vitess denied left to this type',
    ]);
  });
});

describe('dumpNotes of a very large move', () => {
  const tables = Array.from({ length: 600 }, (_, index) => `t${String(index).padStart(4, '0')}`);
  const rule = (from: string, to: string): object => ({ from_table: from, to_tables: [to] });
  const texts = {
    'GetRoutingRules.json': JSON.stringify({
      rules: tables.flatMap((table) => [
        rule(table, `b.${table}`),
        rule(`a.${table}`, `b.${table}`),
        rule(`${table}@replica`, `b.${table}`),
      ]),
    }),
    'GetShardRoutingRules.json': '{"rules": []}',
    'GetShard-a-0.json': JSON.stringify({ keyspace: 'a', name: '0', shard: { is_primary_serving: true } }),
    'FindAllShardsInKeyspace-b.json': JSON.stringify({
      shards: Object.fromEntries(
        Array.from({ length: 16 }, (_, index) => {
          const bound = (at: number): string => (at === 0 || at === 16 ? '' : (at * 16).toString(16));
          const bytes = (at: number): string => Buffer.from(bound(at), 'hex').toString('base64');
          const name = `${bound(index)}-${bound(index + 1)}`;
          const key_range = { start: bytes(index), end: bytes(index + 1) };
          const tablet_controls = [{ tablet_type: 'PRIMARY', denied_tables: tables }];
          return [name, { keyspace: 'b', name, shard: { key_range, tablet_controls, is_primary_serving: true } }];
        }),
      ),
    }),
  };

  it('marks the first tables and rules and counts the others', () => {
    const dumps = judgeTexts(texts);
    const rules = noteLines(dumps, 'GetRoutingRules.json');
    assert.equal(rules.length, 201);
    assert.equal(rules[0], '"rules" | ✗ shards contradict 1200 of these rules; the first 200 are marked');
    const shards = noteLines(dumps, 'FindAllShardsInKeyspace-b.json');
    assert.equal(shards.length, 1001);
    assert.equal(shards[0], '{ | ℹ 1616 remarks on this file; the first 1000 are shown');
    assert.match(
      shards[1] ?? '',
      /t0002 and 597 more to b; a\/0 does not deny them \(the first 100 of 600 tables are marked\)/,
    );
  });

  it('takes no longer than somebody waits', () => {
    const started = performance.now();
    const dumps = judgeTexts(texts);
    for (const name of Object.keys(texts)) noteLines(dumps, name);
    // Half a second on the slowest machine this was tried on; a step that looks at every pair takes minutes.
    assert.ok(performance.now() - started < 4000);
  });
});
