import type { ILeaseTimeToLiveResponse, IRangeRequest, IRangeResponse, ITxnRequest, ITxnResponse } from 'etcd3';
import { etcdError, isAnswer } from './errors.ts';
import type { EtcdAccess } from './etcdAccess.ts';
import { endpointNames } from './etcdAddress.ts';
import type { EtcdEndpoint } from './etcdAddress.ts';
import type { EtcdCalls } from './etcdClient.ts';
import { EtcdMember } from './etcdMember.ts';
import { raceSignal, withLimit } from './readScope.ts';
import { TopologyError } from './topology.ts';

/** What became of a request that was sent once. */
export type Sent<T> =
  | { readonly answer: T }
  /** No member could be asked. */
  | { readonly unsent: TopologyError }
  /** etcd answered with an error. */
  | { readonly refused: TopologyError }
  /** No answer came: it may have been carried out, or be carried out later. */
  | { readonly lost: TopologyError };

const ATTEMPT_MS = 5000;

/** Calls to one etcd cluster through whichever of its endpoints answers first; kept open between reads. */
export class EtcdConnection {
  readonly endpoints: readonly EtcdEndpoint[];
  private readonly access: EtcdAccess;
  private readonly closing = new AbortController();
  private member: EtcdMember | undefined;
  private dialing: Promise<EtcdMember> | undefined;

  constructor(endpoints: readonly EtcdEndpoint[], access: EtcdAccess) {
    this.endpoints = endpoints;
    this.access = access;
  }

  /** The endpoints for people. */
  get name(): string {
    return endpointNames(this.endpoints);
  }

  /** Makes sure that a member answers, within the dial limit; rejects with a TopologyError. */
  async ready(signal: AbortSignal): Promise<void> {
    const { member } = this;
    if (member !== undefined) {
      try {
        await member.check(signal);
        return;
      } catch {
        signal.throwIfAborted();
        await this.drop(member);
      }
    }
    await this.connected(signal);
  }

  range(request: IRangeRequest, signal: AbortSignal): Promise<IRangeResponse> {
    return this.call(signal, ({ kv }) => kv.range(request));
  }

  /** A lease's times; a TTL of -1 says that the lease is gone. */
  leaseTimeToLive(id: string, signal: AbortSignal): Promise<ILeaseTimeToLiveResponse> {
    return this.call(signal, ({ lease }) => lease.leaseTimeToLive({ ID: id }));
  }

  /** Watches through one member until the stream breaks; rejects with a TopologyError, after which another member may be asked. */
  async watch(signal: AbortSignal, run: (calls: EtcdCalls) => Promise<never>): Promise<never> {
    const member = await this.connected(signal);
    try {
      return await member.watch(signal, run);
    } catch (error) {
      if (!signal.aborted && error instanceof TopologyError && error.code === 'unreachable') await this.drop(member);
      throw error;
    }
  }

  /**
   * Makes a writer's call that may be made twice. A member that stays silent for
   * `ATTEMPT_MS` counts as lost; then it is made once more on another one.
   */
  async repeatable<T>(signal: AbortSignal, run: (calls: EtcdCalls) => Promise<T>): Promise<T> {
    let sent = await this.once(signal, run);
    if ('lost' in sent) {
      signal.throwIfAborted();
      sent = await this.once(signal, run);
    }
    if ('answer' in sent) return sent.answer;
    throw failureOfSent(sent);
  }

  /** Sends a transaction once and says what became of it; never rejects. */
  transact(request: ITxnRequest, signal: AbortSignal): Promise<Sent<ITxnResponse>> {
    return this.once(signal, ({ kv }) => kv.txn(request));
  }

  async close(): Promise<void> {
    this.closing.abort(this.closedError());
    await this.dialing?.catch(() => undefined);
    if (this.member !== undefined) await this.drop(this.member);
  }

  /** Makes one call; when the member is lost in it, once more on whichever member answers then. */
  private async call<T>(signal: AbortSignal, run: (calls: EtcdCalls) => Promise<T>): Promise<T> {
    const member = await this.connected(signal);
    try {
      return await member.call(signal, run);
    } catch (error) {
      if (signal.aborted || !(error instanceof TopologyError) || error.code !== 'unreachable') throw error;
      await this.drop(member);
      const next = await this.connected(signal);
      return next.call(signal, run);
    }
  }

  private async once<T>(signal: AbortSignal, run: (calls: EtcdCalls) => Promise<T>): Promise<Sent<T>> {
    let member: EtcdMember;
    try {
      signal.throwIfAborted();
      member = await this.connected(signal);
    } catch (error) {
      return { unsent: etcdError(error, `etcd at ${this.name}`) };
    }
    const silent = (): TopologyError =>
      new TopologyError({
        code: 'unreachable',
        message: `etcd at ${this.name}: no answer within ${ATTEMPT_MS / 1000} s. Check the network and the load of etcd.`,
      });
    try {
      return {
        answer: await withLimit(signal, ATTEMPT_MS, silent, (limited) => member.call(limited, run, 'write')),
      };
    } catch (error) {
      const failure = etcdError(error, `etcd at ${this.name}`);
      if (isAnswer(failure)) return { refused: failure };
      await this.drop(member);
      return { lost: failure };
    }
  }

  // Calls that need a member at the same time share one dial, and one caller's end must not be the others'.
  private connected(signal: AbortSignal): Promise<EtcdMember> {
    if (this.member !== undefined) return Promise.resolve(this.member);
    if (this.closing.signal.aborted) return Promise.reject(this.closedError());
    this.dialing ??= this.dialFirst().finally(() => {
      this.dialing = undefined;
    });
    return raceSignal(this.dialing, signal);
  }

  private async dialFirst(): Promise<EtcdMember> {
    const race = new AbortController();
    const signal = AbortSignal.any([race.signal, this.closing.signal]);
    const dials = this.endpoints.map((endpoint) => EtcdMember.dial(endpoint, this.access, signal));
    try {
      const first = await Promise.any(dials);
      this.member = first;
      race.abort(new TopologyError({ code: 'cancelled', message: 'Another endpoint answered first.' }));
      for (const dial of await Promise.allSettled(dials)) {
        if (dial.status === 'fulfilled' && dial.value !== first) await dial.value.close();
      }
      return first;
    } catch (error) {
      throw error instanceof AggregateError ? allFailed(error.errors as TopologyError[]) : error;
    }
  }

  private async drop(member: EtcdMember): Promise<void> {
    if (this.member === member) this.member = undefined;
    await member.close();
  }

  private closedError(): TopologyError {
    return new TopologyError({ code: 'cancelled', message: `The connection to etcd at ${this.name} is closed.` });
  }
}

/** Why a request that was sent once has no answer. */
export function failureOfSent(sent: Exclude<Sent<unknown>, { readonly answer: unknown }>): TopologyError {
  if ('unsent' in sent) return sent.unsent;
  return 'refused' in sent ? sent.refused : sent.lost;
}

/** The failure of all endpoints as one: an answer that refuses says more than an address that is silent. */
function allFailed(errors: readonly TopologyError[]): TopologyError {
  const telling = errors.find((error) => error.code !== 'unreachable') ?? errors[0];
  if (telling === undefined) return new TopologyError({ code: 'invalid', message: 'No etcd address is given.' });
  if (errors.length === 1) return telling;
  const message = `None of ${errors.length} etcd addresses can be used: ${errors.map((error) => error.message).join(' | ')}`;
  return new TopologyError({ code: telling.code, message }, { cause: telling });
}
