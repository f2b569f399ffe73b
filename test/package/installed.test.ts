import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

describe('the packaged extension', () => {
  it('is the installed copy and activates', async () => {
    const extension = vscode.extensions.getExtension('vitess-topo.vitess-topo');
    assert.ok(extension, 'the extension is not installed');
    assert.match(path.basename(path.dirname(extension.extensionPath)), /^extensions$/);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('holds the bundle, the sample and the texts, and no source', () => {
    const root = vscode.extensions.getExtension('vitess-topo.vitess-topo')?.extensionPath ?? '';
    for (const file of ['dist/extension.cjs', 'samples/broken-reverse/topo', 'media', 'package.json']) {
      assert.ok(existsSync(path.join(root, file)), file);
    }
    const names = readdirSync(root).map((name) => name.toLowerCase());
    for (const name of ['readme.md', 'changelog.md', 'license.txt']) assert.ok(names.includes(name), name);
    for (const name of ['src', 'test', 'scripts', 'node_modules', 'proto']) assert.ok(!names.includes(name), name);
  });
});
