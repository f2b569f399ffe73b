/** What to check before traffic is switched, for a topology in which nothing is wrong. */
import { moveTables, refreshShard } from '../../diagnose/commandList.ts';
import type { DiagnosedMove } from '../../diagnose/diagnose.ts';
import { servingShards } from '../../diagnose/keyspaceFacts.ts';
import { fenced } from '../../model/markdown.ts';
import { escaped } from './readable.ts';
import { moveTitle } from '../../model/move.ts';
import { option } from '../../model/shellWords.ts';
import { isReverseWorkflow } from '../../model/workflow.ts';
import { moment } from '../../model/words.ts';
import { statusCommands, vitessTopo } from './commands.ts';
import type { RunbookContext } from './runbookModel.ts';

export function beforeSwitchBlocks(context: RunbookContext): string[] {
  const { scoped, data } = context;
  const folder = `before-switch-${moment(data.readAt).replaceAll(':', '.')}`;
  return [
    '## Before a SwitchTraffic or ReverseTraffic',
    ...(scoped.length === 0 ? ['No move is under way.'] : scoped.flatMap((move) => moveBlocks(context, move))),
    '### In any case',
    fenced([vitessTopo(context, 'snapshot', '--out', folder), vitessTopo(context, 'locks')].join('\n')),
    [
      '- [ ] The snapshot is written, and nobody holds a lock that the operation needs.',
      '- [ ] Nobody else switches, reshards, reparents or changes rules or a VSchema meanwhile.',
      '- [ ] The client waits long enough: `--action-timeout` (`--action_timeout` before Vitess 23) is left at its default of 1h, and no job, script or proxy around vtctldclient ends it earlier.',
      '- [ ] One change at a time: reads first (`--tablet-types=replica,rdonly`), then writes. After each one `vitess-topo diagnose` exits with 0 before the next.',
    ].join('\n'),
  ];
}

function moveBlocks(context: RunbookContext, move: DiagnosedMove): string[] {
  const forward = move.workflows.find((workflow) => !isReverseWorkflow(workflow));
  const operations = ['switch', 'reverse'] as const;
  const prechecks = operations.flatMap((operation) => precheckCommand(context, operation, move) ?? []);
  const dryRuns =
    forward === undefined ? [] : operations.map((operation) => moveTables(forward, `${operation}traffic`, '--dry-run'));
  const shards = [move.source, move.target].flatMap((keyspace) =>
    servingShards(context.snapshot.keyspaces.get(keyspace)),
  );
  return [
    `### ${escaped(moveTitle(move))}`,
    escaped(`${move.trafficState}.`),
    fenced(
      [
        ...(prechecks.length === 0 ? [] : ['# What would break it, of the two the one that is meant:', ...prechecks]),
        ...(dryRuns.length === 0 ? [] : ['# What Vitess would do:', ...dryRuns]),
        '# Streams run, without error:',
        ...statusCommands(move),
        '# Every tablet of both sides answers:',
        ...shards.map(({ keyspace, name }) => refreshShard(keyspace, name)),
      ].join('\n'),
    ),
    [
      '- [ ] `precheck` exits with 0.',
      '- [ ] The streams are `Running` and their lag is seconds.',
      '- [ ] Each refresh prints `Refreshed state on` its shard and nothing of `partial`.',
    ].join('\n'),
  ];
}

/** By tables: etcd alone does not know the names of workflows. */
function precheckCommand(
  context: RunbookContext,
  operation: 'switch' | 'reverse',
  { source, target, tables }: DiagnosedMove,
): string | undefined {
  // A list of names cannot hold one with a comma.
  if (tables.length === 0 || tables.some((table) => table.includes(','))) return undefined;
  const words = [...option('tables', tables.join(',')), ...option('from', source), ...option('to', target)];
  return vitessTopo(context, 'precheck', operation, ...words);
}
