/** Multi-tenant moves: a whole keyspace at a time, by KeyspaceRoutingRules. */
import { groupBy } from '../model/groupBy.ts';
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { KnownWorkflows } from './workflowPairs.ts';

/** Finds the multi-tenant moves: the source keyspaces of KeyspaceRoutingRules with the keyspace that takes all tenants. */
export function findMultiTenantMoves(snapshot: Snapshot, known: KnownWorkflows): Move[] {
  const rules = loadedValue(snapshot.keyspaceRoutingRules)?.rules ?? [];
  const bySource = groupBy(rules, ({ fromKeyspace }) => keyspaceOf(fromKeyspace));
  const candidates = multiTenantKeyspaces(snapshot);
  return [...bySource].flatMap(([source, ofSource]): Move[] => {
    const switched = ofSource.map(({ toKeyspace }) => toKeyspace).find((keyspace) => keyspace !== source);
    // A redirect that an operator wrote leads to a keyspace without a multi-tenant VSchema.
    if (switched !== undefined && !mayTakeTenants(snapshot, switched)) return [];
    // Before anything is switched the rules name the source only.
    const others = candidates.filter((name) => name !== source);
    const target = switched ?? (others.length === 1 ? others[0] : undefined);
    if (target === undefined) return [];
    const workflow = known.between(source, target).find((pair) => pair.source === source);
    return [
      {
        id: workflow?.names[0] ?? `${source}→${target}`,
        kind: 'multi-tenant',
        source,
        target,
        tables: [],
        direction: workflow === undefined ? 'inferred' : 'known',
        workflows: workflow?.names ?? [],
        shards: [],
        mirrored: false,
      },
    ];
  });
}

/** The keyspace of a keyspace routing rule, which may carry a tablet type: `commerce@replica`. */
function keyspaceOf(name: string): string {
  return name.split('@')[0] ?? name;
}

function multiTenantKeyspaces(snapshot: Snapshot): string[] {
  return [...snapshot.keyspaces.values()]
    .filter(({ vschema }) => loadedValue(vschema)?.multiTenantSpec !== undefined)
    .map(({ name }) => name);
}

function mayTakeTenants(snapshot: Snapshot, keyspace: string): boolean {
  const vschema = snapshot.keyspaces.get(keyspace)?.vschema;
  return vschema?.status === 'failed' || (vschema?.status === 'loaded' && vschema.value.multiTenantSpec !== undefined);
}
