import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, diagnosticSource, topoScheme } from '../../src/contributions/ids.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { shownTopology, type LoadedTopology } from '../../src/host/session.ts';
import type { Finding } from '../../src/model/finding.ts';
import { recordName } from '../../src/model/record.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { EtcdTopology } from '../../src/topology/etcdTopology.ts';
import { loadCapture } from '../harness/capture.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { TrafficVtctld } from '../harness/trafficVtctld.ts';
import { eventFiles, readEvents } from '../support/captures.ts';
import { codeOf, eventually } from './editorSupport.ts';
import { activateExtension, closeConnections, rowAt, rowText, setConnections } from './extensionUnderTest.ts';

const line = ({ code, places: [{ record }], tables }: Finding): string =>
  `${code} ${recordName(record)} ${tables.join(',')}`;

/** The codes of Problems of live records, hints left out, sorted. */
function problemCodes(): string[] {
  return vscode.languages
    .getDiagnostics()
    .filter(([uri]) => uri.scheme === topoScheme)
    .flatMap(([, diagnostics]) => diagnostics)
    .filter(({ source, severity }) => source === diagnosticSource && severity !== vscode.DiagnosticSeverity.Hint)
    .map(({ code }) => codeOf(code))
    .sort();
}

describe('a switch that is followed in the editor', function () {
  this.timeout(120_000);
  let api: VitessTopoApi;
  let etcd: EtcdServer;
  let vtctld: TrafficVtctld;
  let reader: EtcdTopology;
  const shown = (): LoadedTopology | undefined => {
    const state = api.sessions.get('live')?.state;
    return state === undefined ? undefined : shownTopology(state);
  };

  before(async () => {
    api = await activateExtension();
    etcd = await startEtcd();
    const capture = path.join(import.meta.dirname, '../captures/04-all-switched');
    await loadCapture(etcd, capture, { cellAddress: etcd.address });
    vtctld = await TrafficVtctld.start(etcd, 'customer');
    reader = new EtcdTopology({ endpoints: [etcd.address], root: '/vitess/global' });
    await setConnections(api, [{ name: 'live', kind: 'etcd', endpoints: [etcd.address] }]);
    await vscode.commands.executeCommand(commandIds.connect, { connection: 'live' });
    await eventually(shown, (topology) => topology !== undefined);
  });
  after(async () => {
    await closeConnections(api);
    await reader.close();
    vtctld.stop();
    await etcd.stop();
  });

  for (const name of eventFiles) {
    it(`shows after each write of ${name} what a fresh diagnosis finds, as if vtctld had died there`, async () => {
      for (const event of readEvents(name)) {
        await vtctld.play([event]);
        const data = await reader.read();
        const fresh = diagnose(decodeSnapshot(data));
        await eventually(
          () => shown()?.data.revision ?? '0',
          (revision) => BigInt(revision) >= BigInt(data.revision ?? '0'),
        );
        const findings = shown()?.diagnosed.findings ?? [];
        assert.deepEqual(findings.map(line), fresh.findings.map(line), `after revision ${event.revision}`);
        const visible = fresh.findings.map(({ code }): string => code).sort();
        await eventually(problemCodes, (codes) => new Set(codes).size === new Set(visible).size);
        assert.deepEqual([...new Set(problemCodes())], [...new Set(visible)], `after revision ${event.revision}`);
      }
    });
  }

  it('ends without a contradiction in tree and Problems, and remembers every step', async () => {
    await eventually(
      () => rowText(api, rowAt(api, ['live'])),
      (text) => text.includes('no contradictions'),
    );
    assert.deepEqual(problemCodes(), []);
    const moments = api.sessions.get('live')?.moments ?? [];
    const events = moments.flatMap((moment) => moment.events);
    assert.deepEqual(
      events.map(({ record }) => record),
      eventFiles.flatMap((name) => readEvents(name)).map(({ record }) => recordName(record)),
    );
  });
});
