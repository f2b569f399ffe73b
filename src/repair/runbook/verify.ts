/** How to see that a repair worked, and what a ticket needs. */
import { vtctldclient } from '../../diagnose/commandList.ts';
import { diagnose, type DiagnosedMove, type DiagnosedTopology } from '../../diagnose/diagnose.ts';
import { servingShards } from '../../diagnose/keyspaceFacts.ts';
import { codeSpan, fenced } from '../../model/markdown.ts';
import { escaped } from './readable.ts';
import { recordTotals } from '../../model/plan.ts';
import { findingTitle } from '../../model/findingTitle.ts';
import { shellWord } from '../../model/shellWords.ts';
import { count, listWords, moment } from '../../model/words.ts';
import { decodeSnapshot } from '../../records/decodeSnapshot.ts';
import { withChanges } from '../topologyRecords.ts';
import { statusCommands, vitessTopo } from './commands.ts';
import { isLock } from './repairBlocks.ts';
import type { RunbookContext } from './runbookModel.ts';

const mostCells = 6;

export function verifyBlocks(context: RunbookContext): string[] {
  const after = afterPlan(context);
  const moves = after.moves.filter(({ id }) =>
    context.scoped.some((move) => move.id === id && move.findings.length > 0),
  );
  const left = after.findings.filter((finding) => finding.severity !== 'info' && !isLock(finding));
  const exit = !after.complete ? 2 : left.some(({ severity }) => severity === 'error') ? 1 : 0;
  return [
    '## Verify',
    'After each step, and all of it at the end. Stop at the first answer that is another.',
    ...moves.flatMap((move) => moveBlocks(after, move)),
    ...cellBlocks(context),
    '### Everything',
    fenced([`${vitessTopo(context, 'diagnose')}; echo "exit code $?"`].join('\n')),
    `Expected: ${codeSpan(`exit code ${exit}`)}${left.length === 0 ? ', with no error and no warning' : ', and what this repair leaves'}:`.replace(
      /:$/,
      left.length === 0 ? '.' : ':',
    ),
    ...(left.length === 0 ? [] : [left.map((finding) => `- ${escaped(findingTitle(finding))}`).join('\n')]),
    'The application: its errors `disallowed due to rule: enforce denied tables` stop, and one write to each moved table through vtgate succeeds.',
  ];
}

/** The topology as it is when the plan, if there is one, was carried out. */
function afterPlan({ data, diagnosed, result: { plan } }: RunbookContext): DiagnosedTopology {
  return plan === undefined ? diagnosed : diagnose(decodeSnapshot(withChanges(data, recordTotals(plan))));
}

function moveBlocks({ snapshot }: DiagnosedTopology, move: DiagnosedMove): string[] {
  if (move.kind === 'multi-tenant') return [];
  const keyspaces = [move.source, move.target];
  const shards = keyspaces.flatMap((keyspace) => servingShards(snapshot.keyspaces.get(keyspace)));
  const lines = shards.map(({ keyspace, name, denials }) => {
    const denied = move.tables.filter((table) => denials.of(table) !== undefined);
    const what = denied.length === 0 ? `denies none of ${listWords(move.tables)}` : `denies ${listWords(denied)}`;
    return `- ${escaped(`${keyspace}/${name} ${what}`)}`;
  });
  return [
    `### ${escaped(`Tables of ${move.source} and ${move.target}`)}`,
    fenced(
      [
        ...keyspaces.map((keyspace) => vtctldclient('FindAllShardsInKeyspace', keyspace)),
        ...(move.workflows.length === 0 ? [] : statusCommands(move)),
      ].join('\n'),
    ),
    'Expected, in `denied_tables` of the `tablet_controls` of `PRIMARY`:',
    lines.join('\n'),
    ...(move.workflows.length === 0
      ? []
      : [`Expected traffic state of a workflow that still has streams: ${codeSpan(move.trafficState)}`]),
  ];
}

function cellBlocks({ found, snapshot }: RunbookContext): string[] {
  const kept = new Set(found.flatMap(({ code, cell }) => (code === 'reads-differ-by-cell' ? (cell ?? []) : [])));
  const cells = snapshot.cells.map(({ name }) => name).filter((name) => !kept.has(name));
  if (cells.length === 0 || !found.some(({ severity, code }) => severity === 'error' && code !== 'abandoned-lock'))
    return [];
  const sort = (path: string): string => `jq -S '${path} // [] | sort_by(.from_table)'`;
  const left = cells.length > mostCells ? [`# and likewise for ${count(cells.length - mostCells, 'more cell')}`] : [];
  return [
    '### Serving graph',
    fenced(
      [
        `${vtctldclient('GetRoutingRules')} | ${sort('.rules')} > rules.json`,
        ...cells
          .slice(0, mostCells)
          .map(
            (cell) => `${vtctldclient('GetSrvVSchema', cell)} | ${sort('.routing_rules.rules')} | diff rules.json -`,
          ),
        ...left,
      ].join('\n'),
    ),
    `Expected: nothing is printed. Each cell carries the global rules.`,
    ...(kept.size === 0 ? [] : [escaped(`${listWords([...kept])} may differ: reads were switched by cell there.`)]),
  ];
}

export function ticketBlocks(context: RunbookContext): string[] {
  const { data, scoped } = context;
  const folder = `incident-${moment(data.readAt).replaceAll(':', '.')}`;
  const moves = scoped.filter(({ findings }) => findings.length > 0);
  const keyspaces = [...new Set(moves.flatMap(({ source, target }) => [source, target]))];
  const save = (command: string, file: string): string => `${command} > ${shellWord(`${folder}/cli/${file}`)}`;
  return [
    '## Attach to the ticket',
    'Before anything is changed:',
    fenced(
      [
        vitessTopo(context, 'snapshot', '--out', folder),
        `mkdir -p ${shellWord(`${folder}/cli`)}`,
        ...keyspaces.flatMap((keyspace) => [
          save(vtctldclient('FindAllShardsInKeyspace', keyspace), `FindAllShardsInKeyspace-${fileName(keyspace)}.json`),
          save(vtctldclient('GetWorkflows', '--show-all', keyspace), `GetWorkflows-${fileName(keyspace)}.json`),
        ]),
        save(vtctldclient('GetRoutingRules'), 'GetRoutingRules.json'),
        save(vtctldclient('GetSrvVSchemas'), 'GetSrvVSchemas.json'),
        `${vitessTopo(context, 'diagnose', '--format', 'json')} > ${shellWord(`${folder}/diagnosis.json`)}`,
      ].join('\n'),
    ),
    'Afterwards:',
    fenced(
      [vitessTopo(context, 'snapshot', '--out', `${folder}-after`), 'vitess-topo history --format json'].join('\n'),
    ),
    [
      '- this runbook, with what was done and when',
      '- the output of the command that failed, and of every command above',
      '- the logs of vtctld, of the primaries of both sides and of one vtgate in each cell, from ten minutes before it failed',
    ].join('\n'),
  ];
}

function fileName(name: string): string {
  return name.replace(/[^\w.-]/g, '_');
}
