/** Which side is to serve: the one decision that the records cannot make. */
import type { DiagnosedMove } from '../../diagnose/diagnose.ts';
import { vtctldclient } from '../../diagnose/commandList.ts';
import { servingShards, type LoadedShard } from '../../diagnose/keyspaceFacts.ts';
import { fenced } from '../../model/markdown.ts';
import { escaped, prose } from './readable.ts';
import { moveTitle } from '../../model/move.ts';
import { count, listWords } from '../../model/words.ts';
import { tabletAliasName } from '../../records/validate.ts';
import { deniedCodes } from '../repairContext.ts';
import { serveFromWarning } from '../serveFromWarnings.ts';
import type { RunbookContext } from './runbookModel.ts';
import { directionOptions, scopeOptions, statusCommands, vitessTopo } from './commands.ts';

const decided: ReadonlySet<string> = new Set([...deniedCodes, 'split-routing']);
const mostQueries = 12;

/** The moves whose repair says which side serves. */
export function movesToDecide({ scoped }: RunbookContext): DiagnosedMove[] {
  return scoped.filter(({ findings }) => findings.some(({ code }) => decided.has(code)));
}

export function decideBlocks(context: RunbookContext): string[] {
  const moves = movesToDecide(context);
  if (moves.length === 0) return [];
  return [
    '## Decide',
    'Both directions close one side before they open the other. They differ in which rows the application finds afterwards.',
    ...moves.flatMap((move) => moveBlocks(context, move)),
  ];
}

function moveBlocks(context: RunbookContext, move: DiagnosedMove): string[] {
  const { snapshot, request } = context;
  const serving = [...servedTables(context, move)];
  const sides = [move.source, move.target].map((keyspace) => ({
    keyspace,
    shards: servingShards(snapshot.keyspaces.get(keyspace)),
  }));
  const follow =
    serving.length === 0
      ? 'Denied tables follow the routing rules.'
      : serving
          .map(
            ([keyspace, tables]) => `${listWords(tables)} stay with ${keyspace}, where the routing rules send writes.`,
          )
          .join(' ');
  const turns = (move.kind === 'standard' ? [move.target, move.source] : []).filter(
    (keyspace) => !(serving.length === 1 && serving[0]?.[0] === keyspace),
  );
  const chosen = request.direction.kind === 'serve-from' ? request.direction.keyspace : undefined;
  const mark = (isChosen: boolean): string => (isChosen ? ' This is what the runbook repairs.' : '');
  return [
    `### ${escaped(moveTitle(move))}`,
    [
      `- **follow-routing**: ${escaped(follow)} Writes that the application made since the rules changed are there: choose it unless you know better.${mark(chosen === undefined)}`,
      ...turns.map(
        (keyspace) =>
          `- **${escaped(`serve-from:${keyspace}`)}**: ${prose(serveFromWarning(snapshot, move, keyspace))}${mark(chosen === keyspace)}`,
      ),
    ].join('\n'),
    ...(turns.length === 0 ? [] : [fenced(turns.map((keyspace) => runbookFor(context, move, keyspace)).join('\n'))]),
    'Which side has the newest rows:',
    sides.flatMap(({ shards }) => shards.map((shard) => `- ${escaped(acceptWords(shard, move.tables))}`)).join('\n'),
    'That is what the records say. A tablet enforces what it read at its last RefreshState. A side that has denied the tables all along has taken no writes of the application. Where both accepted them, compare rows. These only read:',
    fenced(
      [
        '# VTCTLD is the address of vtctld, host:port.',
        '# Streams that run, with little lag, have copied what the other side wrote.',
        ...statusCommands(move),
        ...newestRows(
          sides.flatMap(({ shards }) => shards),
          move.tables,
        ),
      ].join('\n'),
    ),
  ];
}

function runbookFor(context: RunbookContext, { id }: DiagnosedMove, keyspace: string): string {
  const direction = directionOptions({ kind: 'serve-from', keyspace });
  return vitessTopo(context, 'runbook', ...scopeOptions({ kind: 'move', move: id }), ...direction);
}

/** The keyspaces that the rules send writes of the move's tables to, each with its tables. */
function servedTables({ input }: RunbookContext, { id }: DiagnosedMove): Map<string, string[]> {
  const served = new Map<string, string[]>();
  for (const { move, serving, table } of input.sides) {
    if (move.id !== id) continue;
    const tables = served.get(serving) ?? [];
    if (!tables.includes(table)) served.set(serving, [...tables, table]);
  }
  return served;
}

function acceptWords({ keyspace, name, denials }: LoadedShard, tables: readonly string[]): string {
  const denied = tables.filter((table) => denials.of(table) !== undefined);
  const open = tables.filter((table) => !denied.includes(table));
  const parts = [
    ...(open.length === 0 ? [] : [`accepts writes to ${listWords(open)}`]),
    ...(denied.length === 0 ? [] : [`denies ${listWords(denied)}`]),
  ];
  return `${keyspace}/${name} ${parts.join(' and ')}.`;
}

function newestRows(shards: readonly LoadedShard[], tables: readonly string[]): string[] {
  const queries = shards.flatMap(({ shard: { primaryAlias } }) =>
    primaryAlias === undefined
      ? []
      : tables.map((table) => {
          const name = `\`${table.replaceAll('`', '``')}\``;
          return vtctldclient('ExecuteFetchAsDBA', tabletAliasName(primaryAlias), `SELECT MAX(COLUMN) FROM ${name}`);
        }),
  );
  if (queries.length === 0) return [];
  const left = queries.length - mostQueries;
  return [
    '# In place of COLUMN put an indexed one that grows with every write: updated_at, an id.',
    '# The side with the greater one was written last.',
    ...queries.slice(0, mostQueries),
    ...(left > 0 ? [`# and likewise for ${count(left, 'more pair')} of a primary and a table`] : []),
  ];
}
