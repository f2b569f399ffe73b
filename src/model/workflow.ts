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
  /**
   * Seconds that the last replicated transaction or heartbeat is old, of the stream that is furthest behind.
   * Undefined while a stream copies, when Vitess tells no lag, and where streams do not run.
   */
  readonly lagSeconds?: number;
  /** Vitess's own words on the traffic state, when the dump has them. */
  readonly trafficState?: string;
  /** How far each table is copied, while any is; empty afterwards, undefined when the dump does not say. */
  readonly copies?: readonly TableCopy[];
}

/** One stream of a workflow: what one target shard's primary replicates from one source shard. */
export interface WorkflowStream {
  /** The target's shard. */
  readonly shard: string;
  /** Vitess's word: `Running`, `Copying`, `Stopped`, `Error`, `Lagging`, …. */
  readonly state: string;
  /** An error's text, or `FROZEN`; mostly empty. */
  readonly message: string;
  /** Its number on its tablet; undefined when the dump does not say, as with the following. */
  readonly id?: string;
  /** The alias of the tablet that it runs on. */
  readonly tablet?: string;
  /** The source as `keyspace/shard`. */
  readonly source?: string;
  /** The tables that it has yet to copy, or is copying. */
  readonly copying?: readonly string[];
}

/** How much of a table is copied, by the estimates of MySQL's information_schema. */
export interface TableCopy {
  readonly table: string;
  readonly rowsCopied: number;
  readonly rowsTotal: number;
  readonly bytesCopied: number;
  readonly bytesTotal: number;
}

/** What is known of workflows, from dumps or from vtctld. */
export interface WorkflowKnowledge {
  readonly workflows: readonly Workflow[];
  /** Keyspaces whose workflows are all in `workflows`: there a missing workflow does not exist. */
  readonly completeFor: ReadonlySet<string>;
  /** Dumps that could not be understood, in words. */
  readonly problems: readonly string[];
  /** Who was asked for them and what was not told; undefined when only dumps speak. */
  readonly asked?: AskedWorkflows;
}

/** A server that was asked for the workflows. */
export interface AskedWorkflows {
  /** For people, e.g. `vtctld at 10.0.0.1:15999`. */
  readonly source: string;
  /** When it was asked, in milliseconds since the epoch. */
  readonly askedAt: number;
  /** What it did not tell; empty when it told everything. */
  readonly unread: readonly UnreadWorkflows[];
  /** True when records were written since it was asked: what it told may not be of them. */
  readonly isOutdated?: boolean;
}

/** Workflows of a keyspace that could not be read, or the status of one of them. */
export interface UnreadWorkflows {
  readonly keyspace: string;
  /** Set when the workflow is known and only its traffic state and its copy progress are not. */
  readonly workflow?: string;
  /** The cause and the next step. */
  readonly reason: string;
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

/** Frozen: writes were switched away from it for good (workflow.Frozen in Vitess). */
export function isFrozen({ message }: WorkflowStream): boolean {
  return message === 'FROZEN';
}
