import { setTimeout as delay } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { status, type Metadata } from '@grpc/grpc-js';
import {
  RefreshStateByShardResponseSchema,
  type RefreshStateByShardRequest,
} from '../../src/records/gen/vtctldata_pb.js';
import { Vtctld } from '../../src/records/gen/vtctlservice_pb.js';
import { LoopbackServer, StatusError, type ServerTls } from './grpcServer.ts';
import type { StandInTablet, StandInTablets } from './tablet.ts';

/** Answers to calls by the method's name; a call that has none is one that this vtctld's release does not know. */
export type VtctldAnswers = Readonly<Record<string, (request: never) => object | Promise<object>>>;

export interface VtctldOptions {
  /** What it refreshes; none where a test needs none. */
  readonly tablets?: StandInTablets;
  /** What it answers besides RefreshStateByShard; rejecting with a StatusError is an answer too. */
  readonly answers?: VtctldAnswers;
  readonly tls?: ServerTls;
  /** Vitess's static authentication. */
  readonly auth?: { readonly user: string; readonly password: string };
  /** How long a tablet may take (15 s in Vitess). */
  readonly remoteOperationTimeoutMs?: number;
}

/** A stand-in for vtctld: refreshes its tablets, and answers other calls as it is told. */
export class StandInVtctld {
  readonly server: LoopbackServer;
  /** What it calls partial whatever its tablets say: its topology gave only some of the tablets. */
  partialRecords: string | undefined;
  /** What it answers from now on. */
  answers: VtctldAnswers;
  private readonly options: VtctldOptions;

  constructor(options: VtctldOptions) {
    this.options = options;
    this.answers = options.answers ?? {};
    this.server = new LoopbackServer(
      Vtctld,
      (method, request, metadata) => this.answer(method, request, metadata),
      options.tls,
    );
  }

  stop(): void {
    this.server.close();
  }

  private async answer(method: string, request: object, metadata: Metadata): Promise<object> {
    this.authenticate(metadata);
    if (method === 'RefreshStateByShard') return this.refreshStateByShard(request as RefreshStateByShardRequest);
    const answer = this.answers[method];
    if (answer !== undefined) return answer(request as never);
    throw new StatusError(status.UNIMPLEMENTED, `unknown method ${method} for service vtctlservice.Vtctld`);
  }

  private async refreshStateByShard({ keyspace, shard }: RefreshStateByShardRequest): Promise<object> {
    const tablets = this.options.tablets?.of(keyspace, shard) ?? [];
    if (tablets.length === 0) {
      throw new StatusError(status.UNKNOWN, `Failed to get shard ${keyspace}/${shard}/: node doesn't exist`);
    }
    const failures = await Promise.all(tablets.map((tablet) => this.failureOf(tablet)));
    const partialRefreshDetails = `${this.partialRecords ?? ''}${failures.join('')}`;
    const isPartialRefresh = partialRefreshDetails !== '';
    return create(RefreshStateByShardResponseSchema, { isPartialRefresh, partialRefreshDetails });
  }

  private authenticate(metadata: Metadata): void {
    const { auth } = this.options;
    if (auth === undefined) return;
    const [user] = metadata.get('username');
    const [password] = metadata.get('password');
    if (user === undefined || password === undefined) {
      throw new StatusError(status.UNAUTHENTICATED, 'username and password must be provided');
    }
    if (user !== auth.user || password !== auth.password) {
      const details = `auth failure: caller "${user.toString()}" provided invalid credentials`;
      throw new StatusError(status.PERMISSION_DENIED, details);
    }
  }

  /** In Vitess's words, which it strings together without a separator; empty when the tablet answered. */
  private async failureOf(tablet: StandInTablet): Promise<string> {
    const late = delay(this.options.remoteOperationTimeoutMs ?? 15_000, undefined, { ref: false }).then(() => {
      throw new StatusError(status.DEADLINE_EXCEEDED, 'context deadline exceeded');
    });
    try {
      await Promise.race([tablet.refreshState(), late]);
      return '';
    } catch (error) {
      return `failed to refresh tablet ${tablet.alias}: rpc error: ${(error as Error).message}`;
    }
  }
}

/** Starts a stand-in for vtctld on a free loopback port. */
export async function startVtctld(options: VtctldOptions = {}): Promise<StandInVtctld> {
  const vtctld = new StandInVtctld(options);
  await vtctld.server.listen();
  return vtctld;
}
