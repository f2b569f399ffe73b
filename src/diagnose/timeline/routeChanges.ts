import { groupBy } from '../../model/groupBy.ts';
import { tabletTypes, type TabletTypeName } from '../../model/move.ts';
import { listWords } from '../../model/words.ts';
import { routedKeyspace, type RoutingTable } from '../routing.ts';

/** Traffic of one tablet type that goes elsewhere than before. */
export interface RouteChange {
  readonly type: TabletTypeName;
  /** Sorted. */
  readonly tables: readonly string[];
  /** Undefined where no rule leads anywhere. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** What goes elsewhere by the rules of `now` than by those of `before`, primaries first. */
export function routeChanges(before: RoutingTable, now: RoutingTable): RouteChange[] {
  if (before === now) return [];
  const names = new Map<string, Set<string | undefined>>();
  for (const { from } of [...before.entries, ...now.entries]) {
    const keyspaces = names.get(from.table);
    if (keyspaces === undefined) names.set(from.table, new Set([undefined, from.keyspace]));
    else keyspaces.add(from.keyspace);
  }
  return tabletTypes.flatMap((type) => {
    const turned = [...names].flatMap(([table, keyspaces]) => {
      const change = firstChange([...keyspaces], (keyspace) => ({
        from: routedKeyspace(before.resolve(keyspace, table, type)),
        to: routedKeyspace(now.resolve(keyspace, table, type)),
      }));
      return change === undefined ? [] : [{ table, ...change }];
    });
    return [...groupBy(turned, ({ from, to }) => JSON.stringify([from, to])).values()].flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      return [{ type, tables: same.map(({ table }) => table).sort(), from: first.from, to: first.to }];
    });
  });
}

/** `writes of corder and customer go to customer, no longer to commerce`. */
export function routeText({ type, tables, from, to }: RouteChange): string {
  const what = `${type === 'primary' ? 'primary traffic' : `${type} reads`} of ${listWords(tables)}`;
  if (to === undefined) return `no rule any more for ${what}, which went to ${from ?? 'nowhere'}`;
  return from === undefined ? `${what} → ${to}` : `${what} → ${to}, before → ${from}`;
}

/** The name without a keyspace comes first: it is what applications write. */
function firstChange(
  names: readonly (string | undefined)[],
  change: (keyspace: string | undefined) => Pick<RouteChange, 'from' | 'to'>,
): Pick<RouteChange, 'from' | 'to'> | undefined {
  // A rule that is gone leaves a qualified name to its own keyspace: that is not where traffic turned.
  return (
    names.map(change).find(({ from, to }) => from !== to && (from === undefined) === (to === undefined)) ??
    names
      .slice(0, 1)
      .map(change)
      .find(({ from, to }) => from !== to)
  );
}
