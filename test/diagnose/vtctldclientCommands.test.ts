import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { vtctldclientCommands } from '../../src/diagnose/vtctldclientCommands.ts';
import { findingCodes, type FindingCode } from '../../src/model/finding.ts';
import { listValue, shellWord } from '../../src/model/shellWords.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { TabletType } from '../../src/records/gen/topodata_pb.js';
import { arbitraryTopology } from '../support/arbitraryTopology.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed, onlyFinding } from '../support/diagnosed.ts';
import { withBytes, withDenied, withFailedCell, withRoutes, withShard } from '../support/edit.ts';
import { applyStep, arbitrarySteps } from '../support/steps.ts';
import { buildTopology } from '../support/topologySpec.ts';

const outage = loadCapture('12-reverse-vtctld-killed');
const withoutLocks = { ...outage, global: outage.global.filter(({ path }) => !path.includes('/locks/')) };
const server = 'vtctldclient --server "$VTCTLD"';

/** The commands for the first finding of a code, without comments, `&&` and the server's address. */
function commands(data: TopologyData, code: FindingCode): string[] {
  const topology = diagnosed(data);
  const finding = topology.findings.find((candidate) => candidate.code === code);
  assert.ok(finding, code);
  return commandLines(vtctldclientCommands(finding, topology));
}

function commandLines(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) =>
      line
        .replace(/ &&$/, '')
        .replace(`${server} `, '')
        .replace(/ \| awk .*$/, ' | confirmed'),
    );
}

function comments(data: TopologyData, code: FindingCode): string {
  const topology = diagnosed(data);
  const finding = topology.findings.find((candidate) => candidate.code === code);
  assert.ok(finding, code);
  return vtctldclientCommands(finding, topology)
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .join('\n');
}

describe('vtctldclientCommands', () => {
  const closeThenOpen = [
    'SetShardTabletControl --denied-tables=corder,customer commerce/0 primary',
    'RefreshStateByShard commerce/0 | confirmed',
    'SetShardTabletControl --remove --denied-tables=corder,customer customer/-80 primary',
    'RefreshStateByShard customer/-80 | confirmed',
    'SetShardTabletControl --remove --denied-tables=corder,customer customer/80- primary',
    'RefreshStateByShard customer/80- | confirmed',
  ];

  it('denies on the other side and has it confirmed before it allows on the serving side, then rebuilds stale cells', () => {
    assert.deepEqual(commands(outage, 'serving-side-denied'), [...closeThenOpen, 'RebuildVSchemaGraph --cells=zone1']);
  });

  it('runs each command only when those before it have succeeded, a refresh that was partial included', () => {
    const topology = diagnosed(outage);
    const finding = topology.findings.find(({ code }) => code === 'serving-side-denied');
    assert.ok(finding);
    const lines = vtctldclientCommands(finding, topology)
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    assert.ok(lines.slice(0, -1).every((line) => line.endsWith(' &&')));
    assert.ok(!lines.at(-1)?.endsWith('&&'));
    const refreshes = lines.filter((line) => line.includes('RefreshStateByShard'));
    assert.ok(refreshes.every((line) => / \| awk '1; \/partial\/ \{p=1\} END \{exit p \|\| !NR\}'/.test(line)));
  });

  it('only opens the serving side where the other denies already, which it has confirmed all the same', () => {
    const both = withDenied(withoutLocks, 'commerce', '0', ['corder', 'customer']);
    assert.deepEqual(commands(both, 'both-sides-denied').slice(0, 2), [
      'RefreshStateByShard commerce/0 | confirmed',
      'SetShardTabletControl --remove --denied-tables=corder,customer customer/-80 primary',
    ]);
  });

  it('only closes the side that accepts what it does not serve', () => {
    assert.deepEqual(commands(outage, 'other-side-not-denied'), closeThenOpen.slice(0, 2));
  });

  it('names on each shard only the tables that it must change', () => {
    const data = withDenied(withoutLocks, 'customer', '80-', ['customer']);
    assert.deepEqual(
      commands(data, 'serving-side-denied').filter((line) => line.startsWith('Set')),
      [
        'SetShardTabletControl --denied-tables=corder,customer commerce/0 primary',
        'SetShardTabletControl --remove --denied-tables=corder,customer customer/-80 primary',
        'SetShardTabletControl --remove --denied-tables=customer customer/80- primary',
      ],
    );
  });

  it('makes shards of a side agree by what the rules say of the side', () => {
    const created = loadCapture('01-created');
    const oneOpen = withDenied(created, 'customer', '80-', []);
    assert.deepEqual(
      commands(oneOpen, 'shards-disagree').filter((line) => line.startsWith('Set')),
      ['SetShardTabletControl --denied-tables=corder,customer customer/80- primary'],
    );
    const switched = withDenied(loadCapture('04-all-switched'), 'customer', '-80', ['corder']);
    assert.deepEqual(commands(switched, 'shards-disagree'), [
      'RefreshStateByShard commerce/0 | confirmed',
      'SetShardTabletControl --remove --denied-tables=corder customer/-80 primary',
      'RefreshStateByShard customer/-80 | confirmed',
    ]);
  });

  it('names the locks that the commands would wait for', () => {
    assert.match(comments(outage, 'serving-side-denied'), /^# Locked: .*keyspaces\/customer/m);
    assert.doesNotMatch(comments(withoutLocks, 'serving-side-denied'), /Locked/);
  });

  it('stops before it allows when a shard of the other side could not be read', () => {
    const unread = withBytes(withoutLocks, { path: 'keyspaces/commerce/shards/0/Shard' }, Uint8Array.of(255));
    assert.ok(commands(unread, 'serving-side-denied').every((line) => !line.includes('--remove')));
    assert.match(comments(unread, 'serving-side-denied'), /STOP: not every shard of commerce could be read/);
  });

  it('stops at a shard with two PRIMARY controls, of which SetShardTabletControl changes the wrong one', () => {
    const twice = withShard(withoutLocks, 'customer', '-80', (shard) => {
      const [control] = shard.tabletControls;
      if (control !== undefined) shard.tabletControls.push({ ...control });
    });
    assert.ok(commands(twice, 'serving-side-denied').every((line) => !line.includes('--remove')));
    assert.match(comments(twice, 'serving-side-denied'), /STOP: customer\/-80 has two PRIMARY controls/);
  });

  it('stops at a pattern, whose removal would allow other tables', () => {
    const pattern = withDenied(withoutLocks, 'customer', '-80', ['/c.*/']);
    assert.match(comments(pattern, 'serving-side-denied'), /STOP: the pattern \/c\.\*\/ denies them/);
    assert.ok(commands(pattern, 'serving-side-denied').every((line) => !line.includes('--remove')));
  });

  it('says that allow_reads is reset', () => {
    const mirrored = withShard(withoutLocks, 'customer', '-80', (shard) => {
      for (const control of shard.tabletControls) control.allowReads = true;
    });
    assert.match(comments(mirrored, 'serving-side-denied'), /resets allow_reads of customer\/-80/);
  });

  it('removes an orphan after a look at the workflows', () => {
    const orphan = withDenied(loadCapture('00-before'), 'commerce', '0', ['left', 'over']);
    assert.deepEqual(commands(orphan, 'orphan-denied-tables'), [
      'GetWorkflows --show-all commerce',
      'SetShardTabletControl --remove --denied-tables=left,over commerce/0 primary',
      'RefreshStateByShard commerce/0 | confirmed',
    ]);
  });

  it('rebuilds the one cell that is stale, and says what to repair before', () => {
    assert.deepEqual(commands(outage, 'stale-srv-vschema'), ['RebuildVSchemaGraph --cells=zone1']);
    assert.match(
      comments(outage, 'stale-srv-vschema'),
      /Repair serving-side-denied and other-side-not-denied of the same tables first/,
    );
  });

  it('switches no reads of a cell that has other reads on purpose', () => {
    const purpose = loadCapture('17-two-cells-replica-zone1');
    assert.deepEqual(commands(purpose, 'reads-differ-by-cell'), []);
    assert.match(
      comments(purpose, 'reads-differ-by-cell'),
      /^# vtctldclient --server "\$VTCTLD" RebuildVSchemaGraph --cells=zone2$/m,
    );
  });

  it('has rules edited as a whole, with a dry run, and applies them only by a comment', () => {
    const dangling = withRoutes(loadCapture('00-before'), { t: 'nowhere.t' });
    assert.deepEqual(commands(dangling, 'dangling-rule'), [
      'GetRoutingRules > RoutingRules.json',
      'ApplyRoutingRules --rules-file RoutingRules.json --dry-run',
    ]);
    assert.match(comments(dangling, 'dangling-rule'), /^# .* ApplyRoutingRules --rules-file RoutingRules\.json$/m);
    assert.match(comments(dangling, 'dangling-rule'), /It replaces all rules, without a lock/);
    const split = withRoutes(withoutLocks, { corder: 'commerce.corder' });
    assert.deepEqual(commands(split, 'split-routing'), commands(dangling, 'dangling-rule'));
  });

  it('looks at a lock with its lease in hexadecimal and releases none', () => {
    const [look, ...others] = commands(outage, 'held-lock');
    assert.match(look ?? '', /^etcdctl --endpoints "\$ETCD" lease timetolive 6a6ca20ae4348d[0-9a-f]{2} --keys$/);
    assert.deepEqual(others, []);
    const global = outage.global.map((record) =>
      record.path.includes('named_locks') ? { ...record, lease: { kind: 'none' } as const } : record,
    );
    const abandoned = { ...outage, global };
    assert.deepEqual(commands(abandoned, 'abandoned-lock'), [
      'etcdctl --endpoints "$ETCD" get "$ROOT"/internal/named_locks/commerce/commerce2customer_reverse/locks/7668682433167134081',
    ]);
    assert.match(comments(abandoned, 'abandoned-lock'), /^# etcdctl --endpoints "\$ETCD" del "\$ROOT"\//m);
  });

  it('keeps the control that the tablets follow', () => {
    const twice = withShard(loadCapture('00-before'), 'commerce', '0', (shard) => {
      for (const tables of [['a'], ['b', 'c']]) {
        shard.tabletControls.push({
          $typeName: 'topodata.Shard.TabletControl',
          tabletType: TabletType.PRIMARY,
          cells: [],
          deniedTables: tables,
          frozen: false,
          allowReads: false,
        });
      }
    });
    assert.deepEqual(commands(twice, 'duplicate-control'), [
      'SetShardTabletControl --remove commerce/0 primary',
      'SetShardTabletControl --denied-tables=b,c commerce/0 primary',
      'RefreshStateByShard commerce/0 | confirmed',
    ]);
  });

  it('removes a control of another type with its cells', () => {
    const legacy = withShard(loadCapture('00-before'), 'commerce', '0', (shard) => {
      shard.tabletControls.push({
        $typeName: 'topodata.Shard.TabletControl',
        tabletType: TabletType.REPLICA,
        cells: ['zone1', 'zone2'],
        deniedTables: ['a'],
        frozen: false,
        allowReads: false,
      });
    });
    assert.deepEqual(commands(legacy, 'legacy-control'), [
      'SetShardTabletControl --remove --cells=zone1,zone2 commerce/0 replica',
      'RefreshStateByShard commerce/0 | confirmed',
    ]);
  });

  it('only reads what could not be read', () => {
    const unread = withBytes(outage, { path: 'RoutingRules' }, Uint8Array.of(255));
    assert.deepEqual(commands(unread, 'record-unreadable'), ['GetTopologyPath /global/RoutingRules']);
    assert.deepEqual(commands(withFailedCell(outage, 'zone1'), 'record-unreadable'), ['GetCellInfo zone1']);
  });

  it('says that the move is gone when it is', () => {
    const topology = diagnosed(outage);
    const finding = onlyFinding(outage, 'other-side-not-denied');
    assert.match(
      vtctldclientCommands(finding, { ...topology, moves: [] }),
      /STOP: the move of corder and customer is not known any more/,
    );
  });

  it('has an answer for every code, and never forces anything', () => {
    const [template] = diagnosed(outage).findings;
    assert.ok(template);
    for (const code of findingCodes) {
      for (const finding of [
        { ...template, code },
        { ...template, move: 'gone', code, tables: [] },
      ]) {
        const text = vtctldclientCommands(finding, diagnosed(outage));
        assert.ok(text.startsWith(`# ${code} at `) && text.endsWith('\n'), text);
        assert.ok(!text.includes('--force'), text);
      }
    }
  });

  it('is what a shell can read, whatever the names are', () => {
    const odd = withDenied(withoutLocks, 'commerce', '0', ["o'brien", 'a b', '$(reboot)', 'x,y', 'z"q', 'line\nbreak']);
    const topology = diagnosed(odd);
    const text = vtctldclientCommands(onlyFinding(odd, 'orphan-denied-tables'), topology);
    const script = `vtctldclient() { for word in "$@"; do printf '%s\\0' "$word"; done; }; VTCTLD=v\n${text}`;
    const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0');
    const value = words.find((word) => word.startsWith('--denied-tables='));
    assert.equal(value, '--denied-tables=$(reboot),a b,"line\nbreak",o\'brien,"x,y","z""q"');
  });

  it('at no moment leaves both sides of a table open when one of them was closed', () => {
    fc.assert(
      fc.property(arbitraryTopology, arbitrarySteps, (spec, steps) => {
        const data = steps.reduce((changed, step) => applyStep(changed, spec, step), buildTopology(spec));
        const topology = diagnosed(data);
        for (const finding of topology.findings) {
          if (
            !['serving-side-denied', 'both-sides-denied', 'shards-disagree', 'other-side-not-denied'].includes(
              finding.code,
            )
          )
            continue;
          let state = data;
          const before = new Set(
            diagnosed(state)
              .findings.filter(({ code }) => code === 'other-side-not-denied')
              .flatMap(openings),
          );
          for (const command of commandLines(vtctldclientCommands(finding, topology))) {
            state = run(state, command);
            const open = diagnosed(state)
              .findings.filter(({ code }) => code === 'other-side-not-denied')
              .flatMap(openings);
            assert.deepEqual(
              open.filter((opening) => !before.has(opening)),
              [],
              command,
            );
          }
        }
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);
});

function openings({
  keyspace = '',
  shard = '',
  tables,
}: {
  keyspace?: string;
  shard?: string;
  tables: readonly string[];
}): string[] {
  return tables.map((table) => `${keyspace}/${shard} ${table}`);
}

/** What a command does to the records, as vtctld does it: additions are merged, removals are by exact name. */
function run(data: TopologyData, command: string): TopologyData {
  const match = /^SetShardTabletControl (--remove )?--denied-tables=(\S+) (\S+)\/(\S+) primary$/.exec(command);
  if (match === null) return data;
  const [, remove, names = '', keyspace = '', shard = ''] = match;
  const topology = diagnosed(data);
  const reading = topology.snapshot.keyspaces.get(keyspace)?.shards.find(({ name }) => name === shard)?.shard;
  const control =
    reading?.status === 'loaded'
      ? reading.value.tabletControls.find(({ tabletType }) => tabletType === TabletType.PRIMARY)
      : undefined;
  const denied = control?.deniedTables ?? [];
  const listed = names.split(',');
  const tables =
    remove === undefined ? [...new Set([...denied, ...listed])] : denied.filter((table) => !listed.includes(table));
  return withDenied(data, keyspace, shard, tables);
}

describe('shellWord', () => {
  it('gives back every text as one word', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !/[\0\uD800-\uDFFF]/.test(text)),
        (text) => {
          assert.equal(execFileSync('sh', ['-c', `printf '%s' ${shellWord(text)}`], { encoding: 'utf8' }), text);
        },
      ),
      { numRuns: 100 },
    );
  }).timeout(30_000);

  it('leaves plain words as they are', () => {
    assert.equal(shellWord('customer/-80'), 'customer/-80');
    assert.equal(shellWord(''), "''");
  });
});

describe('listValue', () => {
  it('quotes names with commas, quotes and line ends as CSV does', () => {
    assert.equal(listValue(['a', 'b,c', 'd"e', 'f\ng']), 'a,"b,c","d""e","f\ng"');
  });
});
