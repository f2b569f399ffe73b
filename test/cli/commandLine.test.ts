import assert from 'node:assert/strict';
import { parseCommandLine, type CommandLine } from '../../src/cli/commandLine.ts';

const etcd = ['--etcd', 'a:1'];
const snapshot = ['--snapshot', 'd'];

/** Parses a command line of one command; gives what is typed as that command. */
function parsed<Name extends CommandLine['command']>(
  name: Name,
  args: readonly string[],
  address: readonly string[] = etcd,
): Extract<CommandLine, { readonly command: Name }> {
  const result = parseCommandLine([name, ...args, ...address]);
  assert.ok(result.kind === 'run', JSON.stringify(result));
  assert.equal(result.commandLine.command, name);
  return result.commandLine as Extract<CommandLine, { readonly command: Name }>;
}

function problem(args: readonly string[], address: readonly string[] = etcd): string {
  const result = parseCommandLine([...args, ...address]);
  assert.ok(result.kind === 'invalid', JSON.stringify(result));
  return result.problem;
}

describe('the command line of precheck', () => {
  const precheck = (...args: string[]) => parsed('precheck', args);

  it('names a workflow, or tables and two keyspaces', () => {
    assert.deepEqual(precheck('reverse', 'customer.move.one').request, {
      operation: 'reverse',
      target: { kind: 'workflow', keyspace: 'customer', workflow: 'move.one' },
    });
    assert.deepEqual(precheck('switch', '--tables', 'a,b', '--from', 's', '--to', 'd').request, {
      operation: 'switch',
      target: { kind: 'tables', tables: ['a', 'b'], from: 's', to: 'd' },
    });
  });

  it('takes the limits that the operation will have', () => {
    const { request, timeoutMs } = precheck('switch', 'k.w', '--action-timeout', '1h', '--switch-timeout', '1m30s');
    assert.equal(request.actionTimeoutMs, 3_600_000);
    assert.equal(request.timeoutMs, 90_000);
    assert.equal(timeoutMs, 30_000);
  });

  it('reaches tablets at their addresses, or through vtctld where one is named', () => {
    assert.equal(precheck('switch', 'k.w').tablets.via, 'dial');
    const { tablets } = precheck('switch', 'k.w', '--vtctld', '[::1]:15999', '--vtctld-user', 'me');
    assert.ok(tablets.via === 'vtctld');
    assert.deepEqual([tablets.address, tablets.user], [{ host: '::1', port: 15_999 }, 'me']);
    assert.equal(precheck('switch', 'k.w', '--vtctld', 'v:1', '--tablets', 'dial').tablets.via, 'dial');
    const tls = ['--tablet-ca', 'ca', '--tablet-cert', 'c', '--tablet-key', 'k', '--tablet-server-name', 'n'];
    assert.deepEqual(precheck('switch', 'k.w', ...tls).tablets, {
      via: 'dial',
      tls: { ca: 'ca', cert: 'c', key: 'k', serverName: 'n' },
    });
  });

  for (const [args, expected] of [
    [[], /precheck switch or precheck reverse/],
    [['turn', 'k.w'], /precheck switch or precheck reverse/],
    [['switch'], /needs KEYSPACE\.WORKFLOW/],
    [['switch', 'kw'], /"kw" is not KEYSPACE\.WORKFLOW/],
    [['switch', 'k.'], /not KEYSPACE\.WORKFLOW/],
    [['switch', 'k.w', 'x'], /unexpected argument "x"/],
    [['switch', 'k.w', '--from', 's'], /not both/],
    [['switch', '--tables', 't', '--from', 's'], /together/],
    [['switch', '--tables', 't', '--from', 's', '--to', 's'], /same keyspace/],
    [['switch', '--tables', ',', '--from', 's', '--to', 'd'], /names no table/],
    [['switch', 'k.w', '--action-timeout', 'soon'], /--action-timeout "soon" is not a duration/],
    [['switch', 'k.w', '--switch-timeout', '500ms'], /at least 1s/],
    [['switch', 'k.w', '--tablets', 'ask'], /--tablets is dial, vtctld, wait/],
    [['switch', 'k.w', '--tablets', 'vtctld'], /needs --vtctld/],
    [['switch', 'k.w', '--vtctld', 'v'], /"v" is not HOST:PORT/],
    [['switch', 'k.w', '--vtctld', 'v:0'], /not HOST:PORT/],
    [['switch', 'k.w', '--vtctld-ca', 'f'], /--vtctld-ca belongs to --vtctld/],
    [['switch', 'k.w', '--tablet-cert', 'f'], /--tablet-cert and --tablet-key together/],
    [['switch', 'k.w', '--out', 'd'], /--out belongs to the command snapshot/],
  ] as const) {
    it(`refuses ${['precheck', ...args].join(' ')}`, () => {
      assert.match(problem(['precheck', ...args]), expected);
    });
  }

  it('keeps its options to itself', () => {
    assert.match(problem(['status', '--tables', 't']), /--tables belongs to the command precheck$/);
    assert.match(
      problem(['diagnose', '--tablets', 'wait']),
      /--tablets belongs to the command precheck, switch, reverse, repair, undo$/,
    );
    assert.match(problem(['locks', '--vtctld', 'v:1']), /--vtctld belongs to the command status, diagnose, precheck/);
  });
});

describe('the command line of repair', () => {
  const repair = (...args: string[]) => parsed('repair', args);

  it('follows the routing everywhere, asks first and dials the tablets, unless it is told otherwise', () => {
    const { request, planOnly, yes, forcedKeyspaces, historyFolder, tablets } = repair();
    const direction = { kind: 'follow-routing' };
    assert.deepEqual(request, { scope: { kind: 'all' }, direction, followReads: false });
    assert.deepEqual({ planOnly, yes }, { planOnly: false, yes: false });
    assert.deepEqual([forcedKeyspaces, historyFolder, tablets], [[], undefined, { via: 'dial' }]);
  });

  it('takes one scope', () => {
    assert.deepEqual(repair('--keyspace', 'k').request.scope, { kind: 'keyspace', keyspace: 'k' });
    assert.deepEqual(repair('--move', 'a→b:t').request.scope, { kind: 'move', move: 'a→b:t' });
    const record = 'keyspaces/k/shards/-80/Shard';
    assert.deepEqual(repair('--finding', `serving-side-denied:${record}`).request.scope, {
      kind: 'finding',
      code: 'serving-side-denied',
      record,
    });
  });

  it('takes a direction and what may be done', () => {
    const args = ['--direction', 'serve-from:k', '--follow-reads', '--yes', '--history', 'h'];
    const { request, yes, historyFolder } = repair(...args);
    assert.deepEqual(request.direction, { kind: 'serve-from', keyspace: 'k' });
    assert.deepEqual([request.followReads, yes, historyFolder], [true, true, 'h']);
    assert.deepEqual(repair('--force', 'a', '--force', 'b').forcedKeyspaces, ['a', 'b']);
    const wait = ['--tablets', 'wait'];
    assert.deepEqual(repair(...wait).tablets, { via: 'wait', seconds: 60, waitConfirms: false });
    const { tablets } = repair(...wait, '--tablet-wait', '90s', '--tablet-wait-confirms');
    assert.deepEqual(tablets, { via: 'wait', seconds: 90, waitConfirms: true });
  });

  it('plans on a snapshot, and changes none', () => {
    assert.ok(parsed('repair', ['--plan'], snapshot).planOnly);
    assert.match(problem(['repair'], snapshot), /a snapshot cannot be changed/);
    assert.match(problem(['undo', '--yes'], snapshot), /a snapshot cannot be changed/);
  });

  for (const [args, expected] of [
    [['all'], /unexpected argument "all"/],
    [['--keyspace', 'k', '--move', 'm'], /one of --keyspace, --move and --finding/],
    [['--finding', 'no-such-code:RoutingRules'], /is not CODE:RECORD/],
    [['--finding', 'split-routing'], /is not CODE:RECORD/],
    [['--finding', 'split-routing:'], /is not CODE:RECORD/],
    [['--direction', 'serve-from:'], /follow-routing or serve-from:KEYSPACE/],
    [['--direction', 'back'], /follow-routing or serve-from:KEYSPACE/],
    [['--plan', '--yes'], /--plan or --yes, not both/],
    [['--tablet-wait', '90s'], /belongs to --tablets wait/],
    [['--tablet-wait-confirms'], /belongs to --tablets wait/],
    [['--tablets', 'wait', '--tablet-wait', 'now'], /is not a duration/],
    [['--tablets', 'vtctld'], /needs --vtctld/],
    [['--release', 'r'], /--release belongs to the command locks/],
  ] as const) {
    it(`refuses ${['repair', ...args].join(' ')}`, () => {
      assert.match(problem(['repair', ...args]), expected);
    });
  }
});

describe('the command lines of undo, history and locks', () => {
  it('undo takes a run, or the last one', () => {
    assert.equal(parsed('undo', ['r1', '--plan']).run, 'r1');
    assert.equal(parsed('undo', []).run, undefined);
    assert.match(problem(['undo', 'r1', 'r2']), /unexpected argument "r2"/);
    assert.match(
      problem(['undo', '--direction', 'follow-routing']),
      /--direction belongs to the command repair, runbook$/,
    );
  });

  it('history reads no topology', () => {
    assert.equal(parsed('history', ['--history', 'h'], []).historyFolder, 'h');
    assert.equal(parsed('history', [], []).historyFolder, undefined);
    assert.match(problem(['history']), /history reads no topology/);
    assert.match(problem(['history', 'x'], []), /unexpected argument "x"/);
  });

  it('locks lists them, or releases one', () => {
    assert.equal(parsed('locks', [], snapshot).release, undefined);
    const { release, yes } = parsed('locks', ['--release', 'keyspaces/k/locks/1', '--yes']);
    assert.deepEqual([release, yes], ['keyspaces/k/locks/1', true]);
    assert.match(problem(['locks', '--yes']), /--yes belongs to locks --release/);
    assert.match(problem(['locks', '--release', 'r'], snapshot), /cannot be released/);
    assert.match(problem(['locks', 'r']), /unexpected argument "r"/);
  });
});
