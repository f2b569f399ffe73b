/** How to see that a repair worked, and what a ticket needs. */
import { getWorkflows, moveTables, vtctldclient } from '../../diagnose/commandList.ts';
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
import { vitessTopo } from './commands.ts';
import { isLock } from './repairBlocks.ts';
import type { RunbookContext } from './runbookModel.ts';

const mostCells = 6;

export function verifyBlocks(context: RunbookContext): string[] {
  const after = afterPlan(context);
  const moves = context.scoped.filter(({ findings }) => findings.length > 0);
  return [
    '## Verify',
    'After each step, and all of it at the end. Stop at the first answer that is another.',
    ...moves.flatMap((move) => moveBlocks(move, after)),
    ...cellBlocks(context),
    '### Everything',
    fenced(`${vitessTopo(context, 'diagnose')}; echo "exit code $?"`),
    ...everythingBlocks(after),
    'The application: its errors `disallowed due to rule: enforce denied tables` stop, and one write to each moved table through vtgate succeeds.',
  ];
}

/** The topology as it is when the plan was carried out; undefined when there is none. */
function afterPlan({ data, result: { plan } }: RunbookContext): DiagnosedTopology | undefined {
  return plan === undefined ? undefined : diagnose(decodeSnapshot(withChanges(data, recordTotals(plan))));
}

function everythingBlocks(after: DiagnosedTopology | undefined): string[] {
  const wanted = `Expected: ${codeSpan('exit code 0')} when everything is repaired, with no error and no warning.`;
  const left = after?.findings.filter((finding) => finding.severity !== 'info' && !isLock(finding)) ?? [];
  if (left.length === 0) return [wanted];
  return [
    `${wanted} Vitess Topo's own repair leaves these:`,
    left.map((finding) => `- ${escaped(findingTitle(finding))}`).join('\n'),
  ];
}

function moveBlocks(
  { id, kind, source, target, tables, workflows }: DiagnosedMove,
  after: DiagnosedTopology | undefined,
): string[] {
  if (kind === 'multi-tenant') return [];
  // What a plan does not repair is no state to expect.
  const repaired = after?.moves.find(
    (move) => move.id === id && move.findings.every(({ severity }) => severity !== 'error'),
  );
  const status = workflows.length === 0 ? [] : workflows.map((workflow) => moveTables(workflow, 'status'));
  return [
    `### ${escaped(`Tables of ${source} and ${target}`)}`,
    fenced(
      [...[source, target].map((keyspace) => vtctldclient('FindAllShardsInKeyspace', keyspace)), ...status].join('\n'),
    ),
    'Expected, in `denied_tables` of the `tablet_controls` of `PRIMARY`:',
    after === undefined || repaired === undefined
      ? `- ${escaped(`every shard of the keyspace that the routing rules serve them from denies none of ${listWords(tables)}; every shard of the other denies all of them`)}`
      : [source, target].flatMap((keyspace) => deniedLines(after, keyspace, tables)).join('\n'),
    ...(repaired === undefined || status.length === 0
      ? []
      : [`Expected traffic state of a workflow that still has streams: ${codeSpan(repaired.trafficState)}`]),
  ];
}

function deniedLines({ snapshot }: DiagnosedTopology, keyspace: string, tables: readonly string[]): string[] {
  return servingShards(snapshot.keyspaces.get(keyspace)).map(({ name, denials }) => {
    const denied = tables.filter((table) => denials.of(table) !== undefined);
    const what = denied.length === 0 ? `denies none of ${listWords(tables)}` : `denies ${listWords(denied)}`;
    return `- ${escaped(`${keyspace}/${name} ${what}`)}`;
  });
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
          save(getWorkflows(keyspace), `GetWorkflows-${fileName(keyspace)}.json`),
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
