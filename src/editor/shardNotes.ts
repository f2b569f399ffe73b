/** Notes on a Shard record: what contradicts its denied tables, or why they are denied. */
import { isPattern, missingDenialPath, primaryDenials, type Denial } from '../diagnose/deniedTables.ts';
import { routedKeyspace, type RoutingTable } from '../diagnose/routing.ts';
import { servingKeyspace } from '../diagnose/tableMoves.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import { groupBy } from '../model/groupBy.ts';
import { loadedValue } from '../model/reading.ts';
import { globalRecord, recordName, type Place, type RecordId } from '../model/record.ts';
import type { Shard } from '../records/gen/topodata_pb.js';
import { findingsAt, type FindingAtRecord, type JudgedTopology } from './judgedTopology.ts';
import { commaWords, findingNote, notCheckedNote, shortName, type Note } from './note.ts';
import { evidenceOf, routingOf } from './tableEvidence.ts';

/** More remarks on single tables than anybody reads are left out; the note above them tells how many there are. */
const mostTables = 100;

/** A shard as notes see it. */
export interface ShardPlace {
  readonly record: RecordId;
  readonly keyspace: string;
  readonly name: string;
  readonly shard: Shard;
}

/** All notes on a shard: findings first, then what is denied on purpose, then what could not be judged. */
export function shardNotes(judged: JudgedTopology, place: ShardPlace): Note[] {
  const here = findingsAt(judged, place.record);
  const conflicts = here.flatMap((entry) => conflictNotes(judged, place, entry));
  const sides = here.filter(({ finding }) => sideCodes.has(finding.code));
  const decided = new Set(sides.flatMap(({ finding }) => finding.tables));
  const rest = primaryDenials(place.shard).filter(({ entry }) => !decided.has(entry));
  const undecided = decided.size + rest.length === 0 ? uncheckedNotes(judged, place) : [];
  return [...conflicts, ...restNotes(judged, place, rest), ...undecided];
}

/** Findings that say whether a table must be denied here. */
const sideCodes: ReadonlySet<FindingCode> = new Set([
  'serving-side-denied',
  'other-side-not-denied',
  'both-sides-denied',
  'shards-disagree',
  'orphan-denied-tables',
]);
/** Findings whose related shards are as wrong as their places. */
const mutualCodes: ReadonlySet<FindingCode> = new Set(['both-sides-denied', 'shards-disagree']);

function conflictNotes(judged: JudgedTopology, place: ShardPlace, entry: FindingAtRecord): Note[] {
  const { finding, places, related } = entry;
  const [first] = places.length > 0 || !mutualCodes.has(finding.code) ? places : related;
  if (first === undefined) return [];
  // A finding on single tables is told once, above their list.
  const ofTables = typeof first.path.at(-1) === 'number' && first.path.at(-2) === 'denied_tables';
  const path = ofTables ? first.path.slice(0, -1) : first.path;
  const links = [...finding.related, ...finding.places].filter((link) => !isHere(place.record, link));
  const what = conflictWords(judged, place, entry);
  if (!ofTables) return [findingNote(finding, path, what, links)];
  const unmarked = places.length > mostTables ? ` (the first ${mostTables} of ${places.length} tables are marked)` : '';
  return [findingNote(finding, path, what + unmarked, links), ...tableNotes(judged, place, finding, places)];
}

function isHere(record: RecordId, place: Place): boolean {
  return recordName(place.record) === recordName(record);
}

function conflictWords(judged: JudgedTopology, place: ShardPlace, { finding, places }: FindingAtRecord): string {
  const them = finding.tables.length === 1 ? 'it' : 'them';
  const shards = otherShards(finding, place.record);
  const others = commaWords(shards);
  const [deny, denies] = shards.length === 1 ? ['does not deny', 'denies'] : ['do not deny', 'deny'];
  switch (finding.code) {
    case 'serving-side-denied':
      return routeWords(judged, finding, place) + (others === '' ? '' : `; ${others} ${deny} ${them}`);
    case 'both-sides-denied':
      return places.length > 0
        ? `${routeWords(judged, finding, place)}; ${others} ${denies} ${them} too`
        : `${others} ${denies} ${commaWords(finding.tables)} too`;
    case 'other-side-not-denied':
      return `${routeWords(judged, finding, place)}, and this shard accepts ${them} too`;
    case 'shards-disagree':
      return places.length > 0 ? `${others} ${deny} ${them}` : `${others} ${denies} ${commaWords(finding.tables)}`;
    case 'orphan-denied-tables':
      return `no routing rule names ${commaWords(finding.tables)}`;
    case 'duplicate-control':
      return 'the tablets follow the last control of a type only';
    case 'legacy-control':
      return `only old releases of Vitess denied ${commaWords(finding.tables)} to this type`;
    default:
      return firstClause(finding.message);
  }
}

function otherShards(finding: Finding, record: RecordId): string[] {
  const names = [...finding.related, ...finding.places]
    .filter((link) => !isHere(record, link) && /^keyspaces\/[^/]+\/shards\//.test(link.record.path))
    .map((link) => shortName(link.record));
  return [...new Set(names)];
}

/** What sends the tables to the side that serves them. */
function routeWords({ moves }: JudgedTopology, finding: Finding, { keyspace, name }: ShardPlace): string {
  const move = moves.find(({ id }) => id === finding.move);
  const other = move?.source === keyspace ? move.target : move?.source;
  const serving = finding.code === 'other-side-not-denied' ? (other ?? '?') : keyspace;
  return move?.kind === 'partial'
    ? `ShardRoutingRules sends ${name} to ${serving}`
    : `RoutingRules sends ${commaWords(finding.tables)} to ${serving}`;
}

/** What contradicts each denied table, in a few words above it. */
function tableNotes(
  { snapshot }: JudgedTopology,
  { shard }: ShardPlace,
  finding: Finding,
  places: readonly Place[],
): Note[] {
  const evidence = evidenceOf(snapshot, finding);
  return places.slice(0, mostTables).flatMap(({ path }): Note[] => {
    const denied = shard.tabletControls[Number(path[1])]?.deniedTables[Number(path[3])];
    const rule = denied === undefined ? undefined : evidence.ruleOf(denied);
    if (rule === undefined || denied === undefined) return [];
    return [
      { path, tone: finding.severity, text: `RoutingRules: ${denied} → ${rule.to}`, links: [rule.place], finding },
    ];
  });
}

/** Denied tables that nothing contradicts: on purpose where a rule sends them elsewhere. */
function restNotes(judged: JudgedTopology, place: ShardPlace, denials: readonly Denial[]): Note[] {
  const routing = routingOf(judged.snapshot);
  const reasons = denials.map((denial) => ({ denial, ...whyDenied(judged, place, routing, denial) }));
  return [...groupBy(reasons, ({ tone, reason }) => `${tone} ${reason}`).values()].flatMap((group): Note[] => {
    const [first] = group;
    if (first === undefined) return [];
    const path = first.denial.path.slice(0, -1);
    if (first.tone === 'not-checked') return [notCheckedNote(path, first.reason)];
    const tables = commaWords(group.map(({ denial }) => denial.entry));
    return [{ path, tone: 'on-purpose', text: first.reason.replace('{tables}', tables), links: first.links }];
  });
}

interface Reason {
  readonly tone: 'on-purpose' | 'not-checked';
  readonly reason: string;
  readonly links: readonly Place[];
}

function whyDenied(judged: JudgedTopology, place: ShardPlace, routing: RoutingTable, { entry }: Denial): Reason {
  const unknown = (reason: string): Reason => ({ tone: 'not-checked', reason, links: [] });
  const doubt = judged.unchecked.find(
    ({ finding }) => finding.tables.includes(entry) && findingIsAt(finding, place.record),
  );
  if (doubt !== undefined) return unknown(`whether it is ${doubt.finding.code}: ${doubt.reason}`);
  const rules = judged.notGiven(globalRecord.routingRules);
  if (rules !== undefined) return unknown(rules);
  if (isPattern(entry)) return unknown(`which tables ${entry} matches`);
  const ofKeyspace = judged.moves.filter(
    ({ source, target }) => source === place.keyspace || target === place.keyspace,
  );
  for (const { source, target, tables, kind, shards } of ofKeyspace) {
    if (kind === 'partial' && shards.includes(place.name)) {
      const toKeyspace = shardTarget(judged, source, target, place.name);
      if (toKeyspace !== undefined && toKeyspace !== place.keyspace) {
        const links = [{ record: globalRecord.shardRoutingRules, path: ['rules'] }];
        return {
          tone: 'on-purpose',
          reason: `denied on purpose: ShardRoutingRules sends ${place.name} to ${toKeyspace}`,
          links,
        };
      }
    }
    const serving = tables.includes(entry) ? servingKeyspace(routing, entry, source, target) : undefined;
    if (kind !== 'standard' || serving === undefined || serving === place.keyspace) continue;
    const index = routing
      .rulesOf(entry)
      .find((rule) => rule.from.type === 'primary' && routedKeyspace(rule) === serving)?.index;
    const links = index === undefined ? [] : [{ record: globalRecord.routingRules, path: ['rules', index] }];
    return { tone: 'on-purpose', reason: `denied on purpose: RoutingRules sends {tables} to ${serving}`, links };
  }
  const shardRules = judged.notGiven(globalRecord.shardRoutingRules);
  return unknown(shardRules ?? `no rule tells which keyspace serves ${entry}`);
}

function shardTarget({ snapshot }: JudgedTopology, a: string, b: string, shard: string): string | undefined {
  const rules = loadedValue(snapshot.shardRoutingRules)?.rules ?? [];
  const between = (keyspace: string): boolean => keyspace === a || keyspace === b;
  return rules.find((rule) => rule.shard === shard && between(rule.fromKeyspace) && between(rule.toKeyspace))
    ?.toKeyspace;
}

/** Why a shard without any note is no healthy shard yet. */
function uncheckedNotes(judged: JudgedTopology, place: ShardPlace): Note[] {
  const path = missingDenialPath(place.shard);
  const rules = judged.notGiven(globalRecord.routingRules);
  if (rules !== undefined) return [notCheckedNote(path, rules)];
  const doubt = judged.unchecked.find(({ finding }) => findingIsAt(finding, place.record));
  if (doubt !== undefined) return [notCheckedNote(path, `whether it is ${doubt.finding.code}: ${doubt.reason}`)];
  const moving = judged.moves.some(({ source, target }) => source === place.keyspace || target === place.keyspace);
  const shardRules = moving && place.name.includes('-') ? judged.notGiven(globalRecord.shardRoutingRules) : undefined;
  return shardRules === undefined ? [] : [notCheckedNote(path, shardRules)];
}

function findingIsAt({ places }: Finding, record: RecordId): boolean {
  return places.some((place) => isHere(record, place));
}

/** The first statement of a message, for findings that have no shorter words. */
export function firstClause(message: string): string {
  const end = message.search(/(?:: |; |\. )/);
  const clause = end < 0 ? message : message.slice(0, end);
  return clause.length > 120 ? `${clause.slice(0, 119)}…` : clause;
}
