import * as vscode from 'vscode';
import { commandIds } from '../contributions/ids.ts';
import type { FindingCode } from '../model/finding.ts';

/** The address that explains a finding: a command, because the pages come with the extension. */
export function findingHelpUri(code: FindingCode): vscode.Uri {
  return vscode.Uri.parse(`command:${commandIds.openFindingHelp}?${encodeURIComponent(JSON.stringify([{ code }]))}`);
}
