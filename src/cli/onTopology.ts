import { diagnose, type DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import { SnapshotExportError } from '../topology/snapshotExportError.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import type { TopologyAddress } from './addressOptions.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { failureJson, jsonText } from './json.ts';
import { openTopology } from './openTopology.ts';
import type { VtctldAddress } from './tabletOptions.ts';
import { vtctldRoute } from './tabletRoute.ts';

/** What every command says of where it works and how it answers. */
export interface CommonOptions {
  readonly format: 'text' | 'json';
  /** Milliseconds for reading. */
  readonly timeoutMs: number;
}

/** A topology that was read. */
export interface OpenedTopology {
  /** What is written. */
  readonly topology: Topology;
  /** What is read: with the workflows where vtctld was asked for them. */
  readonly reader: Topology;
  readonly data: TopologyData;
  readonly diagnosed: DiagnosedTopology;
  /** Aborts when the operator interrupts, or the time for reading is over. */
  readonly inTime: AbortSignal;
}

/** Opens and reads a topology, works on it, and closes it; whatever cannot be done is told, with exit code 2. */
export async function onTopology(
  options: CommonOptions & { readonly address: TopologyAddress; readonly vtctld?: VtctldAddress },
  environment: CommandEnvironment,
  work: (opened: OpenedTopology) => Promise<ExitCode>,
): Promise<ExitCode> {
  return failing(options, environment, async () => {
    const topology = await openTopology(options.address, environment.credentials);
    try {
      const { timeoutMs } = options;
      const { signal } = environment;
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const reader = await readerOf(topology, options.vtctld, environment);
      const data = await reader.read({ signal, timeoutMs });
      return await work({ topology, reader, data, diagnosed: diagnose(decodeSnapshot(data)), inTime });
    } finally {
      await topology.close();
    }
  });
}

/** What is read: the topology, with its workflows where vtctld is to be asked for them. What writes works on the topology alone. */
async function readerOf(
  topology: Topology,
  vtctld: VtctldAddress | undefined,
  { credentials }: CommandEnvironment,
): Promise<Topology> {
  if (vtctld === undefined) return topology;
  const route = await vtctldRoute(vtctld, credentials);
  // gRPC is large, and most commands have no vtctld.
  const { openVtctld } = await import('./openRefresher.ts');
  const { withWorkflows } = await import('../vtctld/withWorkflows.ts');
  return withWorkflows(topology, await openVtctld(route));
}

/** Tells why a command could not be done, in its format, with exit code 2. */
export async function failing(
  { format }: Pick<CommonOptions, 'format'>,
  environment: CommandEnvironment,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TopologyError || error instanceof SnapshotExportError)) throw error;
    if (format === 'json') environment.out(jsonText(failureJson(error)));
    environment.err(`vitess-topo: ${error.message}\n`);
    return 2;
  }
}
