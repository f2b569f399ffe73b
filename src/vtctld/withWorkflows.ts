import type { TopologyData } from '../model/topologyData.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import { TopologyError, type ReadOptions, type Topology } from '../topology/topology.ts';
import { followWorkflows } from './followWorkflows.ts';
import { askWorkflows, unreadNotes, type ToldWorkflows, type WorkflowClient } from './askWorkflows.ts';

/** A vtctld that is slow, or waits for a tablet that is down, must not keep the topology's own view waiting for long. */
const WORKFLOWS_MS = 10_000;
/** Streams change without a write to the topology. */
const INTERVAL_MS = 10_000;

/**
 * The topology together with the workflows that vtctld knows. What vtctld says
 * is laid beside the records as vtctldclient's output is in a snapshot, and takes
 * the place of output that is there. What it does not say is named, and the
 * topology's own view stays. Everything else is the topology's.
 */
export function withWorkflows<T extends Topology>(topology: T, client: WorkflowClient, intervalMs = INTERVAL_MS): T {
  const plain = new WeakMap<TopologyData, { readonly data: TopologyData; readonly told: ToldWorkflows }>();
  const read = async (options: ReadOptions = {}): Promise<TopologyData> => {
    const startedAt = performance.now();
    const data = await topology.read(options);
    const { timeoutMs = WORKFLOWS_MS * 3, signal = new AbortController().signal } = options;
    const left = timeoutMs - (performance.now() - startedAt);
    const limits = { signal, timeoutMs: Math.max(1, Math.min(left, WORKFLOWS_MS)) };
    const told = await askWorkflows(client, keyspacesOf(data), limits);
    if (signal.aborted) throw cancelled(topology);
    const result = merged(data, told);
    plain.set(result, { data, told });
    return result;
  };
  const watch: Topology['watch'] = (from, listener, options) => {
    const before = plain.get(from);
    // What was not read through here has no workflows to keep up with.
    if (before === undefined) return topology.watch?.(from, listener, options) ?? Promise.resolve();
    const ask = (data: TopologyData, signal: AbortSignal): Promise<ToldWorkflows> =>
      askWorkflows(client, keyspacesOf(data), { signal, timeoutMs: WORKFLOWS_MS });
    return followWorkflows(
      { from: before.data, told: before.told, ask, merge: merged, intervalMs },
      (data, tell, signal) => topology.watch?.(data, tell, { ...options, signal }) ?? Promise.resolve(),
      listener,
      options.signal,
    );
  };
  return new Proxy(topology, {
    get: (target, name) => {
      if (name === 'read') return read;
      if (name === 'watch') return target.watch === undefined ? undefined : watch;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function keyspacesOf({ global }: TopologyData): string[] {
  const names = global.flatMap(({ path }) => {
    const key = parseGlobalPath(path);
    return key.kind === 'Keyspace' || key.kind === 'VSchema' || key.kind === 'Shard' ? [key.keyspace] : [];
  });
  return [...new Set(names)];
}

function merged(data: TopologyData, { dumps, asked }: ToldWorkflows): TopologyData {
  const names = new Set(dumps.map(({ name }) => name));
  return {
    ...data,
    // The same list as before, so that it is not read again with every write.
    dumps: data.dumps.length === 0 ? dumps : [...data.dumps.filter(({ name }) => !names.has(name)), ...dumps],
    notes: [...data.notes, ...unreadNotes(asked)],
    workflows: asked,
  };
}

function cancelled({ description }: Topology): TopologyError {
  return new TopologyError({ code: 'cancelled', message: `Reading ${description} was cancelled.` });
}
