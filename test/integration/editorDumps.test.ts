import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  activeSelection,
  clickLens,
  closeEditors,
  eventually,
  lensTitles,
  problemLines,
  problemsOf,
  show,
} from './editorSupport.ts';
import { activateExtension } from './extensionUnderTest.ts';

const conflict = '✗ serving-side-denied: RoutingRules sends corder, customer to customer';

describe('saved dumps in the editor', () => {
  let scratch: string;
  /** The opened folder is a copy of the sample, with its dumps. */
  const dump = (name: string): vscode.Uri => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    return vscode.Uri.joinPath(folder, 'cli', name);
  };
  const inScratch = (name: string): vscode.Uri => vscode.Uri.file(path.join(scratch, name));
  const copyToScratch = async (name: string): Promise<void> => {
    await vscode.workspace.fs.copy(dump(name), inScratch(name));
  };
  before(activateExtension);
  beforeEach(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'vitess-topo-dumps-'));
  });
  afterEach(async () => {
    await closeEditors();
    await rm(scratch, { recursive: true, force: true });
  });

  it('have lenses and Problems without any connection', async () => {
    const uri = dump('GetShard-customer--80.json');
    await show(uri);
    const titles = await eventually(
      () => lensTitles(uri),
      (found) => found.length > 0,
    );
    assert.deepEqual(titles, [
      `${conflict}; commerce/0 does not deny them`,
      '→ RoutingRules',
      '→ commerce/0',
      '✗ RoutingRules: corder → customer.corder',
      '✗ RoutingRules: customer → customer.customer',
    ]);
    assert.deepEqual(
      await eventually(
        () => problemLines(uri),
        (lines) => lines.length > 0,
      ),
      ['serving-side-denied at "corder"'],
    );
    const [problem] = problemsOf(uri);
    assert.ok(
      problem?.relatedInformation?.some(({ location }) => location.uri.path.endsWith('/cli/GetRoutingRules.json')),
    );
  });

  it('lead by their lenses to the other file at the exact place', async () => {
    const uri = dump('GetShard-customer--80.json');
    await show(uri);
    await eventually(
      () => lensTitles(uri),
      (found) => found.length > 0,
    );
    await clickLens(uri, '✗ RoutingRules: corder');
    const rules = dump('GetRoutingRules.json').toString();
    assert.equal((await eventually(activeSelection, (active) => active.uri === rules)).text, '"corder"');
    await clickLens(dump('GetRoutingRules.json'), '✗ other-side-not-denied: commerce/0 accepts corder');
    const commerce = dump('GetShard-commerce-0.json').toString();
    assert.equal((await eventually(activeSelection, (active) => active.uri === commerce)).text, '"tablet_controls"');
  });

  it('are judged by the text in the editors, saved or not', async () => {
    await copyToScratch('GetShard-customer--80.json');
    await copyToScratch('GetRoutingRules.json');
    const uri = inScratch('GetShard-customer--80.json');
    await show(uri);
    await eventually(
      () => problemLines(uri),
      (lines) => lines.join() === 'serving-side-denied at "corder"',
    );
    const rules = await show(inScratch('GetRoutingRules.json'));
    const edit = new vscode.WorkspaceEdit();
    const whole = new vscode.Range(0, 0, rules.lineCount, 0);
    edit.replace(
      rules.uri,
      whole,
      rules.getText().replaceAll('"customer.', '"elsewhere.').replaceAll('"commerce.', '"elsewhere.'),
    );
    assert.ok(await vscode.workspace.applyEdit(edit));
    await eventually(
      () => problemLines(uri),
      (lines) => lines.length === 0,
    );
    assert.ok(rules.isDirty);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await eventually(
      () => problemLines(uri),
      (lines) => lines.length === 1,
    );
  });

  it('say what is not checked, until the missing dump is written beside them', async () => {
    await copyToScratch('GetShard-customer--80.json');
    const uri = inScratch('GetShard-customer--80.json');
    await show(uri);
    const lone = await eventually(
      () => lensTitles(uri),
      (titles) => titles.length > 0,
    );
    assert.deepEqual(lone, ['not checked: no GetRoutingRules dump beside this file']);
    assert.deepEqual(problemsOf(uri), []);
    await copyToScratch('GetRoutingRules.json');
    await eventually(
      () => lensTitles(uri),
      (titles) => titles[0] === conflict,
    );
    await eventually(
      () => problemLines(uri),
      (lines) => lines.length === 1,
    );
  });

  it('say that two dumps of one record differ, at both', async () => {
    await copyToScratch('GetShard-customer--80.json');
    await copyToScratch('GetRoutingRules.json');
    await writeFile(
      inScratch('rules-before.json').fsPath,
      '{"rules": [{"from_table": "t", "to_tables": ["customer.t"]}]}',
    );
    const uri = inScratch('rules-before.json');
    await show(uri);
    const words =
      'GetRoutingRules.json and rules-before.json give RoutingRules differently, so they are not of one moment';
    await eventually(
      () => lensTitles(uri),
      (titles) => titles.join() === `not checked: ${words}`,
    );
    const [problem] = await eventually(
      () => problemsOf(uri),
      (problems) => problems.length === 1,
    );
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Warning);
    assert.ok(problem.message.startsWith(words));
    assert.deepEqual(
      problem.relatedInformation?.map(({ location }) => path.basename(location.uri.path)),
      ['GetRoutingRules.json'],
    );
  });

  it('lose their Problems when they are closed', async () => {
    const uri = dump('GetShard-commerce-0.json');
    await show(uri);
    await eventually(
      () => problemsOf(uri),
      (problems) => problems.length === 1,
    );
    await closeEditors();
    await eventually(
      () => problemsOf(uri),
      (problems) => problems.length === 0,
    );
  });

  it('that were never saved are judged alone', async () => {
    const content =
      '{"keyspace": "a", "name": "0", "shard": {"tablet_controls": [{"tablet_type": "REPLICA", "denied_tables": ["t"]}], "is_primary_serving": true}}';
    const document = await vscode.workspace.openTextDocument({ language: 'json', content });
    await vscode.window.showTextDocument(document);
    const lines = await eventually(
      () => problemLines(document.uri),
      (found) => found.length > 0,
    );
    assert.deepEqual(lines, ['legacy-control at "REPLICA"']);
  });

  it('that are too large are not read, and say so', async () => {
    const rule = '{"from_table": "t", "to_tables": ["customer.t"]},';
    await writeFile(inScratch('GetRoutingRules.json').fsPath, `{"rules": [${rule.repeat(180_000)}{}]}`);
    await copyToScratch('GetShard-customer--80.json');
    const large = inScratch('GetRoutingRules.json');
    await show(large);
    await eventually(
      () => lensTitles(large),
      (titles) => titles.join() === 'not checked: this file is too large to be read here',
    );
    const uri = inScratch('GetShard-customer--80.json');
    await show(uri);
    const [title] = await eventually(
      () => lensTitles(uri),
      (titles) => titles.length > 0,
    );
    const left = 'GetRoutingRules.json not read: too large or too many';
    assert.equal(title, `not checked: no GetRoutingRules dump beside this file (${left})`);
  });

  it('of other programs have neither lenses nor Problems', async () => {
    await writeFile(inScratch('package.json').fsPath, '{"name": "x", "data": "y", "rules": [], "alias": {}}');
    await copyToScratch('GetRoutingRules.json');
    const uri = inScratch('package.json');
    await show(uri);
    const other = inScratch('GetRoutingRules.json');
    await show(other);
    await eventually(
      () => lensTitles(other),
      (titles) => titles.length > 0,
    );
    assert.deepEqual(await lensTitles(uri), []);
    assert.deepEqual(problemsOf(uri), []);
  });
});
