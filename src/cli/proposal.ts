/** Shows a plan, asks, carries it out and tells what came of it: the same for every command that changes a topology. */
import type { PlanResult } from '../model/plan.ts';
import type { FileHistory } from '../history/fileHistory.ts';
import type { RunRecord } from '../repair/ports.ts';
import { runStatusWords } from '../repair/runWords.ts';
import { isWritable } from '../topology/topologyWriter.ts';
import { carryOut } from './carryOut.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { jsonText } from './json.ts';
import type { OpenedTopology } from './onTopology.ts';
import { painter, plain, wrap } from './paint.ts';
import { planReach, planText } from './planText.ts';
import { outcomeJson } from './repairJson.ts';
import { RunProgress } from './runProgress.ts';
import type { RunOptions } from './repairOptions.ts';
import { tabletRoute } from './tabletRoute.ts';
import { heading } from './text.ts';

export interface Proposal {
  readonly options: Pick<RunOptions, 'planOnly' | 'yes' | 'tablets' | 'forcedKeyspaces'> & {
    readonly format: 'text' | 'json';
  };
  /** What is done, as the beginning of a question: `Repair`, `Undo`. */
  readonly verb: string;
  readonly result: PlanResult;
  /** What is said where there is no plan. */
  readonly nothing: string;
  /** The exit code when what is planned is done, or nothing is. */
  readonly rest: ExitCode;
  /** Undefined where a plan is only shown. */
  readonly history: FileHistory | undefined;
}

export async function propose(
  proposal: Proposal,
  opened: OpenedTopology,
  environment: CommandEnvironment,
): Promise<ExitCode> {
  const { result, options, nothing, rest, history } = proposal;
  const { plan } = result;
  const isJson = options.format === 'json';
  const { style } = environment;
  const print = (run?: RunRecord): void => {
    if (isJson) environment.out(jsonText(outcomeJson(opened.diagnosed.snapshot.source, result, run)));
    else if (run !== undefined) environment.out(outcomeText(run, environment));
  };
  if (!isJson) environment.out(`${heading(opened.diagnosed, painter(style))}\n${planText(result, style)}`);
  if (plan === undefined || options.planOnly || history === undefined) {
    print();
    if (!isJson) environment.out(`${plan === undefined ? nothing : 'Nothing was changed: this is only the plan.'}\n`);
    return rest;
  }
  const consent = await confirm(options, `${proposal.verb} ${planReach(plan)}?`, environment);
  if (consent.exitCode !== undefined) {
    print();
    environment.err(`${consent.words}\n`);
    return consent.exitCode;
  }
  const run = await runShielded({ ...proposal, history }, opened, environment);
  print(run);
  return run.status === 'done' ? rest : 1;
}

type Consent = { readonly exitCode: undefined } | { readonly exitCode: 1 | 2; readonly words: string };

/** Asks, unless it was said beforehand. */
export async function confirm(
  { yes, format }: Pick<Proposal['options'], 'yes' | 'format'>,
  question: string,
  { ask }: CommandEnvironment,
): Promise<Consent> {
  if (yes) return { exitCode: undefined };
  if (format === 'json' || ask === undefined) {
    const why = format === 'json' ? '--format json asks nothing' : 'there is no terminal to ask at';
    return { exitCode: 2, words: `vitess-topo: ${why}. Nothing was changed: add --yes to carry it out.` };
  }
  return (await ask(`${question} [y/N] `)) ? { exitCode: undefined } : { exitCode: 1, words: 'Nothing was changed.' };
}

async function runShielded(
  { result: { plan }, options, history }: Proposal & { readonly history: FileHistory },
  { topology }: OpenedTopology,
  environment: CommandEnvironment,
): Promise<RunRecord> {
  if (plan === undefined || !isWritable(topology)) throw new Error('only a plan for an etcd can be carried out');
  const tablets = await tabletRoute(options.tablets, environment.credentials);
  const progress = new RunProgress(environment);
  const unshield = environment.shield((times) => progress.line(interruptWords(times)));
  try {
    const { forcedKeyspaces } = options;
    const { signal } = environment;
    return await carryOut({ topology, plan, tablets, history, forcedKeyspaces, signal, onProgress: progress.tell });
  } finally {
    progress.end();
    unshield();
  }
}

function interruptWords(times: number): string {
  return times === 1
    ? 'Cancelled: it stops before the next step, and goes on to its end when something was allowed already.'
    : 'It is finishing safely. Ending it now would leave the topology half way.';
}

function outcomeText(run: RunRecord, { style }: CommandEnvironment): string {
  const paint = painter(style);
  const status = paint(run.status === 'done' ? 'green' : 'red', runStatusWords[run.status]);
  const message = run.message === undefined ? [] : wrap(plain(run.message), style.width);
  return [status, ...message, paint('dim', plain(`Run ${run.id}`)), ''].join('\n');
}
