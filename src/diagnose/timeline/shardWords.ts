import { listWords } from '../../model/words.ts';
import { TabletType, type Shard, type SrvKeyspace } from '../../records/gen/topodata_pb.js';
import { recordSchemas } from '../../records/recordTypes.ts';
import { tabletTypeName } from '../../records/tabletTypeName.ts';
import { shardProblem } from '../../records/validate.ts';
import { primaryDenials } from '../deniedTables.ts';
import { decodeWritten } from './decodeWritten.ts';
import { writtenWord, type ChangeWords, type WrittenRecord } from './changeWords.ts';

/** What a Shard record denies now, or what else of it changed. */
export function shardWords(written: WrittenRecord, keyspace: string, shard: string): ChangeWords {
  const name = `${keyspace}/${shard}`;
  const plain: ChangeWords = {
    kind: 'other',
    text: `the Shard record of ${name} ${writtenWord(written)}`,
    keyspaces: [keyspace],
  };
  const decoded = decodeWritten(written, {
    schema: recordSchemas.Shard,
    problem: (value) => shardProblem(shard, value),
  });
  if (decoded === undefined) return { ...plain, text: `${plain.text}, and cannot be read before or after` };
  const [before, now] = [deniedBy(decoded.before), deniedBy(decoded.now)];
  const added = now.filter((table) => !before.includes(table));
  const removed = before.filter((table) => !now.includes(table));
  if (added.length + removed.length === 0) {
    const notes = [...servingNote(decoded.before, decoded.now), ...primaryNote(decoded.before, decoded.now)];
    const denied = now.length === 0 ? [] : [`it denies ${listWords(now)} as before`];
    return { ...plain, text: [plain.text, ...notes, ...denied].join(', '), tables: now };
  }
  const parts = [
    ...(added.length > 0 ? [`denies ${listWords(added)}`] : []),
    ...(removed.length > 0 ? [`no longer denies ${listWords(removed)}`] : []),
  ];
  return {
    kind: 'denied-tables',
    text: `${name} ${listWords(parts)}`,
    keyspaces: [keyspace],
    tables: [...added, ...removed].sort(),
  };
}

function deniedBy(shard: Shard | undefined): string[] {
  if (shard === undefined) return [];
  return [...new Set(primaryDenials(shard).map(({ entry }) => entry))].sort();
}

function servingNote(before: Shard | undefined, now: Shard | undefined): string[] {
  if (before === undefined || now === undefined || before.isPrimaryServing === now.isPrimaryServing) return [];
  return [now.isPrimaryServing ? 'its primary serves now' : 'its primary no longer serves'];
}

function primaryNote(before: Shard | undefined, now: Shard | undefined): string[] {
  const alias = (shard: Shard | undefined): string =>
    shard?.primaryAlias === undefined ? 'none' : `${shard.primaryAlias.cell}-${shard.primaryAlias.uid}`;
  return now === undefined || alias(before) === alias(now) ? [] : [`its primary is ${alias(now)}`];
}

/** Which shards a cell's SrvKeyspace lists now, or that it lists the same. */
export function srvKeyspaceWords(written: WrittenRecord, cell: string, keyspace: string): ChangeWords {
  const text = `${cell}'s SrvKeyspace of ${keyspace} ${writtenWord(written)}`;
  const plain: ChangeWords = { kind: 'serving-graph', text, keyspaces: [keyspace] };
  const decoded = decodeWritten(written, { schema: recordSchemas.SrvKeyspace });
  if (decoded?.now === undefined) return plain;
  const { before, now } = decoded;
  const changed = [TabletType.PRIMARY, TabletType.REPLICA, TabletType.RDONLY].flatMap((type) => {
    const [old, listed] = [listedShards(before, type), listedShards(now, type)];
    return old === listed ? [] : [`${listed || 'no shard'} for ${tabletTypeName(type)}`];
  });
  return changed.length === 0 ? plain : { ...plain, text: `${text}: it lists ${listWords(changed)}` };
}

function listedShards(srvKeyspace: SrvKeyspace | undefined, type: TabletType): string {
  const partition = srvKeyspace?.partitions.find(({ servedType }) => servedType === type);
  return listWords((partition?.shardReferences ?? []).map(({ name }) => name));
}
