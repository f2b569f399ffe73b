import { setMaxListeners } from 'node:events';
import type { RefreshOptions, TabletAnswer, TabletDialer, TabletTarget } from '../repair/ports.ts';
import type { TopologyError } from '../topology/topology.ts';
import { isAnswer } from './grpcServer.ts';
import type { VtctldClient } from './vtctldClient.ts';

/** Has vtctld ping the tablets (PingTablet), for where they cannot be reached from here. */
export class VtctldDialer implements TabletDialer {
  private readonly client: VtctldClient;

  constructor(client: VtctldClient) {
    this.client = client;
  }

  async dial({ alias }: TabletTarget, { signal, timeoutMs }: RefreshOptions): Promise<TabletAnswer> {
    // Every call in flight listens; that is no leak.
    setMaxListeners(0, signal);
    try {
      await this.client.pingTablet(alias, { signal, timeoutMs });
      return { status: 'answers' };
    } catch (caught) {
      const error = caught as TopologyError;
      // What vtctld did not say says nothing of the tablet.
      const knows = isAnswer(error) && error.code !== 'unimplemented';
      return { status: knows ? 'silent' : 'not-dialled', reason: error.message };
    }
  }
}
