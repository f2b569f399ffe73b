import { setTimeout as delay } from 'node:timers/promises';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import type { Lease } from 'etcd3';
import { TabletType } from '../../src/records/gen/topodata_pb.js';
import {
  GetKeyspacesResponseSchema,
  GetWorkflowsResponseSchema,
  PingTabletResponseSchema,
  WorkflowStatusResponseSchema,
  WorkflowSwitchTrafficResponseSchema,
  type GetWorkflowsRequest,
  type WorkflowSchema,
  type WorkflowSwitchTrafficRequest,
} from '../../src/records/gen/vtctldata_pb.js';
import { eventFiles, readEvents, type CapturedEvent } from '../support/captures.ts';
import type { EtcdServer } from './etcd.ts';
import { StatusError } from './grpcServer.ts';
import { startVtctld, type StandInVtctld, type VtctldOptions } from './vtctldStandIn.ts';

/** What vtctld does when it is asked to switch, after its dry run. It ends by answering, or by rejecting with a StatusError. */
export type TrafficScript = (vtctld: TrafficVtctld, request: WorkflowSwitchTrafficRequest) => Promise<void>;

const name = 'commerce2customer';
const forward = { keyspace: 'customer', name };
const reverse = { keyspace: 'commerce', name: `${name}_reverse` };

/** Writes to a real etcd what a real vtctld wrote when it switched or reversed, and tells the workflows that there were then. */
export class TrafficVtctld {
  readonly vtctld: StandInVtctld;
  readonly requests: WorkflowSwitchTrafficRequest[] = [];
  /** Who has the writes; the workflows are told by it. */
  serving: 'commerce' | 'customer';
  script: TrafficScript = (vtctld, request) => vtctld.play(eventsOf(request));
  private readonly etcd: EtcdServer;
  private readonly leases = new Map<string, Lease>();

  private constructor(etcd: EtcdServer, vtctld: StandInVtctld, serving: TrafficVtctld['serving']) {
    this.etcd = etcd;
    this.vtctld = vtctld;
    this.serving = serving;
    vtctld.answers = {
      ...vtctld.answers,
      GetKeyspaces: () =>
        create(GetKeyspacesResponseSchema, { keyspaces: [{ name: 'commerce' }, { name: 'customer' }] }),
      GetWorkflows: (request: GetWorkflowsRequest) =>
        create(GetWorkflowsResponseSchema, { workflows: this.workflows(request.keyspace) }),
      WorkflowStatus: () => create(WorkflowStatusResponseSchema, { trafficState: trafficState(this.serving) }),
      PingTablet: () => create(PingTabletResponseSchema),
      WorkflowSwitchTraffic: (request: WorkflowSwitchTrafficRequest) => this.switchTraffic(request),
    };
  }

  static async start(
    etcd: EtcdServer,
    serving: TrafficVtctld['serving'],
    options: VtctldOptions = {},
  ): Promise<TrafficVtctld> {
    return new TrafficVtctld(etcd, await startVtctld(options), serving);
  }

  /** `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${this.vtctld.server.port}`;
  }

  stop(): void {
    this.vtctld.stop();
  }

  /** Writes events in their order; locks have leases of their own. */
  async play(events: readonly CapturedEvent[], paceMs = 0): Promise<void> {
    for (const { record, value } of events) {
      if (paceMs > 0) await delay(paceMs);
      const key = `/vitess/${record.cell ?? 'global'}/${record.path}`;
      if (value === undefined) await this.remove(key);
      else await this.put(key, Buffer.from(value));
    }
  }

  /** Its locks go at once, as after a rollback that gave up; fails the call as vtctld does then. */
  async giveUp(): Promise<never> {
    await this.dropLocks();
    throw new StatusError(status.UNKNOWN, 'failed to cancel the migration; manual cleanup work may be necessary');
  }

  /** Ends the connections without an answer, as a vtctld that is killed; its locks go with their leases, here at once. */
  async die(): Promise<never> {
    await this.dropLocks();
    this.vtctld.stop();
    throw new StatusError(status.UNAVAILABLE, 'the process was killed');
  }

  private async dropLocks(): Promise<void> {
    for (const lease of this.leases.values()) await lease.revoke().catch(() => undefined);
    this.leases.clear();
  }

  private async switchTraffic(request: WorkflowSwitchTrafficRequest): Promise<object> {
    this.requests.push(request);
    const target = request.direction === 0 ? 'customer' : 'commerce';
    if (request.dryRun) {
      const dryRunResults = [
        `Switch reads for tables [corder,customer] to keyspace ${target} for tablet types [REPLICA,RDONLY]`,
        `Lock keyspace ${this.serving}`,
        `Stop writes on keyspace ${this.serving} for tables [corder,customer]: [keyspace:${this.serving}]`,
        `Enable writes on keyspace ${target} for tables [corder,customer]`,
      ];
      return create(WorkflowSwitchTrafficResponseSchema, { summary: 'dry run results', dryRunResults });
    }
    const startState = trafficState(this.serving);
    await this.script(this, request);
    if (request.tabletTypes.includes(TabletType.PRIMARY)) this.serving = target;
    return create(WorkflowSwitchTrafficResponseSchema, {
      summary: `SwitchTraffic was successful for workflow ${request.keyspace}.${request.workflow}`,
      startState,
      currentState: trafficState(this.serving),
    });
  }

  private workflows(keyspace: string): MessageInitShape<typeof WorkflowSchema>[] {
    const switched = this.serving === 'customer';
    if (keyspace === forward.keyspace) return [workflow(forward, 'commerce', ['-80', '80-'], switched)];
    return keyspace === reverse.keyspace && switched ? [workflow(reverse, 'customer', ['0'], false)] : [];
  }

  private async put(key: string, value: Buffer): Promise<void> {
    const put = this.etcd.client.put(key).value(value);
    if (!key.includes('/locks/')) {
      await put.exec();
      return;
    }
    const lease = this.leases.get(key) ?? this.etcd.client.lease(60);
    this.leases.set(key, lease);
    await put.lease(await lease.grant()).exec();
  }

  private async remove(key: string): Promise<void> {
    const lease = this.leases.get(key);
    this.leases.delete(key);
    if (lease === undefined) await this.etcd.client.delete().key(key).exec();
    else await lease.revoke();
  }
}

/** Every write of the whole operation that is asked for. */
export function eventsOf({ direction }: Pick<WorkflowSwitchTrafficRequest, 'direction'>): CapturedEvent[] {
  return readEvents(direction === 0 ? eventFiles[1] : eventFiles[0]);
}

/** Writes a whole ReverseTraffic after a capture in which all is switched: nothing is switched then. */
export async function reverseAll(etcd: EtcdServer): Promise<void> {
  const vtctld = await TrafficVtctld.start(etcd, 'customer');
  try {
    await vtctld.play(readEvents('reverse-all-ok'));
  } finally {
    vtctld.stop();
  }
}

function trafficState(serving: TrafficVtctld['serving']): string {
  return serving === 'customer' ? 'All Reads Switched. Writes Switched' : 'Reads Not Switched. Writes Not Switched';
}

function workflow(
  { keyspace, name: workflowName }: { readonly keyspace: string; readonly name: string },
  source: string,
  shards: readonly string[],
  frozen: boolean,
): MessageInitShape<typeof WorkflowSchema> {
  const shardStreams = shards.map((shard, index) => [
    `${shard}/zone1-0000000${index + 2}00`,
    {
      isPrimaryServing: true,
      streams: [
        {
          id: 1n,
          shard,
          tablet: { cell: 'zone1', uid: (index + 2) * 100 },
          binlogSource: {
            keyspace: source,
            shard: source === 'commerce' ? '0' : '-80',
            filter: { rules: [{ match: 'corder' }, { match: 'customer' }] },
          },
          state: frozen ? 'Stopped' : 'Running',
          message: frozen ? 'FROZEN' : '',
        },
      ],
    },
  ]);
  return {
    name: workflowName,
    workflowType: 'MoveTables',
    source: { keyspace: source, shards: source === 'commerce' ? ['0'] : ['-80', '80-'] },
    target: { keyspace, shards: [...shards] },
    shardStreams: Object.fromEntries(shardStreams) as Record<string, object>,
  };
}
