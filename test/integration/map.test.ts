import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, mapViewType } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { parseXml } from '../support/xml.ts';
import { closeEditors, eventually } from './editorSupport.ts';
import { activateExtension, closeConnections } from './extensionUnderTest.ts';

const move = 'commerce.commerce2customer_reverse';

function mapTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(mapViewType));
}

describe('the map', () => {
  let api: VitessTopoApi;
  let folder: string;
  before(async () => {
    api = await activateExtension();
    await vscode.commands.executeCommand(commandIds.openSample);
    folder = await mkdtemp(path.join(tmpdir(), 'vitess-topo-map-'));
  });
  after(async () => {
    await closeEditors();
    await closeConnections(api);
    await rm(folder, { recursive: true, force: true });
  });

  it('opens in a panel that is named after its move', async () => {
    await vscode.commands.executeCommand(commandIds.showMap, { connection: 'sample', move });
    const tabs = await eventually(mapTabs, (found) => found.length > 0);
    assert.deepEqual(
      tabs.map(({ label }) => label),
      [`Map of ${move}`],
    );
  });

  it('opens once for a move, from a finding as well', async () => {
    const finding = api.sessions.active?.state.status === 'loaded' ? api.sessions.active.state.topology : undefined;
    await vscode.commands.executeCommand(commandIds.showMap, {
      connection: 'sample',
      finding: finding?.diagnosed.findings.find((each) => each.move === move),
    });
    assert.equal(mapTabs().length, 1);
  });

  it('is written to a file that stands alone, in place of what was there', async () => {
    const file = path.join(folder, 'map.svg');
    await writeFile(file, 'earlier');
    await eventually(mapTabs, ([tab]) => tab?.isActive === true);
    await vscode.commands.executeCommand(commandIds.exportMap, vscode.Uri.file(file));
    const root = parseXml(await readFile(file, 'utf8'));
    assert.equal(root.name, 'svg');
    assert.deepEqual(await readdir(folder), ['map.svg']);
  });

  it('leaves nothing behind where it cannot be written', async () => {
    await assertNotWritten(path.join(folder, 'missing', 'below', 'map.svg'));
    assert.deepEqual(await readdir(folder), ['map.svg']);
  });

  async function assertNotWritten(file: string): Promise<void> {
    await writeFile(path.join(folder, 'missing'), 'a file where a folder is needed');
    await vscode.commands.executeCommand(commandIds.exportMap, vscode.Uri.file(file));
    await rm(path.join(folder, 'missing'));
  }
});
