import { create, type MessageShape } from '@bufbuild/protobuf';
import type { TabletTypeName } from '../model/move.ts';
import { TabletType } from '../records/gen/topodata_pb.js';
import { WorkflowSwitchTrafficRequestSchema } from '../records/gen/vtctldata_pb.js';
import { TopologyError } from '../topology/topology.ts';

/** A SwitchTraffic, or with `backward` a ReverseTraffic, as vtctld is asked for it. */
export interface SwitchTrafficRequest {
  /** The target keyspace of the forward workflow, in either direction. */
  readonly keyspace: string;
  /** The name of the forward workflow, in either direction. */
  readonly workflow: string;
  readonly direction: 'forward' | 'backward';
  /** At least one. */
  readonly tabletTypes: readonly TabletTypeName[];
  /** Of reads only; empty or absent: all cells. */
  readonly cells?: readonly string[];
  /** Of a partial move; empty or absent: all its shards. vtctld of v19 and later knows this, vtctldclient does not send it. */
  readonly shards?: readonly string[];
  /** How long vtctld waits for the target to catch up, and what its locks' leases are made for; at least 1, and 30 in vtctldclient. */
  readonly timeoutSeconds: number;
  /** The most that the target may lag behind for vtctld to begin; 30 in vtctldclient. */
  readonly maxReplicationLagSeconds: number;
  /** Whether the workflow that replicates back is made and started. */
  readonly enableReverseReplication: boolean;
  readonly initializeTargetSequences?: boolean;
  /** True: nothing is switched; vtctld tells what it would do. It refreshes tablets for its checks all the same. */
  readonly dryRun: boolean;
}

/** What vtctld says when it is done. The states are its words for the traffic state. */
export interface SwitchTrafficResult {
  /** One sentence. */
  readonly summary: string;
  readonly startState: string;
  /** Empty after a dry run. */
  readonly currentState: string;
  /** What would be done, step by step; empty unless it was a dry run. */
  readonly dryRunResults: readonly string[];
}

const types: Readonly<Record<TabletTypeName, TabletType>> = {
  primary: TabletType.PRIMARY,
  replica: TabletType.REPLICA,
  rdonly: TabletType.RDONLY,
};
/** The numbers of workflow.TrafficSwitchDirection. */
const directions = { forward: 0, backward: 1 } as const;

/** The message for vtctld; throws a TopologyError for what vtctld would take for something else. */
export function switchTrafficMessage(
  request: SwitchTrafficRequest,
): MessageShape<typeof WorkflowSwitchTrafficRequestSchema> {
  const { keyspace, workflow, direction, tabletTypes, cells = [], shards = [], timeoutSeconds } = request;
  if (tabletTypes.length === 0) throw refused('no tablet type is chosen. Choose primary, replica or rdonly.');
  // vtctld answers a shorter one with neither a result nor an error.
  if (!(timeoutSeconds >= 1)) throw refused(`its timeout is ${timeoutSeconds} s. Allow at least 1 s.`);
  return create(WorkflowSwitchTrafficRequestSchema, {
    keyspace,
    workflow,
    cells: [...cells],
    shards: [...shards],
    tabletTypes: tabletTypes.map((type) => types[type]),
    direction: directions[direction],
    timeout: duration(timeoutSeconds),
    maxReplicationLagAllowed: duration(request.maxReplicationLagSeconds),
    enableReverseReplication: request.enableReverseReplication,
    initializeTargetSequences: request.initializeTargetSequences ?? false,
    dryRun: request.dryRun,
  });
}

function duration(seconds: number): { seconds: bigint; nanos: number } {
  const whole = Math.floor(seconds);
  return { seconds: BigInt(whole), nanos: Math.round((seconds - whole) * 1e9) };
}

function refused(why: string): TopologyError {
  return new TopologyError({ code: 'invalid', message: `Traffic was not switched: ${why}` });
}
