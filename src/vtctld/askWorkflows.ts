/** Asks vtctld for the workflows of a topology's keyspaces and writes its answers down as vtctldclient prints them. */
import { setMaxListeners } from 'node:events';
import { create, toJson, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { DumpFile } from '../model/topologyData.ts';
import { groupBy } from '../model/groupBy.ts';
import { qualifiedWorkflow, type AskedWorkflows, type UnreadWorkflows } from '../model/workflow.ts';
import { listWords } from '../model/words.ts';
import { GetWorkflowsResponseSchema, WorkflowStatusResponseSchema } from '../records/gen/vtctldata_pb.js';
import type { Workflow } from '../records/gen/vtctldata_pb.js';
import { mapLimited } from '../topology/concurrency.ts';
import type { CallLimits } from './grpcCall.ts';
import type { VtctldClient } from './vtctldClient.ts';

/** What is asked of vtctld here. */
export type WorkflowClient = Pick<VtctldClient, 'description' | 'getKeyspaces' | 'getWorkflows' | 'workflowStatus'>;

/** Answers as vtctldclient would have printed them, and what there was no answer to. */
export interface ToldWorkflows {
  readonly dumps: readonly DumpFile[];
  readonly asked: AskedWorkflows;
}

const PARALLEL = 16;

/** Asks for every workflow of these keyspaces. Never rejects: what was not told is named with its reason. */
export async function askWorkflows(
  client: WorkflowClient,
  keyspaces: readonly string[],
  limits: CallLimits,
): Promise<ToldWorkflows> {
  // Every call in flight listens; that is no leak.
  setMaxListeners(0, limits.signal);
  const askedAt = Date.now();
  const endsAt = performance.now() + limits.timeoutMs;
  const left = (): CallLimits => ({ signal: limits.signal, timeoutMs: Math.max(1, endsAt - performance.now()) });
  const known = await attempt(async () => new Set((await client.getKeyspaces(left())).map(({ name }) => name)));
  const answers = await mapLimited(keyspaces, PARALLEL, async (keyspace): Promise<Answer> => {
    if ('reason' in known) return { dumps: [], unread: [{ keyspace, ...known }] };
    if (!known.value.has(keyspace)) return { dumps: [], unread: [{ keyspace, reason: unknownTo(client, keyspace) }] };
    return askKeyspace(client, keyspace, left);
  });
  const unread = answers.flatMap((answer) => answer.unread);
  return { dumps: answers.flatMap(({ dumps }) => dumps), asked: { source: client.description, askedAt, unread } };
}

/** What was not told, a sentence for each reason. */
export function unreadNotes({ unread }: AskedWorkflows): string[] {
  const byReason = groupBy(unread, ({ reason }) => reason);
  return [...byReason].map(([reason, same]) => {
    const keyspaces = new Set(same.flatMap((one) => (one.workflow === undefined ? [one.keyspace] : [])));
    const workflows = same.flatMap(({ keyspace, workflow: name }) =>
      name === undefined ? [] : [qualifiedWorkflow({ keyspace, name })],
    );
    const what = [
      ...(keyspaces.size > 0 ? [`the workflows of ${listWords([...keyspaces])}`] : []),
      ...(workflows.length > 0 ? [`the status of ${listWords(workflows)}`] : []),
    ];
    return `Not checked: ${what.join(' and ')}. ${reason}`;
  });
}

interface Answer {
  readonly dumps: readonly DumpFile[];
  readonly unread: readonly UnreadWorkflows[];
}

async function askKeyspace(client: WorkflowClient, keyspace: string, left: () => CallLimits): Promise<Answer> {
  const told = await attempt(() => client.getWorkflows(keyspace, left()));
  if ('reason' in told) return { dumps: [], unread: [{ keyspace, ...told }] };
  const workflows = [...told.value].sort((a, b) => (a.name < b.name ? -1 : 1));
  const shown = create(GetWorkflowsResponseSchema, { workflows });
  const statuses = await Promise.all(
    workflows.filter(tellsState).map(({ name }) => askStatus(client, { keyspace, name }, left)),
  );
  return {
    dumps: [
      { name: `WorkflowList-${keyspace}.json`, text: jsonText(workflows.map(({ name }) => name)) },
      dump(`WorkflowShow-${keyspace}`, GetWorkflowsResponseSchema, shown),
      ...statuses.flatMap(({ dumps }) => dumps),
    ],
    unread: statuses.flatMap(({ unread }) => unread),
  };
}

/** Only a MoveTables has a traffic state that the records have too; without streams Vitess has no status. */
function tellsState({ workflowType, shardStreams }: Workflow): boolean {
  return workflowType === 'MoveTables' && Object.keys(shardStreams).length > 0;
}

async function askStatus(
  client: WorkflowClient,
  { keyspace, name }: { readonly keyspace: string; readonly name: string },
  left: () => CallLimits,
): Promise<Answer> {
  const status = await attempt(() => client.workflowStatus(keyspace, name, left()));
  if ('reason' in status) return { dumps: [], unread: [{ keyspace, workflow: name, ...status }] };
  const printed = dump(`MoveTablesStatus-${keyspace}-${name}`, WorkflowStatusResponseSchema, status.value);
  return { dumps: [printed], unread: [] };
}

async function attempt<T>(work: () => Promise<T>): Promise<{ readonly value: T } | { readonly reason: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** As vtctldclient prints a message: proto names, unset fields too. */
function dump<Desc extends DescMessage>(name: string, schema: Desc, message: MessageShape<Desc>): DumpFile {
  const json = toJson(schema, message, { useProtoFieldName: true, alwaysEmitImplicit: true });
  return { name: `${name}.json`, text: jsonText(json) };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function unknownTo({ description }: WorkflowClient, keyspace: string): string {
  return `${description} does not know the keyspace ${keyspace}. Check that it is a vtctld of this topology.`;
}
