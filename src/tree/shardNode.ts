import { isPattern, primaryDenials } from '../diagnose/deniedTables.ts';
import { healthOf, healthState, healthWords } from '../model/health.ts';
import { escapeMarkdown, escapeProse, titled } from '../model/markdown.ts';
import { commandIds } from '../contributions/ids.ts';
import { routedKeyspace } from '../diagnose/routing.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import { count } from '../model/words.ts';
import type { Shard } from '../records/gen/topodata_pb.js';
import type { ShardRecord } from '../records/snapshot.ts';
import { tabletAliasName } from '../records/validate.ts';
import { findingLines, findingNodes, findingWords, severityIcons, stateOf } from './findingNode.ts';
import type { TreeContext } from './treeContext.ts';
import { described, joinWords, worstFirst, type TreeNode } from './treeNode.ts';

/** A shard: whether it serves, what it denies, and what contradicts that. */
export function shardNode(context: TreeContext, keyspace: string, shardRecord: ShardRecord): TreeNode {
  const { connection, index } = context;
  const { name, record, shard } = shardRecord;
  const findings = index.ofShard(keyspace, name);
  const id = `${connection}/keyspace:${keyspace}/shard:${name}`;
  const health = healthOf(findings);
  const wrong = healthWords(health);
  const facts = shard.status === 'loaded' ? shardFacts(shard.value) : ['could not be read'];
  const state = shard.status === 'failed' ? 'unchecked' : healthState(health);
  return {
    id,
    label: name,
    ...described(joinWords([wrong, ...facts])),
    icon: state === 'unchecked' ? 'question' : state === 'error' || state === 'warning' ? state : 'database',
    state: state === 'healthy' || state === 'info' ? 'none' : state,
    tooltip: shardTooltip(keyspace, shardRecord, findings),
    spoken: joinWords([`shard ${keyspace}/${name}`, wrong === '' ? 'no contradictions' : wrong, ...facts], ', '),
    context: state === 'unchecked' ? ['record', 'retry'] : ['record'],
    target: { connection, keyspace, shard: name, record },
    errors: health.errors,
    // What belongs to a move is open there already; a side can have hundreds of shards.
    expanded: findings.some(({ move, severity }) => move === undefined && severity === 'error'),
    children: () => [
      ...findingNodes(
        connection,
        id,
        findings.filter(({ code }) => conflicts[code] === undefined),
      ),
      ...(shard.status === 'loaded' ? tableNodes(context, id, keyspace, shardRecord, shard.value) : []),
    ],
  };
}

function shardFacts(shard: Shard): string[] {
  const denied = primaryDenials(shard).length;
  return [
    denied > 0 ? `denies ${count(denied, 'table')}` : '',
    shard.isPrimaryServing ? 'serving' : 'not serving',
    `primary ${aliasWords(shard)}`,
  ];
}

/** The primary tablet's alias as Vitess prints it: `zone1-0000000100`. */
function aliasWords({ primaryAlias }: Shard): string {
  return primaryAlias === undefined ? 'unknown' : tabletAliasName(primaryAlias);
}

function shardTooltip(keyspace: string, { name, shard }: ShardRecord, findings: readonly Finding[]): string {
  const lines = [`**${escapeMarkdown(`${keyspace}/${name}`)}**`];
  if (shard.status === 'failed') lines.push(titled('Could not be read', shard.reason));
  if (shard.status === 'loaded') {
    const denied = primaryDenials(shard.value).map(({ entry }) => entry);
    const serving = shard.value.isPrimaryServing ? 'serving' : 'not serving';
    lines.push(titled('Primary', `${aliasWords(shard.value)}, ${serving}`));
    lines.push(titled('Denied on the primary', denied.length === 0 ? 'no table' : denied.join(', ')));
  }
  return [...lines, ...findingLines(findings)].join('\n\n');
}

/** What a finding says of one table on the shard. */
const conflicts: Partial<Record<FindingCode, string>> = {
  'serving-side-denied': 'denied, but the rules send its queries here',
  'both-sides-denied': 'denied, and so does the other side',
  'other-side-not-denied': 'not denied, but the rules send it elsewhere',
  'shards-disagree': 'not the same on all shards',
  'orphan-denied-tables': 'denied, but no rule routes it',
};

/** The tables that the shard denies, and those that it should deny and does not. */
function tableNodes(
  context: TreeContext,
  parentId: string,
  keyspace: string,
  { name, record }: ShardRecord,
  shard: Shard,
): TreeNode[] {
  const denials = new Map(primaryDenials(shard).map(({ entry, path }) => [entry, path]));
  const findings = [...context.index.ofShard(keyspace, name), ...sideFindings(context, keyspace)];
  const missing = findings.filter(({ code }) => code === 'other-side-not-denied').flatMap(({ tables }) => tables);
  const nodes = [...new Set([...denials.keys(), ...missing])].sort().map((table): TreeNode => {
    const conflict = findings.find(({ code, tables }) => conflicts[code] !== undefined && tables.includes(table));
    const words = conflict === undefined ? denialWords(context, keyspace, table) : (conflicts[conflict.code] ?? '');
    return {
      id: `${parentId}/table:${table}`,
      label: table,
      description: words,
      icon: conflict === undefined ? 'circle-slash' : severityIcons[conflict.severity],
      state: conflict === undefined ? 'none' : stateOf(conflict),
      ...(conflict === undefined ? {} : { tooltip: escapeProse(conflict.message) }),
      spoken: `table ${table} on ${keyspace}/${name}, ${words}`,
      context: conflict === undefined ? ['record'] : findingWords(conflict),
      target: {
        connection: context.connection,
        keyspace,
        shard: name,
        record,
        path: denials.get(table) ?? ['tablet_controls'],
        ...(conflict === undefined ? {} : { finding: conflict }),
      },
      command: commandIds.openRecord,
    };
  });
  return worstFirst(nodes);
}

/** Findings about a whole side of a move, which name no single shard. */
function sideFindings({ index }: TreeContext, keyspace: string): Finding[] {
  return [...index.movesTo(keyspace), ...index.movesFrom(keyspace)].flatMap(({ findings }) =>
    findings.filter(
      ({ code, shard, keyspace: side }) =>
        shard === undefined && (code === 'both-sides-denied' || (code === 'shards-disagree' && side === keyspace)),
    ),
  );
}

function denialWords({ index }: TreeContext, keyspace: string, entry: string): string {
  if (isPattern(entry)) return 'denied, a pattern';
  if (index.topology.snapshot.routingRules.status === 'failed') return 'denied, the rules could not be read';
  const serving = routedKeyspace(index.routing.resolve(undefined, entry, 'primary'));
  return serving === undefined || serving === keyspace ? 'denied' : `denied, ${serving} serves it`;
}
