import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Tablet } from '../records/gen/topodata_pb.js';
import type {
  Keyspace,
  MoveTablesCompleteResponse,
  RefreshStateByShardResponse,
  TopologyCell,
  Workflow,
  WorkflowStatusResponse,
} from '../records/gen/vtctldata_pb.js';
import { Vtctld } from '../records/gen/vtctlservice_pb.js';
import { checkCredentials } from '../topology/etcdAccess.ts';
import { callChanging, callOnce, callPatiently, type CallLimits } from './grpcCall.ts';
import { grpcServer, type GrpcAccess, type GrpcServer } from './grpcServer.ts';
import { switchTrafficMessage, type SwitchTrafficRequest, type SwitchTrafficResult } from './switchTraffic.ts';

/** Which of a keyspace's workflows, and how much of them. */
export interface WorkflowSelection {
  /** Only this one. */
  readonly workflow?: string;
  /** Whether the streams' logs come with them. */
  readonly includeLogs?: boolean;
}

/** What a MoveTables complete would do; it is only ever asked for as a dry run. */
export interface CompleteDryRun {
  readonly keyspace: string;
  readonly workflow: string;
  readonly keepData?: boolean;
  readonly keepRoutingRules?: boolean;
}

/**
 * vtctld over gRPC. Every method rejects with a TopologyError that says the cause and the next step:
 * `unimplemented` where this vtctld's release does not know the call. Each is sent once, but a refresh:
 * that is sent again while vtctld cannot be reached and the time allows.
 */
export class VtctldClient {
  /** For people, e.g. `vtctld at 10.0.0.1:15999`. */
  readonly description: string;
  private readonly server: GrpcServer;

  /** Throws a TopologyError for credentials that cannot work with any server. */
  constructor(address: { readonly host: string; readonly port: number }, access: GrpcAccess = {}) {
    checkCredentials(access);
    this.server = grpcServer('vtctld', 'vtctld', address, access);
    this.description = this.server.place;
  }

  async getKeyspaces(limits: CallLimits): Promise<readonly Keyspace[]> {
    return (await this.ask(Vtctld.method.getKeyspaces, {}, limits)).keyspaces;
  }

  /** The keyspace's workflows, with their streams. vtctld asks every shard's primary; one that does not answer fails it all. */
  async getWorkflows(
    keyspace: string,
    limits: CallLimits,
    { workflow = '', includeLogs = false }: WorkflowSelection = {},
  ): Promise<readonly Workflow[]> {
    const request = { keyspace, workflow, includeLogs };
    return (await this.ask(Vtctld.method.getWorkflows, request, limits)).workflows;
  }

  /** A workflow's traffic state in vtctld's words, and how far each table is copied. */
  workflowStatus(keyspace: string, workflow: string, limits: CallLimits): Promise<WorkflowStatusResponse> {
    return this.ask(Vtctld.method.workflowStatus, { keyspace, workflow }, limits);
  }

  /** The tablets of a keyspace, or of one of its shards. A cell that vtctld cannot read fails the call. */
  async getTablets(keyspace: string, shard: string | undefined, limits: CallLimits): Promise<readonly Tablet[]> {
    const request = { keyspace, shard: shard ?? '', strict: true };
    return (await this.ask(Vtctld.method.getTablets, request, limits)).tablets;
  }

  /** A place in the topology as vtctld shows it: a record in words, or the names of what is below. */
  async getTopologyPath(path: string, limits: CallLimits, { asJson = false } = {}): Promise<TopologyCell | undefined> {
    return (await this.ask(Vtctld.method.getTopologyPath, { path, asJson }, limits)).cell;
  }

  /** What `MoveTables complete` would do, step by step. Nothing is done. */
  completeDryRun(request: CompleteDryRun, limits: CallLimits): Promise<MoveTablesCompleteResponse> {
    const { keyspace: targetKeyspace, ...rest } = request;
    return this.ask(Vtctld.method.moveTablesComplete, { ...rest, targetKeyspace, dryRun: true }, limits);
  }

  /** Has vtctld call a tablet, which changes nothing; rejects when the tablet does not answer. `alias` is as Vitess writes it. */
  async pingTablet(alias: string, limits: CallLimits): Promise<void> {
    const dash = alias.lastIndexOf('-');
    const tabletAlias = { cell: alias.slice(0, dash), uid: Number(alias.slice(dash + 1)) };
    await callOnce(this.server, Vtctld.method.pingTablet, { tabletAlias }, limits);
  }

  /** Has a shard's tablets read their Shard record. */
  refreshStateByShard(keyspace: string, shard: string, limits: CallLimits): Promise<RefreshStateByShardResponse> {
    return callPatiently(this.server, Vtctld.method.refreshStateByShard, { keyspace, shard }, limits);
  }

  /** Rebuilds the SrvVSchema of these cells, or of all. */
  async rebuildVSchemaGraph(cells: readonly string[], limits: CallLimits): Promise<void> {
    await callChanging(this.server, Vtctld.method.rebuildVSchemaGraph, { cells: [...cells] }, limits);
  }

  /**
   * Switches traffic, or tells what it would do. Rejects with `unknown-outcome` when vtctld was asked and gave no
   * answer: it may have switched, it may be at it, it may be rolling back. Its locks in the topology tell.
   */
  async switchTraffic(request: SwitchTrafficRequest, limits: CallLimits): Promise<SwitchTrafficResult> {
    const message = switchTrafficMessage(request);
    const { summary, startState, currentState, dryRunResults } = await callChanging(
      this.server,
      Vtctld.method.workflowSwitchTraffic,
      message,
      limits,
    );
    return { summary, startState, currentState, dryRunResults };
  }

  private ask<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    limits: CallLimits,
  ): Promise<MessageShape<O>> {
    return callOnce(this.server, method, request, limits);
  }
}
