/** `vitess-topo switch` and `vitess-topo reverse`. */
import { SwitchFileHistory } from '../history/switchHistory.ts';
import { systemClock } from '../history/systemClock.ts';
import { defaultSwitchLimits, runSwitch } from '../switch/runSwitch.ts';
import type { SwitchRecord, SwitchRequest } from '../switch/switchModel.ts';
import { switchRequest } from '../switch/switchRequest.ts';
import { topologyFollower } from '../switch/topologyFollower.ts';
import { TopologyError } from '../topology/topology.ts';
import { VtctldSwitchServer } from '../vtctld/vtctldSwitchServer.ts';
import { whoAmI } from './carryOut.ts';
import type { CommandLine } from './commandLine.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { jsonText } from './json.ts';
import { onTopology, type OpenedTopology } from './onTopology.ts';
import { openVtctld } from './openRefresher.ts';
import { precheckText } from './precheckText.ts';
import { confirm } from './proposal.ts';
import { openHistory } from './recordedRuns.ts';
import { precheckExitCode, runPrecheck } from './runPrecheck.ts';
import { SwitchProgress } from './switchProgress.ts';
import { dryRunText, switchJson, switchQuestion, switchText, type SwitchProposal } from './switchText.ts';
import { vtctldRoute } from './tabletRoute.ts';

type SwitchCommandLine = Extract<CommandLine, { readonly command: 'switch' | 'reverse' }>;

/** Pre-checks, shows vtctld's dry run, asks, has vtctld switch, follows it to its end and judges by the records. */
export function switchTraffic(commandLine: SwitchCommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  return onTopology(commandLine, environment, async (opened) => {
    const { style } = environment;
    const isJson = commandLine.format === 'json';
    const print = (proposal: SwitchProposal, run?: SwitchRecord): void => {
      if (isJson) environment.out(jsonText(switchJson(proposal, opened.diagnosed, run)));
      else if (run !== undefined) environment.out(switchText(run, style));
    };
    const server = new VtctldSwitchServer(
      await openVtctld(await vtctldRoute(commandLine.vtctld, environment.credentials)),
    );
    const proposal = await propose(commandLine, server, opened, environment);
    const { request, precheck, dryRun } = proposal;
    if (!isJson) environment.out(precheckText(precheck, opened.diagnosed, style));
    if (dryRun === undefined || precheck.subject === undefined) {
      print(proposal);
      return precheckExitCode(precheck);
    }
    if (!isJson) environment.out(dryRunText(dryRun, style));
    if (commandLine.planOnly) {
      print(proposal);
      if (!isJson) environment.out('Nothing was switched: this is only the plan.\n');
      return 0;
    }
    const consent = await confirm(commandLine, switchQuestion(request, precheck.subject), environment);
    if (consent.exitCode !== undefined) {
      print(proposal);
      environment.err(`${consent.words}\n`);
      return consent.exitCode;
    }
    const run = await runShielded(commandLine, request, server, opened, environment);
    print(proposal, run);
    return exitCodeOf(run);
  });
}

async function propose(
  {
    command,
    workflow,
    tabletTypes,
    cells,
    switchTimeoutMs,
    maxReplicationLagMs,
    tablets,
    address,
    timeoutMs,
  }: SwitchCommandLine,
  server: VtctldSwitchServer,
  { diagnosed, inTime }: OpenedTopology,
  environment: CommandEnvironment,
): Promise<SwitchProposal> {
  const { credentials, signal } = environment;
  const request = switchRequest(
    { operation: command, workflow, tabletTypes, cells, timeoutMs: switchTimeoutMs, maxReplicationLagMs },
    diagnosed,
  );
  const onProgress = (words: string): void => environment.progress?.(words);
  const precheck = await runPrecheck({ address, request, tablets }, diagnosed, {
    credentials,
    signal: inTime,
    onProgress,
  });
  onProgress(precheck.safe ? 'asking vtctld for a dry run' : '');
  if (signal.aborted)
    throw new TopologyError({ code: 'cancelled', message: `The ${command} was interrupted; nothing was switched.` });
  const dryRun = precheck.safe ? await server.dryRun(request, { signal, timeoutMs }) : undefined;
  onProgress('');
  return { request, precheck, dryRun };
}

async function runShielded(
  { historyFolder }: SwitchCommandLine,
  request: SwitchRequest,
  server: VtctldSwitchServer,
  { reader: topology }: OpenedTopology,
  environment: CommandEnvironment,
): Promise<SwitchRecord> {
  const progress = new SwitchProgress(environment);
  const unshield = environment.shield(() => progress.line(interruptWords));
  try {
    return await runSwitch({
      request,
      topology,
      server,
      follower: topologyFollower(topology, systemClock),
      history: new SwitchFileHistory(openHistory(historyFolder, environment).folder),
      clock: systemClock,
      who: whoAmI(),
      limits: defaultSwitchLimits,
      signal: environment.signal,
      onProgress: progress.tell,
    });
  } finally {
    progress.end();
    unshield();
  }
}

const interruptWords =
  'Nothing ends it once vtctld was called: that would cancel it halfway. It is followed to its end.';

function exitCodeOf({ verdict }: SwitchRecord): ExitCode {
  if (verdict === 'switched') return 0;
  return verdict === 'running' || verdict === 'not-checked' ? 2 : 1;
}
