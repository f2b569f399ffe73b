import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Session, SessionState } from '../../src/host/session.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';

/** A session in a state. */
export function sessionIn(state: SessionState, name = 'production'): Session {
  return { connection: { name, kind: 'etcd', detail: '127.0.0.1:2379' }, state };
}

/** A session that has just read a topology. */
export function sessionOf(data: TopologyData, name = 'production'): Session {
  const topology = { data, diagnosed: diagnose(decodeSnapshot(data)), loadedAt: data.readAt };
  return sessionIn({ status: 'loaded', topology }, name);
}
