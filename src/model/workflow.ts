/** A VReplication workflow as Vitess's own tools described it; it lives in the tablets, not in the topology. */
export interface Workflow {
  /** The workflow's own target keyspace; together with `name` it is unique. */
  readonly keyspace: string;
  readonly name: string;
  /** The keyspace its streams read from; undefined when the dump does not say. */
  readonly source?: string;
  /** The tables of its streams, in the order the workflow lists them; undefined when the dump does not say. */
  readonly tables?: readonly string[];
  /** `MoveTables`, `Reshard`, …; undefined when the dump does not say. */
  readonly type?: string;
  /** Undefined when the dump names the workflow only. */
  readonly streams?: readonly WorkflowStream[];
  /** Vitess's own words on the traffic state, when the dump has them. */
  readonly trafficState?: string;
}

export interface WorkflowStream {
  readonly shard: string;
  readonly state: string;
  readonly message: string;
}

/** What is known of workflows, from dumps or from vtctld. */
export interface WorkflowKnowledge {
  readonly workflows: readonly Workflow[];
  /** Keyspaces whose workflows are all in `workflows`: there a missing workflow does not exist. */
  readonly completeFor: ReadonlySet<string>;
  /** Dumps that could not be understood, in words. */
  readonly problems: readonly string[];
}

/** Nothing is known of workflows: the records alone speak. */
export const noWorkflowKnowledge: WorkflowKnowledge = { workflows: [], completeFor: new Set(), problems: [] };

const reverseSuffix = '_reverse';

/** True for the workflow that replicates back after a switch (workflow.ReverseWorkflowName in Vitess). */
export function isReverseWorkflow(name: string): boolean {
  return name.endsWith(reverseSuffix);
}

/** The name of the other workflow of the pair. */
export function partnerWorkflowName(name: string): string {
  return isReverseWorkflow(name) ? name.slice(0, -reverseSuffix.length) : name + reverseSuffix;
}

/** `keyspace.workflow`, as people name a workflow. */
export function qualifiedWorkflow(workflow: Pick<Workflow, 'keyspace' | 'name'>): string {
  return `${workflow.keyspace}.${workflow.name}`;
}
