import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds, diagnosticSource, settingIds, settingsSection, topoScheme } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { shownTopology } from '../../src/host/session.ts';
import { topoUriParts } from '../../src/host/topoUri.ts';
import type { RecordId } from '../../src/model/record.ts';
import {
  activeSelection,
  clickLens,
  closeEditors,
  codeOf,
  eventually,
  lensTitles,
  problemLines,
} from './editorSupport.ts';
import { activateExtension, closeConnections } from './extensionUnderTest.ts';

const connection = 'sample';
const customer: RecordId = { path: 'keyspaces/customer/shards/-80/Shard' };

function uriOf(record: RecordId): vscode.Uri {
  return vscode.Uri.from(topoUriParts({ connection, record }));
}

async function openRecord(record: RecordId, path: readonly (string | number)[] = []): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand(commandIds.openRecord, { connection, record, path });
  return eventually(
    () => vscode.window.activeTextEditor?.document,
    (document) => document?.uri.toString() === uriOf(record).toString(),
  ).then((document) => {
    assert.ok(document);
    return document;
  });
}

/** Problems of live records, one line each, hints left out. */
function liveProblems(): string[] {
  return vscode.languages
    .getDiagnostics()
    .filter(([uri]) => uri.scheme === topoScheme)
    .flatMap(([uri, diagnostics]) =>
      diagnostics
        .filter(({ source, severity }) => source === diagnosticSource && severity !== vscode.DiagnosticSeverity.Hint)
        .map(({ code }) => `${codeOf(code)} ${uri.path}`),
    );
}

async function setEnabled(setting: string, enabled: boolean | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration(settingsSection);
  await settings.update(setting, enabled, vscode.ConfigurationTarget.Global);
}

describe('live records in the editor', () => {
  let api: VitessTopoApi;
  before(async () => {
    api = await activateExtension();
    await vscode.commands.executeCommand(commandIds.openSample);
  });
  afterEach(closeEditors);
  after(async () => {
    await closeConnections(api);
    await closeEditors();
  });

  it('open read-only at a place, as JSON with comments that say where they come from', async () => {
    const document = await openRecord(customer, ['tablet_controls', 0, 'denied_tables', 1]);
    await eventually(
      () => vscode.window.activeTextEditor?.document.languageId,
      (language) => language === 'jsonc',
    );
    const [name, source] = document.getText().split('\n');
    assert.equal(name, '// keyspaces/customer/shards/-80/Shard');
    assert.match(source ?? '', /^\/\/ connection sample · .*read \d{4}-/);
    assert.equal((await eventually(activeSelection, ({ text }) => text !== '')).text, '"customer"');
    assert.equal(vscode.workspace.fs.isWritableFileSystem(topoScheme), undefined);
  });

  it('say that a record is absent and what that means', async () => {
    const document = await openRecord({ path: 'ShardRoutingRules' });
    assert.match(document.getText(), /^\/\/ ABSENT: there are no shard routing rules\.$/m);
  });

  it('show a lock with its lease', async () => {
    const lock = shownTopology(api.sessions.get(connection)?.state ?? { status: 'disconnected' })?.diagnosed.snapshot
      .locks[0];
    assert.ok(lock);
    const text = (await openRecord(lock.record)).getText();
    assert.match(text, /^\/\/ lease: /m);
    assert.match(text, /^ {2}"HostName": "/m);
  });

  it('have lenses that say what contradicts them and lead there', async () => {
    await openRecord(customer);
    assert.deepEqual(await lensTitles(uriOf(customer)), [
      'Repair denied tables of customer…',
      '✗ serving-side-denied: RoutingRules sends corder, customer to customer; commerce/0 does not deny them',
      '→ RoutingRules',
      '→ commerce/0',
      '✗ RoutingRules: corder → customer.corder',
      '✗ RoutingRules: customer → customer.customer',
    ]);
    await clickLens(uriOf(customer), '✗ RoutingRules: customer');
    const rules = uriOf({ path: 'RoutingRules' }).toString();
    assert.equal((await eventually(activeSelection, ({ uri }) => uri === rules)).text, '"customer"');
    await clickLens(uriOf({ path: 'RoutingRules' }), '✗ other-side-not-denied: commerce/0 accepts corder');
    const commerce = uriOf({ path: 'keyspaces/commerce/shards/0/Shard' }).toString();
    assert.equal((await eventually(activeSelection, ({ uri }) => uri === commerce)).text, '"tablet_controls"');
  });

  it('have links to the records that they name', async () => {
    await openRecord(customer);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      uriOf(customer),
    );
    const targets = links.map(({ target, tooltip }) => [tooltip, target?.path]);
    assert.ok(
      targets.some(
        ([tooltip, path]) =>
          tooltip === 'Open zone1/tablets/zone1-0000000200/Tablet' &&
          path === '/sample/zone1/tablets/zone1-0000000200/Tablet.json',
      ),
      JSON.stringify(targets),
    );
  });

  it('have a Problem for every finding, also of records that are not open', () => {
    const findings =
      shownTopology(api.sessions.get(connection)?.state ?? { status: 'disconnected' })?.diagnosed.findings ?? [];
    assert.deepEqual(
      liveProblems().sort(),
      findings.map(({ code, places: [{ record }] }) => `${code} ${uriOf(record).path}`).sort(),
    );
  });

  it('have their Problems at the exact places, with code, explanation and the records that contradict', async () => {
    await openRecord(customer);
    assert.deepEqual(await problemLines(uriOf(customer)), ['serving-side-denied at "corder"']);
    const [problem] = vscode.languages.getDiagnostics(uriOf(customer));
    assert.ok(problem);
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
    assert.ok(typeof problem.code === 'object' && String(problem.code.target).includes('serving-side-denied'));
    assert.deepEqual(
      problem.relatedInformation?.map(({ message, location }) => `${message} in ${location.uri.path}`),
      [
        'corder is routed to customer.corder in /sample/global/RoutingRules.json',
        'customer is routed to customer.customer in /sample/global/RoutingRules.json',
        'commerce/0 does not deny corder and customer in /sample/global/keyspaces/commerce/shards/0/Shard.json',
      ],
    );
    const hints = vscode.languages
      .getDiagnostics(uriOf(customer))
      .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Hint);
    const document = await vscode.workspace.openTextDocument(uriOf(customer));
    assert.deepEqual(
      hints.map(({ range }) => document.getText(range)),
      ['"customer"'],
    );
  });

  it('offer at a Problem to copy the commands that repair it by hand', async () => {
    await openRecord(customer);
    const [problem] = vscode.languages.getDiagnostics(uriOf(customer));
    assert.ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uriOf(customer),
      problem.range,
    );
    const copy = actions.find(({ title }) => title === 'Copy vtctldclient Commands for serving-side-denied');
    assert.ok(copy?.command, actions.map(({ title }) => title).join());
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand(copy.command.command, ...((copy.command.arguments ?? []) as unknown[]));
    const copied = await eventually(
      () => vscode.env.clipboard.readText(),
      (text) => text !== '',
    );
    const steps = copied.split('\n').filter((line) => line.startsWith('vtctldclient'));
    assert.match(steps[0] ?? '', /SetShardTabletControl --denied-tables=corder,customer commerce\/0 primary &&$/);
    assert.match(steps[1] ?? '', /RefreshStateByShard commerce\/0 \|/);
    assert.match(
      steps[2] ?? '',
      /SetShardTabletControl --remove --denied-tables=corder,customer customer\/-80 primary &&$/,
    );
  });

  it('have no lenses and no Problems when the settings say so', async () => {
    await openRecord(customer);
    await setEnabled(settingIds.codeLens, false);
    await eventually(
      () => lensTitles(uriOf(customer)),
      (titles) => titles.length === 0,
    );
    await setEnabled(settingIds.codeLens, undefined);
    await eventually(
      () => lensTitles(uriOf(customer)),
      (titles) => titles.length > 0,
    );
    await setEnabled(settingIds.problems, false);
    await eventually(liveProblems, (problems) => problems.length === 0);
    await setEnabled(settingIds.problems, undefined);
    await eventually(liveProblems, (problems) => problems.length > 0);
  });

  it('follow the connection: without it there is no Problem, and the document says so', async () => {
    const document = await openRecord(customer);
    await vscode.commands.executeCommand(commandIds.disconnect, { connection });
    await eventually(liveProblems, (problems) => problems.length === 0);
    await eventually(
      () => document.getText(),
      (text) => text.includes('NOT READ: the connection sample is not connected'),
    );
    assert.deepEqual(await lensTitles(uriOf(customer)), []);
    await vscode.commands.executeCommand(commandIds.connect, { connection });
    await eventually(liveProblems, (problems) => problems.length > 0);
    await eventually(
      () => document.getText(),
      (text) => text.includes('"denied_tables"'),
    );
    await eventually(
      () => problemLines(uriOf(customer)),
      (lines) => lines.join() === 'serving-side-denied at "corder"',
    );
  });
});
