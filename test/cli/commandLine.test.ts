import assert from 'node:assert/strict';
import { parseCommandLine, type CommandLine } from '../../src/cli/commandLine.ts';

const address = ['--etcd', 'a:1'];

function parsed(...args: string[]): CommandLine {
  const result = parseCommandLine([...args, ...address]);
  assert.ok(result.kind === 'run', JSON.stringify(result));
  return result.commandLine;
}

function problem(...args: string[]): string {
  const result = parseCommandLine([...args, ...address]);
  assert.ok(result.kind === 'invalid', JSON.stringify(result));
  return result.problem;
}

describe('the command line of precheck', () => {
  const precheck = (...args: string[]): CommandLine & { command: 'precheck' } => {
    const commandLine = parsed('precheck', ...args);
    assert.ok(commandLine.command === 'precheck');
    return commandLine;
  };

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
    assert.equal(precheck('switch', 'k.w').tablets.way, 'dial');
    const { tablets } = precheck('switch', 'k.w', '--vtctld', '[::1]:15999', '--vtctld-user', 'me');
    assert.ok(tablets.way === 'vtctld');
    assert.deepEqual([tablets.address, tablets.user], [{ host: '::1', port: 15_999 }, 'me']);
    assert.equal(precheck('switch', 'k.w', '--vtctld', 'v:1', '--tablets', 'dial').tablets.way, 'dial');
    const tls = ['--tablet-ca', 'ca', '--tablet-cert', 'c', '--tablet-key', 'k', '--tablet-server-name', 'n'];
    assert.deepEqual(precheck('switch', 'k.w', ...tls).tablets, {
      way: 'dial',
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
      assert.match(problem('precheck', ...args), expected);
    });
  }

  it('keeps its options to itself', () => {
    assert.match(problem('status', '--tables', 't'), /--tables belongs to the command precheck/);
    assert.match(problem('diagnose', '--vtctld', 'v:1'), /--vtctld belongs to the command precheck/);
  });
});
