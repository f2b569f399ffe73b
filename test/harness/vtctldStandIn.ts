import { setTimeout as delay } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { status, type Metadata } from '@grpc/grpc-js';
import {
  RefreshStateByShardResponseSchema,
  Vtctld,
  type RefreshStateByShardRequest,
} from '../../src/records/gen/vtctlservice_pb.js';
import { LoopbackServer, StatusError, type ServerTls } from './grpcServer.ts';
import type { StandInTablet, StandInTablets } from './tablet.ts';

export interface VtctldOptions {
  readonly tablets: StandInTablets;
  readonly tls?: ServerTls;
  /** Vitess's static authentication. */
  readonly auth?: { readonly user: string; readonly password: string };
  /** How long a tablet may take (15 s in Vitess). */
  readonly remoteOperationTimeoutMs?: number;
}

/** A stand-in for vtctld that knows RefreshStateByShard. */
export class StandInVtctld {
  readonly server: LoopbackServer;
  /** What it calls partial whatever its tablets say: its topology gave only some of the tablets. */
  partialRecords: string | undefined;
  private readonly options: VtctldOptions;

  constructor(options: VtctldOptions) {
    this.options = options;
    this.server = new LoopbackServer(
      Vtctld,
      (_method, request, metadata) => this.refreshStateByShard(request as RefreshStateByShardRequest, metadata),
      options.tls,
    );
  }

  stop(): void {
    this.server.close();
  }

  private async refreshStateByShard(request: RefreshStateByShardRequest, metadata: Metadata): Promise<object> {
    this.authenticate(metadata);
    const { keyspace, shard } = request;
    const tablets = this.options.tablets.of(keyspace, shard);
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
export async function startVtctld(options: VtctldOptions): Promise<StandInVtctld> {
  const vtctld = new StandInVtctld(options);
  await vtctld.server.listen();
  return vtctld;
}
