import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { precheckRequest, precheckText, precheckTitle, type Operation } from '../host/precheckText.ts';
import { withProgress } from '../host/progress.ts';
import { dialFrom } from '../host/tabletDial.ts';
import { precheck, precheckTablets } from '../repair/precheck.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickMove } from './diagnose.ts';
import { allPasswords } from './passwords.ts';
import { readAgain } from './readAgain.ts';

/** A tablet that is there answers at once, in milliseconds. */
const tabletMs = 10_000;

/** Reads the topology again, asks the tablets whether they answer, and tells what would make the operation fail. */
export function precheckMove(deps: CommandDeps, operation: Operation): TargetCommand {
  return async (target) => {
    const picked = await pickMove(deps, target, 'Pre-check which move?');
    if (picked === undefined) return;
    const read = await readAgain(deps, { connection: picked.connection }, '');
    if (read === undefined) return;
    const { connection, topology } = read;
    const move = topology.diagnosed.moves.find(({ id }) => id === picked.value);
    const request = move === undefined ? undefined : precheckRequest(operation, move);
    if (move === undefined || request === undefined) {
      const why = move === undefined ? 'it is gone' : 'its workflow is not known from here';
      void vscode.window.showInformationMessage(`${picked.value} of ${connection} cannot be checked: ${why}.`);
      return;
    }
    const title = precheckTitle(operation, move);
    const settings = deps.store.settingsOf(connection);
    const passwords = settings?.kind === 'etcd' ? await allPasswords(deps, settings) : {};
    if (passwords === undefined) return;
    const shards = precheckTablets(request, topology);
    const answers = await withProgress(title, (signal) =>
      dialFrom(settings, passwords, shards, { signal, timeoutMs: tabletMs }),
    );
    const detail = deps.store.get(connection)?.connection.detail ?? '';
    const text = precheckText(title, detail, precheck(request, topology, answers));
    await deps.repairs.showText(title, `${connection} ${operation} ${move.id}`, text);
  };
}
