/** Notes on the records of rules: which shards or cells contradict a rule. */
import type { Finding } from '../model/finding.ts';
import { groupBy } from '../model/groupBy.ts';
import { loadedValue } from '../model/reading.ts';
import { cellRecord, globalRecord, recordName, type Place, type RecordId } from '../model/record.ts';
import { parseRuleName } from '../diagnose/routing.ts';
import { missingRecordWords } from '../records/missingRecord.ts';
import { findingsAt, type FindingAtRecord, type JudgedTopology } from './judgedTopology.ts';
import { commaWords, findingNote, notCheckedNote, oneForEachRecord, shortName, type Note } from './note.ts';
import { firstClause } from './shardNotes.ts';
import { evidenceOf, routingOf, ruleAt } from './tableEvidence.ts';

/** More remarks on single rules than anybody reads are left out, and counted. */
const mostRules = 200;

/** Notes on RoutingRules, ShardRoutingRules, KeyspaceRoutingRules or MirrorRules. */
export function ruleNotes(judged: JudgedTopology, record: RecordId): Note[] {
  const here = findingsAt(judged, record);
  const own = here.filter(({ places }) => places.length > 0).flatMap(ownNotes);
  const evidence = here.filter(({ places, related }) => places.length === 0 && related.length > 0);
  const cells = evidence.filter(({ finding }) => finding.cell !== undefined);
  const shards = evidence.filter(({ finding }) => finding.cell === undefined);
  return [
    ...unknownShards(judged, record),
    ...cells.map(cellNote),
    ...shardConflicts(judged, shards),
    ...own,
    ...undecided(judged, record),
  ];
}

/** What would be a finding about these rules if a missing dump says nothing else. */
function undecided({ unchecked }: JudgedTopology, record: RecordId): Note[] {
  return unchecked.flatMap(({ finding, reason }) => {
    const place = finding.places.find((candidate) => recordName(candidate.record) === recordName(record));
    return place === undefined ? [] : [notCheckedNote(place.path, `whether it is ${finding.code}: ${reason}`)];
  });
}

/** A finding about the rules themselves: at the first rule of each table, since a move has nine of them. */
function ownNotes({ finding, places }: FindingAtRecord): Note[] {
  const [first] = places;
  if (first === undefined) return [];
  const more = places.length > 1 ? ` (${places.length} rules)` : '';
  return [findingNote(finding, first.path, firstClause(finding.message) + more, finding.related)];
}

/** A cell that does not carry some of these rules. */
function cellNote({ finding, related }: FindingAtRecord): Note {
  const what =
    finding.code === 'reads-differ-by-cell'
      ? `${finding.cell ?? ''} still carries the earlier read rules of ${commaWords(finding.tables)}`
      : `${finding.cell ?? ''} does not carry ${related.length === 1 ? 'one' : related.length} of these rules`;
  return findingNote(finding, ['rules'], what, finding.places);
}

/** Shards that contradict a rule: above the rule, one note for each code. */
function shardConflicts(judged: JudgedTopology, entries: readonly FindingAtRecord[]): Note[] {
  const atRules = entries.flatMap(({ finding, related }) => related.map((place) => ({ finding, place })));
  const groups = [...groupBy(atRules, ({ finding, place }) => `${finding.code} ${place.path.join('/')}`).values()];
  const notes = groups.slice(0, mostRules).flatMap((group): Note[] => {
    const [first] = group;
    if (first === undefined) return [];
    const rule = ruleAt(judged.snapshot, first.place);
    const table = rule === undefined ? undefined : parseRuleName(rule.fromTable).table;
    const places = group.flatMap(({ finding }) =>
      table === undefined ? finding.places : evidenceOf(judged.snapshot, finding).placesOf(table),
    );
    const shards = oneForEachRecord(places).map(({ record }) => shortName(record));
    return [
      findingNote(first.finding, first.place.path, shardWords(first.finding, shards, table ?? 'the table'), places),
    ];
  });
  if (groups.length <= mostRules) return notes;
  const text = `shards contradict ${groups.length} of these rules; the first ${mostRules} are marked`;
  return [{ path: ['rules'], tone: 'error', text, links: [] }, ...notes];
}

function shardWords({ code, message }: Finding, shards: readonly string[], table: string): string {
  const one = shards.length === 1;
  switch (code) {
    case 'serving-side-denied':
      return `${commaWords(shards)} ${one ? 'denies' : 'deny'} ${table}`;
    case 'both-sides-denied':
      return `${commaWords(shards)} ${one ? 'denies' : 'deny'} ${table}, and so does the other side`;
    case 'other-side-not-denied':
      return `${commaWords(shards)} ${one ? 'accepts' : 'accept'} ${table} too`;
    default:
      return firstClause(message);
  }
}

/** Rules of moves can be judged by the shards of both sides only. */
function unknownShards(judged: JudgedTopology, record: RecordId): Note[] {
  if (judged.notGiven(record) !== undefined) return [];
  const sides = new Set(judged.moves.flatMap(({ source, target }) => [source, target]));
  const unknown = [...sides].sort().filter((keyspace) => {
    const shards = judged.snapshot.keyspaces.get(keyspace)?.shards ?? [];
    return shards.some((shard) => judged.notGiven(shard.record) !== undefined);
  });
  if (unknown.length === 0) return [];
  return [notCheckedNote(['rules'], unknownShardWords(judged, unknown))];
}

function unknownShardWords({ snapshot, notGiven }: JudgedTopology, keyspaces: readonly string[]): string {
  const reasons = keyspaces.flatMap((name) =>
    (snapshot.keyspaces.get(name)?.shards ?? []).flatMap((shard) => {
      const reason = notGiven(shard.record);
      return reason === undefined ? [] : [{ record: shard.record, reason }];
    }),
  );
  const missing = reasons.every(({ record, reason }) => reason === missingRecordWords(record));
  return missing
    ? `no GetShard dump of every shard of ${commaWords(keyspaces)} beside this file`
    : (reasons.find(({ record, reason }) => reason !== missingRecordWords(record))?.reason ?? '');
}

/** Notes on a cell's SrvVSchema. */
export function srvVSchemaNotes(judged: JudgedTopology, cell: string): Note[] {
  const record = cellRecord.srvVSchema(cell);
  const notes = findingsAt(judged, record).flatMap(({ finding, places }) => {
    const [first] = places;
    if (first === undefined) return [];
    return first.path[0] === 'routing_rules' ? cellRuleNotes(judged, finding, places) : [vschemaNote(finding, first)];
  });
  const doubt = judged.unchecked.find(({ finding }) =>
    finding.places.some((place) => recordName(place.record) === recordName(record)),
  );
  const unknown =
    doubt === undefined
      ? judged.notGiven(globalRecord.routingRules)
      : `whether it is ${doubt.finding.code}: ${doubt.reason}`;
  return unknown === undefined ? notes : [...notes, notCheckedNote(['routing_rules'], unknown)];
}

function vschemaNote(finding: Finding, { path, record }: Place): Note {
  const keyspace = path[0] === 'keyspaces' ? path[1] : undefined;
  const what =
    typeof keyspace === 'string' && finding.related.length > 0
      ? 'the global VSchema differs'
      : firstClause(finding.message);
  return findingNote(
    finding,
    path,
    what,
    finding.related.filter((link) => recordName(link.record) !== recordName(record)),
  );
}

/** One note that counts the rules which differ, and on each of them what the global rule is. */
function cellRuleNotes({ snapshot }: JudgedTopology, finding: Finding, places: readonly Place[]): Note[] {
  const cell = snapshot.cells.find(({ name }) => name === finding.cell);
  const own = (cell === undefined ? undefined : loadedValue(cell.srvVSchema))?.routingRules?.rules ?? [];
  const routing = routingOf(snapshot);
  const rules = places.filter(({ path }) => path.length === 3);
  const count = Math.max(rules.length, finding.related.length);
  const what = `the global RoutingRules differs in ${count === 1 ? 'one rule' : `${count} rules`} of ${commaWords(finding.tables)}`;
  // What is as intended needs no remark on each rule.
  const remarked = finding.severity === 'info' ? [] : rules.slice(0, mostRules);
  const single = remarked.map(({ path }): Note => {
    const from = own[Number(path[2])]?.fromTable;
    const rule = from === undefined ? undefined : routing.get(from);
    const to = rule?.toTables.join(', ');
    const links = rule === undefined ? [] : [{ record: globalRecord.routingRules, path: ['rules', rule.index] }];
    return {
      path,
      tone: finding.severity,
      text: to === undefined ? 'no global rule' : `global rule: ${to}`,
      links,
      finding,
    };
  });
  return [findingNote(finding, ['routing_rules'], what, finding.related), ...single];
}
