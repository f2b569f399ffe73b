import { loadedValue } from '../model/reading.ts';
import type { RecordId } from '../model/record.ts';
import { parseCellPath, parseGlobalPath } from '../records/topoKey.ts';
import { findingsAt, type JudgedTopology } from './judgedTopology.ts';
import { findingNote, notCheckedNote, type Note } from './note.ts';
import { ruleNotes, srvVSchemaNotes } from './ruleNotes.ts';
import { firstClause, shardNotes } from './shardNotes.ts';

/** Every note on a record, in no particular order. Never throws. */
export function recordNotes(judged: JudgedTopology, record: RecordId): Note[] {
  const differing = judged.notGiven(record);
  const unreadable = findingsAt(judged, record).filter(({ finding }) => finding.code === 'record-unreadable');
  if (unreadable.length > 0) {
    return unreadable.map(({ finding }) => findingNote(finding, [], firstClause(finding.message), []));
  }
  // It stands here, so what is wrong is that another document gives it differently.
  if (differing !== undefined) return [{ ...notCheckedNote([], differing), links: [{ record, path: [] }] }];
  const key = record.cell === undefined ? parseGlobalPath(record.path) : parseCellPath(record.path);
  switch (key.kind) {
    case 'Shard': {
      const records = judged.snapshot.keyspaces.get(key.keyspace)?.shards.find(({ name }) => name === key.shard);
      const shard = records === undefined ? undefined : loadedValue(records.shard);
      return shard === undefined ? [] : shardNotes(judged, { record, keyspace: key.keyspace, name: key.shard, shard });
    }
    case 'RoutingRules':
    case 'ShardRoutingRules':
    case 'KeyspaceRoutingRules':
    case 'MirrorRules':
      return ruleNotes(judged, record);
    case 'SrvVSchema':
      return srvVSchemaNotes(judged, record.cell ?? '');
    default:
      return findingsAt(judged, record).flatMap(({ finding, places: [first] }) =>
        first === undefined ? [] : [findingNote(finding, first.path, firstClause(finding.message), finding.related)],
      );
  }
}
