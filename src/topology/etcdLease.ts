import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { failureOf, isLeaseGone } from './errors.ts';
import type { EtcdConnection } from './etcdConnection.ts';
import { TopologyError } from './topology.ts';

const RETRY_MS = 1000;

/** A lease that is renewed every third of its lifetime, through whichever member answers, until it is revoked. */
export class EtcdLease {
  /** Decimal, as Vitess names lock keys after it. */
  readonly id: string;
  /** The id of the cluster that granted it. */
  readonly cluster: string;
  /** Aborted, with a TopologyError, when it is gone or its time has run out by this machine's clock. */
  readonly lost: AbortSignal;
  private readonly connection: EtcdConnection;
  private readonly losing = new AbortController();
  private readonly ending = new AbortController();
  private readonly expiry: { timer?: NodeJS.Timeout } = {};
  private lastFailure = 'etcd did not renew it in time.';

  private constructor(connection: EtcdConnection, id: string, cluster: string) {
    this.connection = connection;
    this.id = id;
    this.cluster = cluster;
    this.lost = this.losing.signal;
    setMaxListeners(0, this.lost);
  }

  /** Has etcd grant a lease and keeps it alive; rejects with a TopologyError. */
  static async grant(connection: EtcdConnection, ttlSeconds: number, signal: AbortSignal): Promise<EtcdLease> {
    const askedAt = performance.now();
    const { ID, TTL, header } = await connection.repeatable(signal, ({ lease }) =>
      lease.leaseGrant({ TTL: ttlSeconds }),
    );
    const lease = new EtcdLease(connection, ID, header.cluster_id);
    lease.livesUntil(askedAt + Number(TTL) * 1000);
    void lease.keepAlive((Number(TTL) * 1000) / 3);
    return lease;
  }

  /** Declares it lost, e.g. because a key that hangs on it is gone. */
  lose(reason: string): void {
    this.stop();
    const message = `The lease of this run’s locks is lost: ${reason} Nothing more is written. Start again.`;
    this.losing.abort(new TopologyError({ code: 'changed', message }));
  }

  /** Ends it, and so every key on it; false when etcd could not be told. */
  async revoke(signal: AbortSignal): Promise<boolean> {
    this.stop();
    try {
      await this.connection.repeatable(signal, ({ lease }) => lease.leaseRevoke({ ID: this.id }));
      return true;
    } catch (error) {
      return isLeaseGone(error);
    }
  }

  /** Lets it expire by itself. */
  stop(): void {
    this.ending.abort();
    clearTimeout(this.expiry.timer);
  }

  private async keepAlive(pauseMs: number): Promise<void> {
    const { signal } = this.ending;
    let renewed = true;
    for (;;) {
      await delay(renewed ? pauseMs : Math.min(RETRY_MS, pauseMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      renewed = await this.renew(signal);
    }
  }

  private async renew(signal: AbortSignal): Promise<boolean> {
    const askedAt = performance.now();
    try {
      const { TTL } = await this.connection.repeatable(signal, ({ keepAliveOnce }) => keepAliveOnce(this.id));
      if (Number(TTL) <= 0) this.lose('etcd says that it expired or was revoked.');
      else if (!signal.aborted) this.livesUntil(askedAt + Number(TTL) * 1000);
      return true;
    } catch (error) {
      if (error instanceof TopologyError) this.lastFailure = failureOf(error).message;
      return false;
    }
  }

  // Counted from before the question was sent: etcd counts from later, so it never forgets the lease first.
  private livesUntil(moment: number): void {
    clearTimeout(this.expiry.timer);
    this.expiry.timer = setTimeout(() => {
      this.lose(this.lastFailure);
    }, moment - performance.now());
  }
}
