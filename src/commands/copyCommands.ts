import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { vtctldclientCommands } from '../diagnose/vtctldclientCommands.ts';
import { findingTitle } from '../model/findingTitle.ts';
import { shownTopology, type Sessions } from '../host/session.ts';
import type { Finding } from '../model/finding.ts';

/** Copies the vtctldclient commands that an operator runs by hand for a finding; asks for the finding when it is given none. */
export function copyCommandsCommand({ sessions }: { readonly sessions: Sessions }): TargetCommand {
  return async ({ connection, finding } = {}) => {
    const session = connection === undefined ? sessions.active : sessions.get(connection);
    const topology = session === undefined ? undefined : shownTopology(session.state);
    if (topology === undefined) {
      void vscode.window.showInformationMessage('No topology has been read: connect to one first.');
      return;
    }
    const chosen = finding ?? (await pickFinding(topology.diagnosed.findings));
    if (chosen === undefined) return;
    await vscode.env.clipboard.writeText(vtctldclientCommands(chosen, topology.diagnosed));
    const stale =
      session?.state.status === 'failed' ? ' They are for what was read before the last refresh failed.' : '';
    void vscode.window.showInformationMessage(
      `Copied the commands for ${chosen.code}. Read them before you run them.${stale}`,
    );
  };
}

async function pickFinding(findings: readonly Finding[]): Promise<Finding | undefined> {
  if (findings.length === 0) {
    void vscode.window.showInformationMessage('The diagnosis has no finding, so there is nothing to run.');
    return undefined;
  }
  const items = findings.map((finding) => ({
    label: findingTitle(finding),
    description: finding.code,
    detail: finding.message,
    finding,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Copy vtctldclient Commands',
    placeHolder: 'Which finding',
    matchOnDescription: true,
  });
  return picked?.finding;
}
