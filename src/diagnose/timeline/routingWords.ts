import { globalRecord } from '../../model/record.ts';
import type { TopologyRecord } from '../../model/topologyData.ts';
import { count, listWords } from '../../model/words.ts';
import { recordSchemas } from '../../records/recordTypes.ts';
import { decodeSrvVSchema } from '../../records/srvVSchema.ts';
import { routingTable, type RoutingTable } from '../routing.ts';
import { decodeWritten } from './decodeWritten.ts';
import { routeChanges, routeText } from './routeChanges.ts';
import { writtenWord, type ChangeWords, type WrittenRecord } from './changeWords.ts';

/** Where the global rules send which traffic now. */
export function routingWords(written: WrittenRecord): ChangeWords {
  const decoded = decodeWritten(written, { schema: recordSchemas.RoutingRules });
  const text = `RoutingRules ${writtenVerb(written)}`;
  if (decoded === undefined) return unreadable('routing-rules', text);
  return changeWords('routing-rules', text, routingTable(decoded.before), routingTable(decoded.now));
}

/** Where a cell's vtgates send which traffic now, and whether that is what the global rules say. */
export function srvVSchemaWords(written: WrittenRecord, cell: string, global: readonly TopologyRecord[]): ChangeWords {
  const byPath = new Map(global.map((record) => [record.path, record]));
  const decoded = decodeWritten(written, {
    schema: recordSchemas.SrvVSchema,
    decode: (bytes) => decodeSrvVSchema(bytes, byPath),
  });
  const text = `${cell}'s SrvVSchema ${writtenVerb(written)}`;
  if (decoded === undefined) return unreadable('srv-vschema', text);
  const [before, now] = [routingTable(decoded.before?.routingRules), routingTable(decoded.now?.routingRules)];
  const words = changeWords('srv-vschema', text, before, now);
  const stored = byPath.get(globalRecord.routingRules.path);
  const rules = decodeWritten({ before: undefined, now: stored }, { schema: recordSchemas.RoutingRules });
  if (rules === undefined || decoded.now === undefined) return words;
  const same = routeChanges(now, routingTable(rules.now)).length === 0;
  return { ...words, text: `${words.text}; it ${same ? 'routes as' : 'does not route as'} the global RoutingRules do` };
}

export function shardRulesWords(written: WrittenRecord): ChangeWords {
  const decoded = decodeWritten(written, { schema: recordSchemas.ShardRoutingRules });
  const text = `ShardRoutingRules ${writtenVerb(written)}`;
  if (decoded === undefined) return unreadable('routing-rules', text);
  const routes = (rules = decoded.now): Map<string, string> =>
    new Map(rules?.rules.map(({ fromKeyspace, toKeyspace, shard }) => [`${fromKeyspace}/${shard}`, toKeyspace]));
  return ruleWords(text, decoded.before === undefined ? new Map() : routes(decoded.before), routes());
}

export function keyspaceRulesWords(written: WrittenRecord): ChangeWords {
  const decoded = decodeWritten(written, { schema: recordSchemas.KeyspaceRoutingRules });
  const text = `KeyspaceRoutingRules ${writtenVerb(written)}`;
  if (decoded === undefined) return unreadable('routing-rules', text);
  const routes = (rules = decoded.now): Map<string, string> =>
    new Map(rules?.rules.map(({ fromKeyspace, toKeyspace }) => [fromKeyspace, toKeyspace]));
  return ruleWords(text, decoded.before === undefined ? new Map() : routes(decoded.before), routes());
}

export function mirrorRulesWords(written: WrittenRecord): ChangeWords {
  const decoded = decodeWritten(written, { schema: recordSchemas.MirrorRules });
  const text = `MirrorRules ${writtenVerb(written)}`;
  if (decoded === undefined) return unreadable('routing-rules', text);
  const routes = (rules = decoded.now): Map<string, string> =>
    new Map(rules?.rules.map(({ fromTable, toTable, percent }) => [fromTable, `${toTable} (${percent} %)`]));
  return ruleWords(text, decoded.before === undefined ? new Map() : routes(decoded.before), routes());
}

function changeWords(
  kind: 'routing-rules' | 'srv-vschema',
  text: string,
  before: RoutingTable,
  now: RoutingTable,
): ChangeWords {
  const changes = routeChanges(before, now);
  if (changes.length > 0) {
    const keyspaces = changes.flatMap(({ from, to }) => [from, to]).filter((name) => name !== undefined);
    return {
      kind,
      text: `${text}: ${changes.map(routeText).join('; ')}`,
      keyspaces: [...new Set(keyspaces)].sort(),
      tables: [...new Set(changes.flatMap(({ tables }) => tables))].sort(),
    };
  }
  const rules = ruleCounts(rulesOf(before), rulesOf(now));
  return { kind, text: rules === '' ? `${text}: all traffic stays` : `${text}: ${rules}, all traffic stays` };
}

function ruleWords(text: string, before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ChangeWords {
  const turned = [...now].filter(([from, to]) => before.get(from) !== to).map(([from, to]) => `${from} → ${to}`);
  const gone = [...before.keys()].filter((from) => !now.has(from));
  const parts = [
    ...(turned.length > 0 ? [listWords(turned)] : []),
    ...(gone.length > 0 ? [`no rule any more for ${listWords(gone)}`] : []),
  ];
  return { kind: 'routing-rules', text: `${text}: ${parts.length === 0 ? 'nothing changes' : parts.join('; ')}` };
}

function rulesOf({ entries }: RoutingTable): Map<string, string> {
  return new Map(entries.map(({ fromTable, toTables }) => [fromTable, toTables.join()]));
}

function ruleCounts(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string {
  const added = [...now.keys()].filter((name) => !before.has(name)).length;
  const removed = [...before.keys()].filter((name) => !now.has(name)).length;
  const parts = [
    ...(added > 0 ? [`${count(added, 'rule')} more`] : []),
    ...(removed > 0 ? [`${count(removed, 'rule')} fewer`] : []),
  ];
  return parts.join(', ');
}

function unreadable(kind: ChangeWords['kind'], text: string): ChangeWords {
  return { kind, text: `${text}, and cannot be read before or after` };
}

/** For names in the plural and the singular alike. */
function writtenVerb(written: WrittenRecord): string {
  return { 'is written': 'written', 'is deleted': 'deleted', appears: 'created' }[writtenWord(written)] ?? 'written';
}
