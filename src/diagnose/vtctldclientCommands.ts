/**
 * The vtctldclient commands that an operator runs by hand for a finding: as few
 * as it needs, in the order in which at no moment both sides accept writes.
 */
import type { Finding } from '../model/finding.ts';
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { globalRecord, recordName } from '../model/record.ts';
import { listValue } from '../model/shellWords.ts';
import { listWords } from '../model/words.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import { commandText, getWorkflows, moveTables, vtctldclient, type CommandStep } from './commandList.ts';
import { controlSteps } from './controlCommands.ts';
import { allowSteps, denySteps, switchSteps, type DenyTask } from './denyCommands.ts';
import type { DiagnosedTopology } from './diagnose.ts';
import { lockSteps } from './lockCommands.ts';
import { RoutingTable } from './routing.ts';
import { servingKeyspace } from './tableMoves.ts';

/** What the commands are told from. */
export type CommandSource = Pick<DiagnosedTopology, 'snapshot' | 'moves' | 'findings'>;

/** The commands as text to paste into a shell, with comments that say what to look at. Never empty. */
export function vtctldclientCommands(finding: Finding, source: CommandSource): string {
  const { code, keyspace, shard, cell, tables } = finding;
  const where =
    [keyspace, shard].filter((part) => part !== undefined).join('/') || cell || recordName(finding.places[0].record);
  const about = tables.length === 0 ? '' : `: ${listWords(tables)}`;
  const title = [`${code} at ${where}${about}`, 'VTCTLD is the address of vtctld, host:port.'];
  return commandText(title, commandSteps(finding, source));
}

/** The commands in their order, to be put together with those of other findings. Never empty. */
export function commandSteps(finding: Finding, source: CommandSource): CommandStep[] {
  const { snapshot } = source;
  const { keyspace = '', shard = '', cell = '', tables } = finding;
  switch (finding.code) {
    case 'serving-side-denied':
    case 'both-sides-denied':
    case 'shards-disagree': {
      const task = denyTask(finding, source);
      if (task === undefined) return unknownMove(finding);
      return [running, ...switchSteps(snapshot, task), ...staleCells(finding, source)];
    }
    case 'other-side-not-denied': {
      const task = denyTask(finding, source);
      return task === undefined ? unknownMove(finding) : [running, ...denySteps(snapshot, { ...task, shard })];
    }
    case 'orphan-denied-tables':
      return [
        { comments: [`No workflow of ${keyspace} may still use these tables.`], commands: [getWorkflows(keyspace)] },
        ...allowSteps(snapshot, keyspace, shard, tables),
      ];
    case 'stale-srv-vschema':
      return [...deniedFirst(finding, source), { comments: [], commands: [rebuildVSchema(cell)] }];
    case 'reads-differ-by-cell':
      return [
        {
          comments: [
            `This is what switching reads with --cells leaves. Only when ${cell} must follow:`,
            rebuildVSchema(cell),
          ],
          commands: [],
        },
      ];
    case 'stale-srv-keyspace':
      return srvKeyspaceSteps(finding, source);
    case 'query-service-disabled':
      return inspect(`Find the Reshard or migration of ${keyspace} that left it, and finish or cancel that.`, [
        vtctldclient('GetSrvKeyspaces', keyspace, cell),
        getWorkflows(keyspace),
      ]);
    case 'split-routing':
    case 'dangling-rule':
      return ruleSteps(finding);
    case 'abandoned-lock':
    case 'held-lock':
      return lockSteps(finding, snapshot);
    case 'duplicate-control':
    case 'legacy-control':
      return controlSteps(finding, snapshot);
    case 'stopped-not-frozen':
      return frozenSteps(finding, source);
    case 'missing-streams': {
      const move = moveOf(finding, source);
      const sides = move === undefined ? [keyspace] : [move.source, move.target];
      return inspect('Find out which side is complete before anything is changed.', sides.map(getWorkflows));
    }
    case 'status-differs': {
      const sides = moveOf(finding, source);
      const keyspaces = sides === undefined ? [keyspace] : [sides.source, sides.target];
      return inspect('Compare with the records that were read here.', [
        vtctldclient('GetRoutingRules'),
        ...keyspaces.map(getWorkflows),
      ]);
    }
    case 'record-unreadable':
      return inspect('Save the bytes before anything is overwritten.', [readRecord(finding)]);
  }
}

const running: CommandStep = {
  comments: ['No SwitchTraffic or ReverseTraffic of these tables may be running.'],
  commands: [],
};

function moveOf({ move }: Finding, { moves }: CommandSource): Move | undefined {
  return moves.find(({ id }) => id === move);
}

function unknownMove({ tables }: Finding): CommandStep[] {
  return [
    { comments: [`STOP: the move of ${listWords(tables)} is not known any more. Diagnose again.`], commands: [] },
  ];
}

/** Which keyspace serves and which must deny, by the rules of now. */
function denyTask(finding: Finding, source: CommandSource): DenyTask | undefined {
  const move = moveOf(finding, source);
  const [table] = finding.tables;
  if (move === undefined || table === undefined) return undefined;
  const routing = new RoutingTable(loadedValue(source.snapshot.routingRules));
  const partial = move.kind === 'partial';
  const told =
    finding.code === 'other-side-not-denied'
      ? [move.source, move.target].find((side) => side !== finding.keyspace)
      : finding.code === 'shards-disagree'
        ? servingKeyspace(routing, table, move.source, move.target)
        : finding.keyspace;
  if (told === undefined) return undefined;
  const denying = told === move.source ? move.target : move.source;
  return { tables: finding.tables, serving: told, denying, shard: partial ? finding.shard : undefined };
}

function rebuildVSchema(...cells: readonly string[]): string {
  return vtctldclient('RebuildVSchemaGraph', `--cells=${listValue(cells)}`);
}

function inspect(comment: string, commands: readonly string[]): CommandStep[] {
  return [{ comments: [comment, 'These only read.'], commands }];
}

/** Where a cell does not carry the rules yet, rebuilding may send it to a side that denies. */
function deniedFirst({ move }: Finding, { findings }: CommandSource): CommandStep[] {
  const codes = new Set(
    findings
      .filter((other) => other.move !== undefined && other.move === move && other.severity === 'error')
      .map(({ code }) => code)
      .filter((code) => code.endsWith('denied') || code === 'shards-disagree'),
  );
  return codes.size === 0
    ? []
    : [{ comments: [`Repair ${listWords([...codes])} of the same tables first.`], commands: [] }];
}

/** Cells that do not carry the rules of the move follow once its denied tables are right. */
function staleCells({ move }: Finding, { findings }: CommandSource): CommandStep[] {
  const stale = findings.filter(
    (other) => other.code === 'stale-srv-vschema' && other.move !== undefined && other.move === move,
  );
  const cells = [...new Set(stale.flatMap(({ cell }) => cell ?? []))];
  if (cells.length === 0) return [];
  const comment = `${listWords(cells)} ${cells.length === 1 ? 'does' : 'do'} not carry the routing rules yet.`;
  return [{ comments: [comment], commands: [rebuildVSchema(...cells)] }];
}

function srvKeyspaceSteps({ keyspace = '', cell = '' }: Finding, { snapshot, findings }: CommandSource): CommandStep[] {
  if (!snapshot.keyspaces.has(keyspace)) {
    const comment = `No vtctldclient command removes the SrvKeyspace of a keyspace that has no record. It is in ${cell} and nothing is routed by it.`;
    return [{ comments: [comment], commands: [] }];
  }
  const refused = findings.some(
    (other) => other.code === 'query-service-disabled' && other.keyspace === keyspace && other.cell === cell,
  );
  const comments = refused
    ? ['It refuses while a query service is switched off: resolve query-service-disabled first.']
    : [];
  return [{ comments, commands: [vtctldclient('RebuildKeyspaceGraph', `--cells=${listValue([cell])}`, keyspace)] }];
}

/** Rules are edited as a whole: there is no command for one of them. */
function ruleSteps(finding: Finding): CommandStep[] {
  const { record } = finding.places[0];
  const { kind } = parseGlobalPath(record.path);
  if (record.path === globalRecord.mirrorRules.path) {
    return inspect(
      'MirrorRules are changed by the workflow only: MoveTables … mirrortraffic --percent 0 ends mirroring.',
      [vtctldclient('GetMirrorRules')],
    );
  }
  const file = `${kind}.json`;
  const apply = ['--rules-file', file];
  return [
    { comments: [], commands: [`${vtctldclient(`Get${kind}`)} > ${file}`] },
    {
      comments: [
        `Edit ${file}: ${finding.message}`,
        'It replaces all rules, without a lock: nobody else may change rules meanwhile. Look at the dry run first.',
      ],
      commands: [vtctldclient(`Apply${kind}`, ...apply, '--dry-run')],
    },
    { comments: [vtctldclient(`Apply${kind}`, ...apply)], commands: [] },
  ];
}

function frozenSteps(finding: Finding, source: CommandSource): CommandStep[] {
  const move = moveOf(finding, source);
  const [workflow] = move?.workflows ?? [];
  if (move === undefined || workflow === undefined) return unknownMove(finding);
  return [
    {
      comments: [
        'Do not start the workflow. SwitchTraffic completes the steps that are left; look at the dry run first.',
      ],
      commands: [moveTables(workflow, 'switchtraffic', '--dry-run')],
    },
    { comments: [moveTables(workflow, 'switchtraffic')], commands: [] },
  ];
}

function readRecord({ cell, places: [{ record }] }: Finding): string {
  const info = record.cell === undefined ? parseGlobalPath(record.path) : undefined;
  if (info?.kind === 'CellInfo') return vtctldclient('GetCellInfo', cell ?? info.cell);
  return vtctldclient('GetTopologyPath', `/${record.cell ?? 'global'}/${record.path}`);
}
