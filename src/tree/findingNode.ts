import { commandIds, type ContextWord } from '../contributions/ids.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import { findingTitle } from '../model/findingTitle.ts';
import { escapeMarkdown, escapeProse, titled } from '../model/markdown.ts';
import type { Finding } from '../model/finding.ts';
import { recordName } from '../model/record.ts';
import { count } from '../model/words.ts';
import type { RowState, TreeNode } from './treeNode.ts';

/** Icons by severity: a reader without colours tells them apart by shape. */
export const severityIcons = { error: 'error', warning: 'warning', info: 'info' } as const;

const tooltipFindings = 8;

/** The rows of findings below their owner's row. */
export function findingNodes(connection: string, parentId: string, findings: readonly Finding[]): TreeNode[] {
  const earlier = new Map<string, number>();
  return findings.map((finding) => {
    const key = `${parentId}/finding:${finding.code}:${recordName(finding.places[0].record)}:${finding.tables.join()}`;
    const times = earlier.get(key) ?? 0;
    earlier.set(key, times + 1);
    return findingNode(connection, times === 0 ? key : `${key}#${times}`, finding);
  });
}

function findingNode(connection: string, id: string, finding: Finding): TreeNode {
  const title = findingTitle(finding);
  const state = stateOf(finding);
  return {
    id,
    label: title,
    description: finding.code,
    icon: state === 'unchecked' ? 'question' : severityIcons[finding.severity],
    state,
    tooltip: findingTooltip(finding),
    spoken: `${state === 'unchecked' ? 'not checked' : finding.severity}: ${title}. ${finding.message}`,
    context: findingWords(finding),
    target: findingTarget(connection, finding),
    command: commandIds.openRecord,
  };
}

/** What menus see on the row of a finding. */
export function findingWords(finding: Finding): ContextWord[] {
  const words: ContextWord[] = ['finding', 'record'];
  if (finding.move !== undefined) words.push('mapped');
  if (finding.fixable) words.push('fixable');
  if (finding.code === 'abandoned-lock') words.push('abandoned');
  if (stateOf(finding) === 'unchecked') words.push('retry');
  return words;
}

/** Whether anything of these can be repaired. */
export function hasRepair(findings: readonly Finding[]): boolean {
  return findings.some(({ fixable }) => fixable);
}

/** How a finding colours its row. */
export function stateOf({ code, severity }: Finding): RowState {
  return code === 'record-unreadable' ? 'unchecked' : severity;
}

/** The first findings as one block of a tooltip, a line each. */
export function findingLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const lines = findings.slice(0, tooltipFindings).map((finding) => titled(finding.severity, findingTitle(finding)));
  const more = findings.length - lines.length;
  if (more > 0) lines.push(escapeMarkdown(`and ${count(more, 'more finding')}`));
  // Two spaces before it make a line break.
  return [lines.join('  \n')];
}

function findingTooltip(finding: Finding): string {
  const records = [...finding.places, ...finding.related].map(({ record }) => recordName(record));
  return [
    `**${escapeMarkdown(findingTitle(finding))}**`,
    escapeProse(finding.message),
    escapeMarkdown(`${finding.code} (${finding.severity}) in ${[...new Set(records)].join(', ')}`),
  ].join('\n\n');
}

function findingTarget(connection: string, finding: Finding): TopologyTarget {
  const { record, path } = finding.places[0];
  const { keyspace, shard, cell, move } = finding;
  return {
    connection,
    finding,
    record,
    path,
    ...(keyspace === undefined ? {} : { keyspace }),
    ...(shard === undefined ? {} : { shard }),
    ...(cell === undefined ? {} : { cell }),
    ...(move === undefined ? {} : { move }),
  };
}
