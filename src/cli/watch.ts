/** `vitess-topo watch`: what is written to a topology, and what that breaks or mends, as it happens. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import { FollowedMoment } from '../diagnose/timeline/followedMoment.ts';
import { eventLine } from '../diagnose/timeline/timelineText.ts';
import { findingTitle } from '../model/findingTitle.ts';
import type { Finding } from '../model/finding.ts';
import { recordName } from '../model/record.ts';
import type { TimelineEvent } from '../model/timelineEvent.ts';
import type { TopologyUpdate, WatchStatus } from '../model/topologyChange.ts';
import { moment as clock } from '../model/words.ts';
import { factsOf } from '../repair/verify.ts';
import { TopologyError } from '../topology/topology.ts';
import type { CommandLine } from './commandLine.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { findingJson } from './json.ts';
import { onTopology } from './onTopology.ts';
import { painter, plain } from './paint.ts';
import { heading } from './text.ts';

type WatchCommandLine = Extract<CommandLine, { readonly command: 'watch' }>;

/** Follows until it is interrupted or its time is over; then 1 when an error stands, 2 when not all could be read. */
export function watch(commandLine: WatchCommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  const { format, forMs } = commandLine;
  return onTopology(commandLine, environment, async ({ reader, data, diagnosed }) => {
    if (reader.watch === undefined) {
      throw new TopologyError({
        code: 'invalid',
        message: `${reader.description} cannot be watched: it does not change.`,
      });
    }
    const printer = format === 'json' ? new JsonLines(environment) : new TextLines(environment);
    printer.begin(diagnosed);
    const last = { moment: FollowedMoment.first(data), status: 'live' };
    const listener = (update: TopologyUpdate): void => {
      if (update.status.kind !== last.status) printer.status(update.status);
      const before = last.moment.topology;
      last.status = update.status.kind;
      last.moment = last.moment.next(update, Date.now());
      for (const event of last.moment.events) printer.event(event);
      const { gone, added } = differences(before, last.moment.topology);
      for (const finding of gone) printer.finding('gone', finding);
      for (const finding of added) printer.finding('appeared', finding);
    };
    const over = forMs === undefined ? [] : [AbortSignal.timeout(forMs)];
    await reader.watch(data, listener, { signal: AbortSignal.any([environment.signal, ...over]) });
    const { complete, findings } = last.moment.topology;
    if (!complete || last.status !== 'live') return 2;
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  });
}

/** Findings are grouped by table and shard, and a write may change the groups: what is new is told by what they say. */
function differences(before: DiagnosedTopology, after: DiagnosedTopology): { gone: Finding[]; added: Finding[] } {
  const missing = (from: readonly Finding[], others: readonly Finding[]): Finding[] => {
    const known = new Set(others.flatMap(factsOf));
    return from.filter((finding) => factsOf(finding).some((fact) => !known.has(fact)));
  };
  return {
    gone: missing(before.findings, after.findings),
    added: missing(after.findings, before.findings),
  };
}

type Change = 'appeared' | 'gone';

interface Printer {
  begin(diagnosed: DiagnosedTopology): void;
  status(status: WatchStatus): void;
  event(event: TimelineEvent): void;
  finding(change: Change, finding: Finding): void;
}

/** One JSON object a line. */
class JsonLines implements Printer {
  private readonly out: (text: string) => void;

  constructor({ out }: CommandEnvironment) {
    this.out = out;
  }

  begin({ snapshot, findings }: DiagnosedTopology): void {
    const { source, revision = null } = snapshot;
    this.line({ kind: 'begin', source, revision, findings: findings.map(findingJson) });
  }

  status(status: WatchStatus): void {
    this.line(
      status.kind === 'live'
        ? { kind: 'live' }
        : { kind: 'stale', since: clock(status.since), message: status.failure.message },
    );
  }

  event({ at, revision, kind, ...event }: TimelineEvent): void {
    this.line({ kind: 'change', at: clock(at), revision: revision ?? null, change: kind, ...event });
  }

  finding(change: Change, finding: Finding): void {
    this.line({ kind: 'finding', change, finding: findingJson(finding) });
  }

  private line(value: object): void {
    this.out(`${JSON.stringify(value)}\n`);
  }
}

/** A line for each change, and below it what it broke or mended. */
class TextLines implements Printer {
  private readonly environment: CommandEnvironment;

  constructor(environment: CommandEnvironment) {
    this.environment = environment;
  }

  begin(diagnosed: DiagnosedTopology): void {
    const { out, style } = this.environment;
    out(heading(diagnosed, painter(style)));
    for (const finding of diagnosed.findings) this.finding('appeared', finding);
    out('Watching; Ctrl+C ends it.\n');
  }

  status(status: WatchStatus): void {
    const words =
      status.kind === 'live' ? 'Live again.' : `Stale since ${clock(status.since)}: ${status.failure.message}`;
    this.environment.out(`${painter(this.environment.style)('yellow', plain(words))}\n`);
  }

  event(event: TimelineEvent): void {
    this.environment.out(`${plain(eventLine(event))}\n`);
  }

  finding(change: Change, finding: Finding): void {
    const paint = painter(this.environment.style);
    const { severity, code, places } = finding;
    const mark =
      change === 'gone' ? paint('green', '✓ gone') : paint(severity === 'error' ? 'red' : 'yellow', `✗ ${severity}`);
    const where = paint('dim', plain(recordName(places[0].record)));
    this.environment.out(`  ${mark} ${paint('bold', code)} ${plain(findingTitle(finding))}  ${where}\n`);
  }
}
