/** The repair with vtctldclient, in the order in which at no moment both sides accept writes. */
import { commandText, vtctldclient, type CommandStep } from '../../diagnose/commandList.ts';
import { switchSteps } from '../../diagnose/denyCommands.ts';
import type { DiagnosedMove } from '../../diagnose/diagnose.ts';
import { parseRuleName } from '../../diagnose/routing.ts';
import { commandSteps } from '../../diagnose/vtctldclientCommands.ts';
import type { Finding, FindingCode } from '../../model/finding.ts';
import { findingTitle } from '../../model/findingTitle.ts';
import { fenced } from '../../model/markdown.ts';
import { escaped } from './readable.ts';
import { moveTitle } from '../../model/move.ts';
import { recordTotals, type Plan } from '../../model/plan.ts';
import { globalRecord } from '../../model/record.ts';
import { decode } from '../../records/decode.ts';
import { RoutingRulesSchema } from '../../records/gen/vschema_pb.js';
import { servedFrom } from '../repairContext.ts';
import { movesToDecide } from './decide.ts';
import { isLock } from './repairBlocks.ts';
import type { RunbookContext } from './runbookModel.ts';

/** One control of a type first: SetShardTabletControl changes the first of two. Then what denies, rules, and what is built from them. */
const order: readonly FindingCode[] = [
  'duplicate-control',
  'both-sides-denied',
  'serving-side-denied',
  'shards-disagree',
  'other-side-not-denied',
  'split-routing',
  'dangling-rule',
  'stale-srv-vschema',
  'query-service-disabled',
  'stale-srv-keyspace',
  'orphan-denied-tables',
  'legacy-control',
  'stopped-not-frozen',
  'missing-streams',
  'status-differs',
  'reads-differ-by-cell',
];

/** What turning a move to one keyspace repairs with it. */
const turned: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'both-sides-denied',
  'serving-side-denied',
  'shards-disagree',
  'other-side-not-denied',
  'split-routing',
  'stale-srv-vschema',
]);

interface HandBlock {
  readonly titles: string[];
  readonly steps: readonly CommandStep[];
}

export function byHandBlocks(context: RunbookContext): string[] {
  const blocks = handBlocks(context);
  if (blocks.length === 0) return [];
  return [
    '## Repair by hand',
    'Paste one block at a time. In a block each command runs only when those before it succeeded. After every block verify, and write this runbook again: a later block may not be needed any more.',
    ...blocks.flatMap(({ titles, steps }, index) => [
      `### Block ${index + 1}`,
      titles.map((title) => `- ${escaped(title)}`).join('\n'),
      fenced(commandText(['VTCTLD is the address of vtctld, host:port.'], steps)),
    ]),
    [
      "- `SetShardTabletControl` prints the Shard record as it is now. It takes the keyspace's lock. Never run it without `--denied-tables`.",
      '- `RefreshStateByShard` prints `Refreshed state on` the shard. When it also prints `State refresh was partial` some tablet did not answer: find it with `GetTablets` and `PingTablet`, and go on only when every primary of the side that denies has been refreshed.',
      '- `RebuildVSchemaGraph` prints `RebuildVSchemaGraph: ok`.',
    ].join('\n'),
  ];
}

/** The commands of every finding once: a block that another one holds whole is named there instead. */
function handBlocks(context: RunbookContext): HandBlock[] {
  const { found, diagnosed, request } = context;
  const turnedTo = servedFrom(context);
  const turns = turnedTo === undefined ? [] : movesToDecide(context).filter((move) => canTurn(move, turnedTo));
  const blocks = turns.map((move): HandBlock => ({
    titles: [`${moveTitle(move)}: serve from ${turnedTo ?? ''}`],
    steps: turnSteps(context, move, turnedTo ?? ''),
  }));
  const ids = new Set(turns.map(({ id }) => id));
  const others = found
    .filter((finding) => !isLock(finding) && !(turned.has(finding.code) && ids.has(finding.move ?? '')))
    .filter(({ code }) => code !== 'reads-differ-by-cell' || request.followReads);
  for (const finding of sorted(others)) {
    const steps = commandSteps(finding, diagnosed);
    const holder = blocks.find((block) => holds(block.steps, steps));
    if (holder === undefined) blocks.push({ titles: [findingTitle(finding)], steps });
    else holder.titles.push(findingTitle(finding));
  }
  return blocks;
}

function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
}

function holds(whole: readonly CommandStep[], part: readonly CommandStep[]): boolean {
  const commands = part.flatMap((step) => step.commands);
  // What only comments, such as why it stops, is held by nothing but the same.
  if (commands.length === 0) return JSON.stringify(whole) === JSON.stringify(part);
  const held = new Set(whole.flatMap((step) => step.commands));
  return commands.every((command) => held.has(command));
}

function canTurn({ kind, source, target }: DiagnosedMove, keyspace: string): boolean {
  return kind === 'standard' && [source, target].includes(keyspace);
}

/** Closes the other side, opens this one, and then turns the rules, which rebuilds every cell. */
function turnSteps(context: RunbookContext, move: DiagnosedMove, keyspace: string): CommandStep[] {
  const { plan, refusals } = context.result;
  const refused = refusals.some(({ finding }) => finding.move === move.id && turned.has(finding.code));
  if (plan === undefined || refused) {
    return [{ comments: ['STOP: this direction was refused; the reason is above.'], commands: [] }];
  }
  const rules = ruleChanges(plan, move);
  const denying = keyspace === move.source ? move.target : move.source;
  const apply = ['--rules-file', 'RoutingRules.json'];
  return [
    { comments: ['No SwitchTraffic or ReverseTraffic of these tables may be running.'], commands: [] },
    ...switchSteps(context.snapshot, { tables: move.tables, serving: keyspace, denying, shard: undefined }),
    ...(rules.length === 0
      ? []
      : [
          {
            comments: [],
            commands: [`${vtctldclient('GetRoutingRules')} > RoutingRules.json`],
          },
          {
            comments: [
              'Then edit RoutingRules.json. It replaces all rules, without a lock: nobody else may change rules meanwhile.',
              ...rules,
              'Look at the dry run, and apply it when it is right:',
              vtctldclient('ApplyRoutingRules', ...apply, '--dry-run'),
              vtctldclient('ApplyRoutingRules', ...apply),
            ],
            commands: [],
          },
        ]),
  ];
}

/** The rules of the move's tables that the plan changes, in words. */
function ruleChanges(plan: Plan, { tables }: DiagnosedMove): string[] {
  const total = recordTotals(plan).find(
    ({ record }) => record.cell === undefined && record.path === globalRecord.routingRules.path,
  );
  const [before, after] = [rulesOf(total?.before), rulesOf(total?.after)];
  const own = [...new Set([...before.keys(), ...after.keys()])].filter((name) =>
    tables.includes(parseRuleName(name).table),
  );
  return own.flatMap((name) => {
    const [was, becomes] = [before.get(name), after.get(name)];
    if (was === becomes) return [];
    return becomes === undefined ? [`  remove the rule ${name}`] : [`  ${name} → ${becomes}`];
  });
}

function rulesOf(bytes: Uint8Array | undefined): Map<string, string> {
  const reading = bytes === undefined ? undefined : decode(RoutingRulesSchema, bytes);
  const rules = reading?.status === 'loaded' ? reading.value.rules : [];
  return new Map(rules.map(({ fromTable, toTables }) => [fromTable, toTables.join(', ')]));
}
