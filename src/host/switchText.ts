/** A guarded switch as Markdown documents: what it would do, and what came of it. */
import { timelineTable } from '../diagnose/timeline/timelineText.ts';
import { escapeMarkdown, escapeProse, titled } from '../model/markdown.ts';
import { count, listWords, moment } from '../model/words.ts';
import type { PrecheckSubject } from '../repair/precheck/precheckModel.ts';
import { operationName } from '../repair/precheck/precheckSubject.ts';
import type { SwitchRecord, SwitchRequest, SwitchStage } from '../switch/switchModel.ts';
import { verdictWords } from '../switch/verdictWords.ts';

/** `SwitchTraffic of customer.commerce2customer`. */
export function switchTitle({ operation, workflow }: SwitchRequest): string {
  return `${operationName(operation)} of ${workflow.keyspace}.${workflow.name}`;
}

/** What the confirmation names, in plain text. */
export function switchDetail(
  { tabletTypes, cells, timeoutMs }: SwitchRequest,
  { from, to, tables }: PrecheckSubject,
  notSeen: readonly string[],
): string {
  return [
    [
      `Tables: ${tables.length === 0 ? 'all of the tenant' : listWords(tables, 12)}`,
      `From ${from} to ${to}`,
      `Traffic: ${listWords(tabletTypes)}`,
      `Cells: ${cells.length === 0 ? 'every cell' : listWords(cells, 12)}`,
    ].join('\n'),
    `vtctld waits up to ${timeoutMs / 1000} s for the streams. Once it is called nothing here ends it: closing the window does not.`,
    notSeen.length === 0 ? '' : `Not looked at: ${count(notSeen.length, 'thing')}; the document beside names them.`,
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** What was checked and what vtctld says it would do. */
export function dryRunText(
  request: SwitchRequest,
  subject: PrecheckSubject,
  {
    detail,
    notSeen,
    lines,
  }: { readonly detail: string; readonly notSeen: readonly string[]; readonly lines: readonly string[] },
): string {
  const { from, to, tables } = subject;
  return `${[
    `# ${escapeMarkdown(switchTitle(request))}`,
    escapeMarkdown(detail),
    [
      titled('Tables', tables.length === 0 ? 'all of the tenant' : listWords(tables, 40)),
      titled('From', `${from} to ${to}`),
      titled('Traffic', listWords(request.tabletTypes)),
      titled('Cells', request.cells.length === 0 ? 'every cell' : listWords(request.cells, 40)),
    ].join('  \n'),
    'Nothing that can be seen stands in the way\\.',
    '## What vtctld would do',
    lines.length === 0 ? 'It named nothing\\.' : lines.map((line) => `1. ${escapeProse(line.trim())}`).join('\n'),
    ...(notSeen.length === 0 ? [] : ['## Not looked at', notSeen.map((words) => `- ${escapeProse(words)}`).join('\n')]),
  ].join('\n\n')}\n`;
}

const stages: Readonly<Record<SwitchStage, string>> = {
  reading: 'Reading the topology once more.',
  saving: 'Saving the topology as it is.',
  switching: 'vtctld switches.',
  following: 'The answer was lost: following what vtctld does.',
  verifying: 'Reading what it left.',
  over: 'Over.',
};

/** How it goes, or went: the verdict, what stands, and every change in its order. */
export function switchRunText(run: SwitchRecord): string {
  const { request, verdict, stage, message, findings, answer, snapshot, topology, vtctld, events } = run;
  return `${[
    `# ${escapeMarkdown(switchTitle(request))}`,
    `**${escapeMarkdown(verdict === undefined ? stages[stage] : verdictWords[verdict])}**`,
    ...(message === undefined ? [] : [escapeProse(message)]),
    ...(findings.length === 0 ? [] : ['## What stands', ...findings.map(findingBlock)]),
    '## What happened',
    events.length === 0 ? 'No change to the topology was seen\\.' : timelineTable(events),
    '## About this run',
    [
      titled('Began', moment(run.startedAt)),
      ...(run.endedAt === undefined ? [] : [titled('Ended', moment(run.endedAt))]),
      titled('Traffic', listWords(request.tabletTypes)),
      titled('Cells', request.cells.length === 0 ? 'every cell' : listWords(request.cells, 40)),
      titled('Topology', topology),
      titled('vtctld', vtctld),
      ...(answer === undefined
        ? []
        : [titled('Its answer', answer.status === 'done' ? answer.summary : answer.reason)]),
      ...(snapshot === undefined ? [] : [titled('Topology beforehand', snapshot)]),
      titled('Run', run.id),
    ].join('  \n'),
  ].join('\n\n')}\n`;
}

function findingBlock({ code, record, message }: SwitchRecord['findings'][number]): string {
  return [`### ${escapeMarkdown(`${code} in ${record}`)}`, escapeProse(message)].join('\n\n');
}
