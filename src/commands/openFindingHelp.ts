import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { findingCodes, type FindingCode } from '../model/finding.ts';
import type { CommandDeps } from './commandDeps.ts';

/** Shows the page about a finding's code. */
export function openFindingHelp({ extensionUri }: CommandDeps): TargetCommand {
  return async (target) => {
    const code = target?.code ?? target?.finding?.code ?? (await pickCode());
    if (code === undefined) return;
    const page = vscode.Uri.joinPath(extensionUri, 'docs', 'findings', `${code}.md`);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', page);
    } catch {
      await vscode.window.showTextDocument(page, { preview: true });
    }
  };
}

async function pickCode(): Promise<FindingCode | undefined> {
  const items = findingCodes.map((code) => ({ label: code, code }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Read about which finding?' }))?.code;
}
