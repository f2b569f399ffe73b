import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { shownTopology } from '../../src/host/session.ts';
import { activateExtension, closeConnections, setConnections } from './extensionUnderTest.ts';

const run = (command: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(command, ...args);

describe('connections', () => {
  let api: VitessTopoApi;
  let scratch: string;
  /** The opened folder is a copy of the sample. */
  const sample = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  before(async () => {
    api = await activateExtension();
    scratch = await mkdtemp(path.join(tmpdir(), 'vitess-topo-connections-'));
  });
  afterEach(() => closeConnections(api));
  after(() => rm(scratch, { recursive: true, force: true }));

  it('come from the settings, not connected at first', async () => {
    await setConnections(api, [{ name: 'incident', kind: 'snapshot', folder: sample() }]);
    assert.deepEqual(
      api.sessions.all.map(({ connection, state }) => [connection.name, connection.kind, state.status]),
      [['incident', 'snapshot', 'disconnected']],
    );
  });

  it('connect, become active, and disconnect', async () => {
    await setConnections(api, [{ name: 'incident', kind: 'snapshot', folder: '${workspaceFolder}' }]);
    await run(commandIds.connect, { connection: 'incident' });
    const session = api.sessions.active;
    assert.equal(session?.connection.name, 'incident');
    assert.equal(session.state.status, 'loaded');
    assert.equal(
      shownTopology(session.state)?.diagnosed.findings.filter(({ severity }) => severity === 'error').length,
      4,
    );
    await run(commandIds.disconnect, { connection: 'incident' });
    assert.equal(api.sessions.get('incident')?.state.status, 'disconnected');
    assert.equal(api.sessions.active, undefined);
  });

  it('work beside entries that are wrong', async () => {
    await setConnections(api, [
      { name: 'broken', kind: 'etcd' },
      { name: 'good', kind: 'snapshot', folder: sample() },
      'nonsense',
    ]);
    assert.deepEqual(
      api.sessions.all.map(({ connection }) => connection.name),
      ['good'],
    );
  });

  it('fail with the reason, and keep it', async () => {
    await setConnections(api, [{ name: 'nowhere', kind: 'snapshot', folder: path.join(scratch, 'nothing here') }]);
    await run(commandIds.connect, { connection: 'nowhere' });
    const state = api.sessions.get('nowhere')?.state;
    assert.ok(state?.status === 'failed');
    assert.equal(state.failure.code, 'not-found');
    assert.match(state.failure.message, /nothing here/);
  });

  it('say that nothing answers at an address where nothing does', async () => {
    await setConnections(api, [{ name: 'closed', kind: 'etcd', endpoints: ['127.0.0.1:1'] }]);
    await run(commandIds.connect, { connection: 'closed' });
    const state = api.sessions.get('closed')?.state;
    assert.ok(state?.status === 'failed');
    assert.equal(state.failure.code, 'unreachable');
  });

  it('are opened from a folder for this window, under a name of its own', async () => {
    const folder = vscode.Uri.file(sample());
    await run(commandIds.openSnapshot, folder);
    await run(commandIds.openSnapshot, folder);
    assert.deepEqual(
      api.sessions.all.map(({ connection, state }) => [connection.name, state.status]),
      [[path.basename(sample()), 'loaded']],
    );
  });

  it('are exported to a folder that reads as the same topology', async () => {
    await run(commandIds.openSample);
    const before = api.sessions.get('sample');
    await run(commandIds.exportSnapshot, { connection: 'sample' }, vscode.Uri.file(scratch));
    const [name] = await readdir(scratch);
    assert.match(name ?? '', /^sample \d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\dZ$/);
    await run(commandIds.openSnapshot, vscode.Uri.file(path.join(scratch, name ?? '')));
    const after = api.sessions.get(name ?? '');
    assert.ok(before?.state.status === 'loaded' && after?.state.status === 'loaded');
    const records = (topology: typeof before.state.topology): unknown[] =>
      topology.data.global.map(({ path: file, value }) => [file, Buffer.from(value).toString('hex')]).sort();
    assert.deepEqual(records(after.state.topology), records(before.state.topology));
    assert.deepEqual(
      after.state.topology.diagnosed.findings.map(({ code, message }) => [code, message]),
      before.state.topology.diagnosed.findings.map(({ code, message }) => [code, message]),
    );
    assert.deepEqual(
      after.state.topology.diagnosed.moves.map(({ id, trafficState }) => [id, trafficState]),
      before.state.topology.diagnosed.moves.map(({ id, trafficState }) => [id, trafficState]),
    );
  });
});
