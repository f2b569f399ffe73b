/** Proxies before the etcd and the tablets of a world. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { TabletSchema } from '../../src/records/gen/topodata_pb.js';
import type { EtcdTopologyOptions } from '../../src/topology/etcdTopology.ts';
import { startProxy, type ProxyMode, type TcpProxy } from '../harness/tcpProxy.ts';
import type { FaultWorld } from './faultWorld.ts';

export class Proxies {
  readonly etcd: TcpProxy;
  /** By alias. */
  readonly tablets: ReadonlyMap<string, TcpProxy>;

  private constructor(etcd: TcpProxy, tablets: ReadonlyMap<string, TcpProxy>) {
    this.etcd = etcd;
    this.tablets = tablets;
  }

  /** Puts a proxy before the world's etcd, for whoever uses `topology`, and before each tablet for everybody. */
  static async put(world: FaultWorld): Promise<Proxies> {
    const tablets = new Map<string, TcpProxy>();
    for (const { alias, server } of world.tablets.all) {
      tablets.set(alias, await startProxy(`127.0.0.1:${server.port}`));
    }
    for (const [name, value] of world.initial) {
      const proxy = tablets.get(/\/tablets\/([^/]+)\/Tablet$/.exec(name)?.[1] ?? '');
      if (proxy === undefined) continue;
      const tablet = fromBinary(TabletSchema, value);
      tablet.portMap['grpc'] = Number(proxy.address.split(':')[1]);
      await world.etcd.client.put(world.keyOf(name)).value(Buffer.from(toBinary(TabletSchema, tablet)));
    }
    await world.begin();
    return new Proxies(await startProxy(world.etcd.address), tablets);
  }

  /** With these a topology comes to etcd through the proxy only. */
  topology({ state, topology }: FaultWorld): EtcdTopologyOptions {
    const cells = state.data.cells.map(({ cell }) => cell).filter((cell) => cell !== state.otherCell);
    const cellAddresses = Object.fromEntries(cells.map((cell) => [cell, 'global']));
    return { ...topology, endpoints: [this.etcd.address], cellAddresses };
  }

  setAll(mode: ProxyMode): void {
    for (const proxy of [this.etcd, ...this.tablets.values()]) proxy.set(mode);
  }

  async stop(): Promise<void> {
    await Promise.all([this.etcd, ...this.tablets.values()].map((proxy) => proxy.stop()));
  }
}
