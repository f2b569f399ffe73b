import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { GetWorkflowsResponseSchema, type GetWorkflowsRequest } from '../../src/records/gen/vtctldata_pb.js';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { loadCapture } from '../harness/capture.ts';
import { capturedAnswers } from '../harness/capturedAnswers.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { startVtctld, type StandInVtctld, type VtctldAnswers } from '../harness/vtctldStandIn.ts';
import { vitessTopo } from './vitessTopo.ts';

const outage = join(import.meta.dirname, '../captures/12-reverse-vtctld-killed');
const auth = { user: 'ein-benutzer', password: 'geheimes-passwort' };
/** What a real vtctld answered; of customer, which has no workflow, there are no bytes. */
const answers: VtctldAnswers = {
  ...capturedAnswers,
  GetWorkflows: (request: GetWorkflowsRequest) =>
    request.keyspace === 'customer'
      ? create(GetWorkflowsResponseSchema)
      : (capturedAnswers['GetWorkflows']?.(request as never) ?? {}),
};

interface Printed {
  readonly complete: boolean;
  readonly notes: readonly string[];
  readonly findings: readonly { readonly code: string; readonly message: string }[];
  readonly moves: readonly { readonly workflow: string | null; readonly direction: string }[];
  readonly subject: { readonly workflow: string | null } | null;
  readonly notSeen: readonly string[];
}

describe('vitess-topo with a vtctld', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  let vtctld: StandInVtctld;
  before(async () => {
    etcd = await startEtcd();
    await loadCapture(etcd, outage, { cellAddress: etcd.address });
    vtctld = await startVtctld({ answers, auth });
  });
  after(async () => {
    vtctld.stop();
    await etcd.stop();
  });
  const credentials = { VITESS_TOPO_VTCTLD_USER: auth.user, VITESS_TOPO_VTCTLD_PASSWORD: auth.password };
  const printed = async (
    args: readonly string[],
    given: object = credentials,
    at = `127.0.0.1:${vtctld.server.port}`,
  ): Promise<Printed & { readonly exitCode: number }> => {
    const place = ['--etcd', etcd.address, '--vtctld', at, '--format', 'json'];
    const { exitCode, out } = await vitessTopo([...args, ...place], { credentials: given });
    return { ...(JSON.parse(out) as Printed), exitCode };
  };

  it('names the workflow of a move', async () => {
    const { moves, exitCode } = await printed(['status']);
    assert.equal(exitCode, 0);
    assert.deepEqual(
      moves.map(({ workflow, direction }) => [workflow, direction]),
      [['commerce.commerce2customer_reverse', 'known']],
    );
  });

  it('finds where the streams and what vtctld says contradict the records', async () => {
    const { findings, exitCode, complete } = await printed(['diagnose']);
    assert.deepEqual([exitCode, complete], [1, true]);
    const messages = (code: string): string[] =>
      findings.filter((finding) => finding.code === code).map(({ message }) => message);
    assert.match(messages('missing-streams').join(), /not its forward workflow customer\.commerce2customer/);
    assert.match(messages('status-differs').join(), /"Reads Not Switched\. Writes Switched"/);
  });

  it('checks a move by its workflow’s name, and its streams as they are now', async () => {
    const { subject, notSeen } = await printed(['precheck', 'switch', 'commerce.commerce2customer_reverse']);
    assert.equal(subject?.workflow, 'commerce.commerce2customer_reverse');
    assert.match(notSeen.join('\n'), /The replication lag when the operation starts: vtctld told 1 s/);
    assert.doesNotMatch(notSeen.join('\n'), /streams of commerce/);
  });

  it('exports what vtctld said with the snapshot', async () => {
    const folder = await scratchFolder('vtctld-snapshot');
    try {
      const out = join(folder, 'snapshot');
      assert.equal((await printed(['snapshot', '--out', out])).exitCode, 0);
      const { out: text } = await vitessTopo(['status', '--snapshot', out, '--format', 'json']);
      const { moves } = JSON.parse(text) as Printed;
      assert.equal(moves[0]?.workflow, 'commerce.commerce2customer_reverse');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('keeps the records where vtctld is down, and exits as one that could not check everything', async () => {
    const { moves, notes, complete, exitCode } = await printed(['status'], credentials, '127.0.0.1:1');
    assert.deepEqual([exitCode, complete], [2, false]);
    assert.equal(moves[0]?.direction, 'inferred');
    assert.match(notes.join('\n'), /Not checked: the workflows of commerce and customer\. vtctld at 127\.0\.0\.1:1: /);
  });

  it('repeats no password where vtctld refuses it', async () => {
    const wrong = { ...credentials, VITESS_TOPO_VTCTLD_PASSWORD: 'ein-anderes' };
    const { notes, exitCode } = await printed(['diagnose'], wrong);
    assert.equal(exitCode, 2);
    assert.match(notes.join('\n'), /vtctld refuses the user or the password/);
    assert.doesNotMatch(notes.join('\n'), /ein-anderes|geheimes/);
  });

  it('says which half of a login is missing', async () => {
    const place = ['--etcd', etcd.address, '--vtctld', 'v:1', '--vtctld-user', 'u'];
    const { exitCode, err } = await vitessTopo(['status', ...place], { credentials: {} });
    assert.equal(exitCode, 2);
    assert.match(err, /set VITESS_TOPO_VTCTLD_PASSWORD or add --vtctld-password-file/);
  });
});
