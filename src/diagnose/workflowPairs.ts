/** Workflows as dumps or vtctld name them, joined forward with reverse. */
import { groupBy } from '../model/groupBy.ts';
import { isReverseWorkflow, partnerWorkflowName, qualifiedWorkflow, type Workflow } from '../model/workflow.ts';

/** A known workflow pair seen as a move: the forward workflow's source and target. */
export interface WorkflowPair {
  readonly source: string;
  readonly target: string;
  /** Sorted; undefined when no dump lists them. */
  readonly tables: readonly string[] | undefined;
  /** Forward first. */
  readonly names: readonly string[];
}

/** Joins forward and reverse workflows; a workflow whose source no dump tells is left out. */
export function workflowPairs(workflows: readonly Workflow[]): WorkflowPair[] {
  const pairs = new Map<string, WorkflowPair>();
  const ordered = [...workflows].sort((a, b) => Number(isReverseWorkflow(a.name)) - Number(isReverseWorkflow(b.name)));
  for (const workflow of ordered) {
    if (workflow.source === undefined || !mayMoveTables(workflow)) continue;
    const reverse = isReverseWorkflow(workflow.name);
    const forwardName = reverse ? partnerWorkflowName(workflow.name) : workflow.name;
    const source = reverse ? workflow.keyspace : workflow.source;
    const target = reverse ? workflow.source : workflow.keyspace;
    const key = JSON.stringify([source, target, forwardName]);
    const known = pairs.get(key);
    // Vitess sorts a workflow's tables before it looks at the first. A workflow without streams lists none.
    const tables = workflow.tables?.length ? [...workflow.tables].sort() : undefined;
    pairs.set(key, {
      source,
      target,
      tables: known?.tables ?? tables,
      names: [...(known?.names ?? []), qualifiedWorkflow(workflow)],
    });
  }
  return [...pairs.values()];
}

/** False for a workflow that is known to be a Reshard or another kind that moves no tables between keyspaces. */
export function mayMoveTables({ type }: Workflow): boolean {
  return type === undefined || type === 'MoveTables';
}

/** Looks known workflows up by the two keyspaces they are between, in either direction. */
export class KnownWorkflows {
  private readonly byKeyspaces: ReadonlyMap<string, readonly WorkflowPair[]>;

  constructor(pairs: readonly WorkflowPair[]) {
    this.byKeyspaces = groupBy(pairs, ({ source, target }) => keyOf(source, target));
  }

  between(a: string, b: string): readonly WorkflowPair[] {
    return this.byKeyspaces.get(keyOf(a, b)) ?? [];
  }

  /** The workflow between two keyspaces that a table belongs to: one that lists it, or the only one whose tables are not known. */
  of(table: string, a: string, b: string): WorkflowPair | undefined {
    const between = this.between(a, b);
    const listing = between.find(({ tables }) => tables?.includes(table));
    if (listing !== undefined) return listing;
    const unlisted = between.filter(({ tables }) => tables === undefined);
    return unlisted.length === 1 ? unlisted[0] : undefined;
  }
}

function keyOf(a: string, b: string): string {
  return JSON.stringify(a < b ? [a, b] : [b, a]);
}
