import { etcdError, isAuthenticationOff, needsNewToken } from './errors.ts';
import { checkSecrecy } from './etcdAccess.ts';
import type { EtcdAccess } from './etcdAccess.ts';
import type { EtcdEndpoint } from './etcdAddress.ts';
import { EtcdClient } from './etcdClient.ts';
import type { EtcdCalls } from './etcdClient.ts';
import { knock } from './etcdDial.ts';
import type { Purpose } from './errorMeanings.ts';
import { withLimit } from './readScope.ts';
import { TopologyError } from './topology.ts';

/** An open connection to one etcd member, logged in where a user is given. */
export class EtcdMember {
  private readonly endpoint: EtcdEndpoint;
  private readonly access: EtcdAccess;
  private readonly client: EtcdClient;
  private token: string | undefined;

  private constructor(endpoint: EtcdEndpoint, access: EtcdAccess) {
    this.endpoint = endpoint;
    this.access = access;
    this.client = new EtcdClient(endpoint, access.tls);
  }

  /** Connects and logs in within the dial limit; rejects with a TopologyError. */
  static async dial(endpoint: EtcdEndpoint, access: EtcdAccess, parent: AbortSignal): Promise<EtcdMember> {
    return withLimit(parent, access.dialTimeoutMs, silence(endpoint, access), async (signal) => {
      await guard(endpoint, signal, () => knock(endpoint, access.tls, signal));
      const member = new EtcdMember(endpoint, access);
      try {
        await member.askStatus(signal);
        await guard(endpoint, signal, () => member.logIn(signal));
        return member;
      } catch (error) {
        await member.close();
        throw error;
      }
    });
  }

  /** Resolves when the member still answers within the dial limit; rejects with a TopologyError. */
  check(parent: AbortSignal): Promise<void> {
    const { endpoint, access } = this;
    return withLimit(parent, access.dialTimeoutMs, silence(endpoint, access), (signal) => this.askStatus(signal));
  }

  /** Makes one call; logs in anew once where etcd asks for it. Rejects with a TopologyError. */
  call<T>(signal: AbortSignal, run: (calls: EtcdCalls) => Promise<T>, purpose: Purpose = 'read'): Promise<T> {
    const step = async (): Promise<T> => {
      try {
        return await run(this.client.calls(signal, this.token));
      } catch (error) {
        if (!needsNewToken(error)) throw error;
        await this.logIn(signal);
        return run(this.client.calls(signal, this.token));
      }
    };
    return guard(this.endpoint, signal, step, purpose);
  }

  /** Watches until the stream breaks; rejects with a TopologyError. */
  watch(signal: AbortSignal, run: (calls: EtcdCalls) => Promise<never>): Promise<never> {
    return guard(this.endpoint, signal, async () => {
      // etcd 3.4 calls an expired token of a watch "permission denied", which no call can tell from the real one.
      await this.logIn(signal);
      return run(this.client.calls(signal, this.token));
    });
  }

  close(): Promise<void> {
    return this.client.shutdown();
  }

  // Status needs no permission and no leader, so it tells a silent member from one that is in trouble.
  private async askStatus(signal: AbortSignal): Promise<void> {
    const { leader } = await guard(this.endpoint, signal, () => this.client.calls(signal).maintenance.status());
    if (leader === '0') throw etcdError(new Error('no leader'), place(this.endpoint));
  }

  private async logIn(signal: AbortSignal): Promise<void> {
    const { user, password = '' } = this.access;
    if (user === undefined) return;
    checkSecrecy(this.endpoint, this.access);
    try {
      this.token = (await this.client.calls(signal).auth.authenticate({ name: user, password })).token;
    } catch (error) {
      if (!isAuthenticationOff(error)) throw error;
      this.token = undefined;
    }
  }
}

/** Runs one step and gives its error as a TopologyError, or the signal's reason when that ended it. */
async function guard<T>(
  endpoint: EtcdEndpoint,
  signal: AbortSignal,
  step: () => Promise<T>,
  purpose?: Purpose,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw etcdError(signal.aborted ? signal.reason : error, place(endpoint), purpose);
  }
}

function place(endpoint: EtcdEndpoint): string {
  return `etcd at ${endpoint.address}`;
}

function silence(endpoint: EtcdEndpoint, { dialTimeoutMs }: EtcdAccess): () => TopologyError {
  return () =>
    new TopologyError({
      code: 'unreachable',
      message: `${place(endpoint)}: nothing answered within ${dialTimeoutMs / 1000} s. Check the address, the network, the firewall and the VPN.`,
    });
}
