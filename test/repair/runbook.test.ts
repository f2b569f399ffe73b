import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCommandLine } from '../../src/cli/commandLine.ts';
import type { RepairDirection, RepairScope } from '../../src/model/plan.ts';
import { globalRecord } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { resolveScope } from '../../src/repair/resolveScope.ts';
import { runbook, type RunbookSubject } from '../../src/repair/runbook.ts';
import { assertGolden } from '../harness/golden.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { withBytes, withDenied, withFailedCell, withLock } from '../support/edit.ts';
import { standardTopology } from '../support/moves.ts';

const outage = loadCapture('12-reverse-vtctld-killed');
const live: RunbookSubject = {
  name: 'production',
  detail: 'etcd at etcd-1:2379, root /vitess/global',
  address: ['--etcd', 'etcd-1:2379', '--root', '/vitess/global'],
};
const folder: RunbookSubject = { name: 'incident', detail: 'folder incident-42', address: undefined };
const follow: RepairDirection = { kind: 'follow-routing' };
const reverse = 'commerce.commerce2customer_reverse';

interface Asked {
  readonly subject?: RunbookSubject;
  readonly scope?: RepairScope;
  readonly direction?: RepairDirection;
}

function text(data: TopologyData, { subject = live, scope = { kind: 'all' }, direction = follow }: Asked = {}): string {
  return runbook({ scope, direction, followReads: false }, { data, diagnosed: diagnosed(data) }, subject);
}

function golden(name: string): string {
  return path.join(import.meta.dirname, 'golden', `runbook-${name}.md`);
}

/** The contents of the code blocks. */
function blocks(markdown: string): string[] {
  return [...markdown.matchAll(/^(`{3,})sh\n([\s\S]*?)\n\1$/gm)].map(([, , body = '']) => body);
}

/** The lines of the code blocks that run vitess-topo, as a shell splits them into words. */
function toolArguments(markdown: string): string[][] {
  const lines = blocks(markdown)
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('vitess-topo '));
  return lines.map((line) => {
    const command = line.replace(/ > \S+$|; echo .*$/, '').replace(/^vitess-topo/, `printf '%s\\0'`);
    const words = execFileSync('sh', ['-c', command], { env: { ETCD: 'etcd-1:2379' }, encoding: 'utf8' });
    return words.split('\0').slice(0, -1);
  });
}

describe('a runbook', () => {
  it('of a reverse that died says what fails, what to decide, and every step with its check', () => {
    assertGolden(golden('outage'), text(outage));
  });

  it('of a move turned to the other side closes the one that serves now, and names each rule to change', () => {
    const direction = { kind: 'serve-from', keyspace: 'commerce' } as const;
    assertGolden(golden('serve-from'), text(outage, { scope: { kind: 'move', move: reverse }, direction }));
  });

  it('of a healthy topology says so and gives what to check before a switch', () => {
    assertGolden(golden('healthy'), text(loadCapture('04-all-switched')));
  });

  it('of a topology that could not be read whole says first what was not checked', () => {
    const shard = globalRecord.shard('customer', '-80');
    const unread = withFailedCell(withBytes(outage, shard, new Uint8Array([0xff])), 'zone1');
    assertGolden(golden('unreadable'), text(unread));
  });

  it('has only command lines of vitess-topo that vitess-topo takes', () => {
    const abandoned = withLock(outage, 'internal/named_locks/customer/commerce2customer', { lease: { kind: 'none' } });
    const direction = { kind: 'serve-from', keyspace: 'commerce' } as const;
    const books = [
      text(abandoned),
      text(outage, { subject: folder }),
      text(outage, { scope: { kind: 'move', move: reverse }, direction }),
      text(outage, { scope: { kind: 'keyspace', keyspace: 'customer' } }),
      text(loadCapture('04-all-switched')),
      text(standardTopology()),
    ];
    const seen = new Set<string>();
    for (const args of books.flatMap(toolArguments)) {
      const parsed = parseCommandLine(args);
      assert.ok(
        parsed.kind === 'run',
        `${args.join(' ')}: ${parsed.kind === 'invalid' ? parsed.problem : parsed.kind}`,
      );
      seen.add(parsed.commandLine.command);
    }
    assert.deepEqual([...seen].sort(), [
      'diagnose',
      'history',
      'locks',
      'precheck',
      'repair',
      'runbook',
      'snapshot',
      'undo',
    ]);
  });

  it('does not call a topology healthy of which something could not be read', () => {
    const book = text(withFailedCell(loadCapture('04-all-switched'), 'zone1'));
    assert.match(book, /^# .*\n\n## Could not check\n/);
    assert.doesNotMatch(book, /Nothing contradicts/);
    assert.doesNotMatch(book, /Before a SwitchTraffic/);
  });

  it('of a snapshot takes the running etcd from the shell, and says that it may have changed', () => {
    const book = text(outage, { subject: folder });
    assert.match(book, /This is a snapshot/);
    assert.match(book, /^vitess-topo repair --etcd "\$ETCD" --root \/vitess\/global$/m);
  });

  it('says why what it shows is old', () => {
    const stale = 'The last refresh failed: etcd-1:2379 does not answer.';
    assert.match(text(outage, { subject: { ...live, stale } }), /\*\*Not the newest\*\*: The last refresh failed/);
  });

  it('releases a lock that its holder left, after judging it again', () => {
    const abandoned = withLock(outage, 'internal/named_locks/customer/commerce2customer', { lease: { kind: 'none' } });
    assert.match(
      text(abandoned),
      /^vitess-topo locks --release internal\/named_locks\/customer\/commerce2customer\/locks\/123 /m,
    );
  });

  it('shows the commands that several findings share once', () => {
    const [block = '', ...others] = blocks(text(outage)).filter((one) => one.includes('SetShardTabletControl'));
    assert.deepEqual(others, []);
    const order = [
      '--denied-tables=corder,customer commerce/0',
      'RefreshStateByShard commerce/0',
      '--remove',
      'RebuildVSchemaGraph',
    ];
    const places = order.map((part) => block.indexOf(part));
    assert.ok(
      places.every((place, index) => place > (places[index - 1] ?? 0)),
      block,
    );
  });

  it('stops by hand where the other direction was refused', () => {
    const unread = withBytes(outage, globalRecord.shard('customer', '-80'), new Uint8Array([0xff]));
    const book = text(unread, { direction: { kind: 'serve-from', keyspace: 'commerce' } });
    assert.match(book, /^# STOP: this direction was refused/m);
    assert.doesNotMatch(book, /SetShardTabletControl --/);
    assert.doesNotMatch(book, /ApplyRoutingRules/);
  });
});

describe('a runbook of hostile names', () => {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'vitess-topo-runbook-'));
  });
  afterEach(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  const tables = [
    `a'; touch pwned; '`,
    '$(touch pwned)',
    '`touch pwned`',
    'x\ntouch pwned\n',
    '```\n# heading',
    '](https://evil.example) <img src=x>',
    '| cell | **bold** _it_',
  ].sort();
  const broken = withDenied(standardTopology({ tables }), 'customer', '-80', tables);
  const stub = 'printf "%s\\n" "$0" "$@" >> "$LOG"\n';

  it('runs nothing but the commands that it shows', () => {
    const bin = path.join(scratch, 'bin');
    execFileSync('mkdir', ['bin', 'work'], { cwd: scratch });
    for (const name of ['vtctldclient', 'vitess-topo', 'etcdctl', 'jq', 'diff', 'awk', 'mkdir']) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\n${stub}`);
      chmodSync(path.join(bin, name), 0o755);
    }
    // What a name would run if it got out of its quotes.
    writeFileSync(path.join(bin, 'touch'), '#!/bin/sh\n: > "$PWNED"\n');
    chmodSync(path.join(bin, 'touch'), 0o755);
    const pwned = path.join(scratch, 'pwned');
    const env = { PATH: bin, LOG: path.join(scratch, 'log'), PWNED: pwned, VTCTLD: 'v:1', ETCD: 'e:1' };
    for (const direction of [follow, { kind: 'serve-from', keyspace: 'commerce' } as const]) {
      const all = blocks(text(broken, { direction }));
      assert.ok(all.some((block) => block.includes('SetShardTabletControl')));
      for (const block of all)
        execFileSync('/bin/sh', ['-c', `${block}\n:`], { cwd: path.join(scratch, 'work'), env, stdio: 'pipe' });
    }
    assert.ok(existsSync(env.LOG));
    assert.ok(!existsSync(pwned));
  });

  it('shows them as text, not as markup', () => {
    const prose = text(broken).replace(/^(`{3,})sh\n[\s\S]*?\n\1$/gm, '');
    assert.match(prose, /evil/);
    const unescaped = prose.replace(/\\[!-/:-@[-`{-~]/g, '');
    assert.doesNotMatch(unescaped, /https?:\/\//);
    assert.doesNotMatch(unescaped, /<img|\]\(|\*\*bold\*\*|^# heading/m);
    const headings = [...prose.matchAll(/^#+ .*$/gm)].map(([line]) => line);
    assert.ok(!headings.includes('# heading'));
  });
});

describe('resolveScope', () => {
  const topology = diagnosed(outage);

  it('finds a move by its id and by its workflow', () => {
    const found = { kind: 'move', move: reverse };
    assert.deepEqual(resolveScope({ kind: 'move', move: reverse }, topology), found);
    const renamed = { ...topology, moves: topology.moves.map((move) => ({ ...move, id: 'other' })) };
    assert.deepEqual(resolveScope({ kind: 'move', move: reverse }, renamed), { kind: 'move', move: 'other' });
  });

  function wordsOf(scope: RepairScope): string {
    const resolved = resolveScope(scope, topology);
    assert.ok(typeof resolved === 'string');
    return resolved;
  }

  it('says what there is where the scope names what is not there', () => {
    assert.match(wordsOf({ kind: 'move', move: 'nope' }), /no move nope.*commerce2customer_reverse/);
    assert.match(wordsOf({ kind: 'keyspace', keyspace: 'nope' }), /no keyspace nope/);
    const gone = { kind: 'finding', code: 'split-routing', record: 'RoutingRules' } as const;
    assert.match(wordsOf(gone), /no finding split-routing/);
  });
});
