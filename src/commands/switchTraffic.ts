import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { commandIds } from '../contributions/ids.ts';
import type { EtcdSettings } from '../host/connectionSettings.ts';
import { precheckRequest, precheckText, precheckTitle } from '../host/precheckText.ts';
import { withProgress } from '../host/progress.ts';
import { dryRunText, switchDetail, switchTitle } from '../host/switchText.ts';
import { openSwitchServer } from '../host/openVtctld.ts';
import { dialFrom } from '../host/tabletDial.ts';
import { isTrustedFor } from '../host/trust.ts';
import { vtctldOf, type VtctldSettings } from '../host/vtctldSettings.ts';
import type { Passwords } from '../host/workerRequest.ts';
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { forwardWorkflow } from '../model/move.ts';
import { precheck, precheckTablets } from '../repair/precheck.ts';
import type { PrecheckSubject } from '../repair/precheck/precheckModel.ts';
import type { SwitchRequest } from '../switch/switchModel.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickMove } from './diagnose.ts';
import { allPasswords, ensurePassword } from './passwords.ts';
import { pickTraffic } from './pickTraffic.ts';
import { readAgain, type ReadTopology } from './readAgain.ts';
import { runSwitch } from './runSwitch.ts';
import { askForWrites } from './writeAccess.ts';

/** A tablet that is there answers at once, in milliseconds. */
const tabletMs = 10_000;
const dryRunMs = 60_000;
/** vtctldclient's own, in milliseconds. */
const defaultMs = 30_000;

/** What a guarded switch works with. */
interface Way {
  readonly settings: EtcdSettings;
  readonly vtctld: VtctldSettings;
  readonly passwords: Passwords;
}

/** Pre-checks, shows vtctld's dry run, asks, has vtctld switch in a process that outlives the window, and judges by the records. */
export function switchTraffic(deps: CommandDeps, operation: SwitchRequest['operation']): TargetCommand {
  return async (target) => {
    const picked = await pickMove(
      deps,
      target,
      operation === 'switch' ? 'Switch traffic of which move?' : 'Reverse traffic of which move?',
    );
    if (picked === undefined) return;
    const way = await wayToVtctld(deps, picked.connection);
    if (way === undefined) return;
    const read = await readAgain(deps, { connection: picked.connection }, '');
    const move = read?.topology.diagnosed.moves.find(({ id }) => id === picked.value);
    if (read === undefined || move === undefined) {
      if (read !== undefined)
        void vscode.window.showInformationMessage(`${picked.value} of ${picked.connection} is gone.`);
      return;
    }
    const request = await requestFor(operation, move, read);
    if (request === undefined) return;
    const subject = await checked(deps, request, move, read, way);
    if (subject === undefined) return;
    await runSwitch(deps, { connection: picked.connection, move: move.id, request, ...way });
  };
}

/** vtctld with its password; undefined when there is none, the workspace is not trusted, or nobody gives a password. */
async function wayToVtctld(deps: CommandDeps, connection: string): Promise<Way | undefined> {
  const settings = deps.store.settingsOf(connection);
  if (settings === undefined) return undefined;
  const vtctld = settings.kind === 'etcd' ? vtctldOf(settings) : undefined;
  if (settings.kind !== 'etcd' || vtctld === undefined) {
    const open = 'Open Settings';
    const message =
      settings.kind === 'etcd'
        ? `${connection} names no vtctld, which switches the traffic. Add "vtctld": {"address": "host:port"} to the connection.`
        : `${connection} is not an etcd connection: its traffic cannot be switched from here.`;
    const choice = await vscode.window.showErrorMessage(message, ...(settings.kind === 'etcd' ? [open] : []));
    if (choice === open) await vscode.commands.executeCommand(commandIds.openSettings);
    return undefined;
  }
  if (!isTrustedFor('switching traffic') || !(await askForWrites(deps, connection))) return undefined;
  const passwords = await allPasswords(deps, settings);
  if (passwords === undefined) return undefined;
  // The tablets may be reached without vtctld, which is called all the same.
  const password = vtctld.user === undefined ? '' : await ensurePassword(deps, settings, 'vtctld');
  return password === undefined ? undefined : { settings, vtctld, passwords: { ...passwords, vtctld: password } };
}

async function requestFor(
  operation: SwitchRequest['operation'],
  move: DiagnosedMove,
  { topology }: ReadTopology,
): Promise<SwitchRequest | undefined> {
  const workflow = forwardWorkflow(move);
  const asked = precheckRequest(operation, move);
  if (workflow === undefined || asked === undefined) {
    void vscode.window.showErrorMessage(
      `The workflow of ${move.id} is not known: vtctld did not name it, or the move has several. Use vtctldclient, after "Pre-check".`,
    );
    return undefined;
  }
  const traffic = await pickTraffic(
    operation,
    topology.diagnosed.snapshot.cells.map(({ name }) => name),
  );
  if (traffic === undefined) return undefined;
  return {
    operation,
    workflow,
    target: asked.target,
    ...traffic,
    timeoutMs: defaultMs,
    maxReplicationLagMs: defaultMs,
  };
}

/** What is to be moved, once the pre-check finds nothing, vtctld's dry run is shown, and the operator agrees. */
async function checked(
  deps: CommandDeps,
  request: SwitchRequest,
  move: DiagnosedMove,
  { connection, topology }: ReadTopology,
  { settings, vtctld, passwords }: Way,
): Promise<PrecheckSubject | undefined> {
  const title = switchTitle(request);
  const detail = deps.store.get(connection)?.connection.detail ?? '';
  const shards = precheckTablets(request, topology);
  const answers = await withProgress(`Pre-check of ${title}`, (signal) =>
    dialFrom(settings, passwords, shards, { signal, timeoutMs: tabletMs }),
  );
  const result = precheck(request, topology, answers);
  const { safe, subject, notSeen, reasons } = result;
  if (!safe || subject === undefined) {
    const checkTitle = precheckTitle(request.operation, move);
    await deps.repairs.showText(
      checkTitle,
      `${connection} ${request.operation} ${move.id}`,
      precheckText(checkTitle, detail, result),
    );
    void vscode.window.showErrorMessage(
      `${title} was not started: ${reasons[0]?.message ?? 'the move is not known any more.'}`,
    );
    return undefined;
  }
  const server = await openSwitchServer(vtctld, passwords.vtctld);
  const lines = await withProgress(`Dry run of ${title}`, (signal) =>
    server.dryRun(request, { signal, timeoutMs: dryRunMs }),
  );
  await deps.repairs.showText(
    title,
    `${connection} dry run ${title}`,
    dryRunText(request, subject, { detail, notSeen, lines }),
  );
  const action = request.operation === 'switch' ? 'Switch Traffic' : 'Reverse Traffic';
  const question = `${title} on ${connection}?`;
  const options = { modal: true, detail: switchDetail(request, subject, notSeen) };
  return (await vscode.window.showWarningMessage(question, options, action)) === action ? subject : undefined;
}
