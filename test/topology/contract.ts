import assert from 'node:assert/strict';
import type { CellData, TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';
import { TopologyError } from '../../src/topology/topology.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { encodeCellInfo, readCapture } from '../harness/capture.ts';

/** What an adapter is to hold: whole keys, and a cell that cannot be read there. */
export interface World {
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly root: string;
  readonly failedCell?: string;
}

/** An adapter over a world; `close` also removes what the adapter read from. */
export interface OpenWorld {
  readonly topology: Topology;
  /** Texts that must appear nowhere. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

export const captures: readonly string[] = [
  '00-before',
  '01-created',
  '02-rdonly-switched',
  '04-all-switched',
  '12-reverse-vtctld-killed',
  '17-two-cells-replica-zone1',
];

const ROOT = '/vitess/global';

/** The records of a capture as whole keys. */
export async function captureKeys(capture: string): Promise<Map<string, Uint8Array>> {
  const entries = await readCapture(`test/captures/${capture}`);
  return new Map(entries.map(({ key, value }) => [key, new Uint8Array(value)]));
}

/** A topology of two cells with the given further keys. */
export function smallWorld(more: Readonly<Record<string, Uint8Array>> = {}): Map<string, Uint8Array> {
  return new Map(
    Object.entries({
      '/vitess/global/cells/zone1/CellInfo': cellInfo('127.0.0.1:2379', '/vitess/zone1'),
      '/vitess/global/cells/zone2/CellInfo': cellInfo('127.0.0.1:2379', '/vitess/zone2'),
      '/vitess/global/keyspaces/ks/Keyspace': bytes('ks'),
      '/vitess/zone1/SrvVSchema': bytes('one'),
      '/vitess/zone2/SrvVSchema': bytes('two'),
      ...more,
    }),
  );
}

/** All records of a snapshot as whole keys. */
export function wholeKeys(data: TopologyData): Map<string, Uint8Array> {
  const whole = (root: string, records: readonly TopologyRecord[]): [string, Uint8Array][] =>
    records.map(({ path, value }) => [`${root}/${path}`, value]);
  const cells = data.cells.flatMap((cell) => (cell.status === 'loaded' ? whole(cell.root, cell.records) : []));
  return new Map([...whole(data.globalRoot, data.global), ...cells]);
}

/** The cell of this name. */
export function cellNamed(data: TopologyData, name: string): CellData {
  const cell = data.cells.find((candidate) => candidate.cell === name);
  return cell ?? assert.fail(`no cell ${name}`);
}

/** The records of a cell that must have been loaded. */
export function loadedRecords(data: TopologyData, name: string): readonly TopologyRecord[] {
  const cell = cellNamed(data, name);
  return cell.status === 'loaded' ? cell.records : assert.fail(cell.failure.message);
}

/** What a rejection must be: a TopologyError of this code whose message has all the texts. */
export function topologyError(code: string, ...texts: readonly (string | RegExp)[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof TopologyError, String(error));
    assert.equal(error.code, code, error.message);
    for (const text of texts) assertSays(error.message, text);
    return true;
  };
}

export function assertSays(message: string, text: string | RegExp): void {
  if (typeof text === 'string') assert.ok(message.includes(text), `"${message}" does not say "${text}"`);
  else assert.match(message, text);
}

/** The bytes of a CellInfo record. */
export function cellInfo(address: string, root: string): Uint8Array {
  return new Uint8Array(encodeCellInfo(address, root));
}

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

/** What holds for every adapter alike; `open` makes one that holds a world. */
export function topologyContract(name: string, open: (world: World) => Promise<OpenWorld>): void {
  describe(`${name} as a Topology`, function () {
    this.timeout(20_000);
    const opened: OpenWorld[] = [];
    const make = async (keys: ReadonlyMap<string, Uint8Array>, rest: Partial<World> = {}): Promise<OpenWorld> => {
      const world = await open({ keys, root: ROOT, ...rest });
      opened.push(world);
      return world;
    };
    const read = async (keys: ReadonlyMap<string, Uint8Array>, rest?: Partial<World>): Promise<TopologyData> =>
      (await make(keys, rest)).topology.read();
    afterEach(async () => {
      for (const world of opened.splice(0)) await world.close();
    });

    for (const capture of captures) {
      it(`gives every record of capture ${capture} byte for byte`, async () => {
        const keys = await captureKeys(capture);
        const data = await read(keys);
        assert.deepEqual(wholeKeys(data), keys);
        assert.equal(data.globalRoot, ROOT);
        assert.ok(data.cells.every((cell) => cell.status === 'loaded'));
      });
    }

    it('gives the cells by name with their roots', async () => {
      const data = await read(await captureKeys('17-two-cells-replica-zone1'));
      const roots = data.cells.map((cell) => [cell.cell, cell.status === 'loaded' ? cell.root : undefined]);
      assert.deepEqual(roots, [
        ['zone1', '/vitess/zone1'],
        ['zone2', '/vitess/zone2'],
      ]);
    });

    it('gives records in the order of their paths, on every read', async () => {
      const { topology } = await make(await captureKeys('12-reverse-vtctld-killed'));
      const first = await topology.read();
      const paths = first.global.map(({ path }) => path);
      assert.deepEqual(paths, [...paths].sort());
      const second = await topology.read();
      assert.deepEqual(wholeKeys(second), wholeKeys(first));
    });

    it('gives a lease for lock keys and for no other', async () => {
      const data = await read(await captureKeys('12-reverse-vtctld-killed'));
      const withLease = data.global.filter(({ lease }) => lease !== undefined).map(({ path }) => path);
      assert.deepEqual(withLease, [
        'internal/named_locks/commerce/commerce2customer_reverse/locks/7668682433167134081',
        'keyspaces/commerce/locks/7668682433167134119',
        'keyspaces/customer/locks/7668682433167134114',
      ]);
    });

    it('gives a record of no bytes, which is not an absent one', async () => {
      const data = await read(smallWorld({ '/vitess/global/RoutingRules': bytes('') }));
      assert.deepEqual(data.global.find(({ path }) => path === 'RoutingRules')?.value, bytes(''));
    });

    it('gives any bytes and any UTF-8 names unchanged', async () => {
      const value = Uint8Array.from({ length: 256 }, (_, index) => index);
      const names = ['-80', '80-', 'кириллица', '表', 'a b', 'a+b', 'a%2Fb', "quote'", 'A', 'trailing.', '😀'];
      const more = Object.fromEntries(names.map((key) => [`/vitess/global/keyspaces/ks/shards/${key}/Shard`, value]));
      const keys = smallWorld(more);
      assert.deepEqual(wholeKeys(await read(keys)), keys);
    });

    it('leaves out keys that are no part of a snapshot', async () => {
      const keys = smallWorld();
      const others = smallWorld({
        '/vitess/global/elections/vtctld/locks/1': bytes('x'),
        '/vitess/global/keyspacesX/ks/Keyspace': bytes('x'),
        '/vitess/global/RoutingRulesX': bytes('x'),
        '/vitess/zone1/RoutingRules': bytes('x'),
        '/vitess/globalX/keyspaces/ks/Keyspace': bytes('x'),
        '/other/global/keyspaces/ks/Keyspace': bytes('x'),
      });
      assert.deepEqual(wholeKeys(await read(others)), keys);
    });

    it('gives a cell that cannot be read as failed, and the rest', async () => {
      const data = await read(await captureKeys('17-two-cells-replica-zone1'), { failedCell: 'zone2' });
      const cell = cellNamed(data, 'zone2');
      assert.ok(cell.status === 'failed');
      assertSays(cell.failure.message, 'zone2');
      assert.ok(loadedRecords(data, 'zone1').length > 5);
      assert.ok(data.global.length > 5);
    });

    it('gives a cell whose CellInfo does not decode as failed, and names the record', async () => {
      const keys = smallWorld({ '/vitess/global/cells/zone2/CellInfo': Uint8Array.of(0x0a, 0xff) });
      const data = await read(keys);
      const cell = cellNamed(data, 'zone2');
      assert.ok(cell.status === 'failed');
      assert.equal(cell.failure.code, 'invalid');
      assertSays(cell.failure.message, 'cells/zone2/CellInfo');
      assert.equal(loadedRecords(data, 'zone1').length, 1);
    });

    it('gives a cell whose CellInfo names no root as failed', async () => {
      const data = await read(smallWorld({ '/vitess/global/cells/zone2/CellInfo': bytes('') }));
      const cell = cellNamed(data, 'zone2');
      assert.ok(cell.status === 'failed');
      assert.equal(cell.failure.code, 'invalid');
    });

    it('rejects with not-found when the global root holds no cell and no keyspace', async () => {
      const { topology } = await make(smallWorld(), { root: '/vitess/globl' });
      await assert.rejects(topology.read(), topologyError('not-found', '/vitess/globl/cells/'));
    });

    it('rejects with not-found when nothing is stored at all', async () => {
      const { topology } = await make(new Map());
      await assert.rejects(topology.read(), topologyError('not-found'));
    });

    it('takes a root with a slash at its end for the same root', async () => {
      assert.equal((await read(smallWorld(), { root: '/vitess/global/' })).globalRoot, ROOT);
    });

    it('rejects with cancelled when the signal is aborted before the read', async () => {
      const { topology } = await make(smallWorld());
      await assert.rejects(topology.read({ signal: AbortSignal.abort() }), topologyError('cancelled'));
    });

    it('rejects with cancelled when the signal aborts in the read', async () => {
      const { topology } = await make(smallWorld());
      const controller = new AbortController();
      const reading = topology.read({ signal: controller.signal });
      controller.abort();
      await assert.rejects(reading, topologyError('cancelled'));
      assert.equal(wholeKeys(await topology.read()).size, 5);
    });

    it('rejects with cancelled after it was closed', async () => {
      const { topology } = await make(smallWorld());
      await topology.read();
      await topology.close();
      await assert.rejects(topology.read(), topologyError('cancelled'));
    });

    it('describes itself without credentials', async () => {
      const { topology, secrets } = await make(smallWorld());
      const data = await topology.read();
      assert.ok(topology.description.length > 0);
      assert.ok(data.source.startsWith(topology.description));
      for (const secret of secrets) assert.ok(!JSON.stringify([topology.description, data]).includes(secret));
    });

    it('says when it was read', async () => {
      const { readAt } = await read(smallWorld());
      assert.ok(Math.abs(readAt - Date.now()) < 20_000, new Date(readAt).toISOString());
    });
  });
}
