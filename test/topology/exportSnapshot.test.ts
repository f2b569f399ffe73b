import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import type { CellData, TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';
import { exportSnapshot } from '../../src/topology/exportSnapshot.ts';
import { SnapshotExportError } from '../../src/topology/snapshotExportError.ts';
import type { SnapshotExportCode } from '../../src/topology/snapshotExportError.ts';
import { FolderTopology } from '../../src/topology/folderTopology.ts';
import { sortRecords } from '../../src/topology/keys.ts';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { assertSays, bytes, captures, cellInfo, cellNamed, loadedRecords, topologyError } from './contract.ts';

const record = (recordPath: string, text = recordPath): TopologyRecord => ({ path: recordPath, value: bytes(text) });

function world(overrides: Partial<TopologyData> = {}): TopologyData {
  return {
    source: 'etcd 10.0.0.1:2379, root /vitess/global',
    readAt: Date.UTC(2026, 2, 4, 5, 6, 7, 89),
    revision: '144',
    globalRoot: '/vitess/global',
    global: sortRecords([
      { ...record('RoutingRules'), modRevision: '137' },
      { path: 'cells/zone1/CellInfo', value: cellInfo('127.0.0.1:2379', '/vitess/zone1') },
      { path: 'cells/zone2/CellInfo', value: cellInfo('10.0.0.2:2379', '/vitess/zone2') },
      { ...record('keyspaces/ks/locks/12'), modRevision: '140', lease: { kind: 'none' } },
      { ...record('keyspaces/ks/locks/34'), modRevision: '141', lease: { kind: 'unknown' } },
    ]),
    cells: [
      loaded('zone1', [record('SrvVSchema')]),
      { cell: 'zone2', status: 'failed', failure: { code: 'unreachable', message: 'zone2: nothing listens there' } },
    ],
    notes: ['zone1: read through the global etcd'],
    dumps: [{ name: 'GetTablets.json', text: '[]\n' }],
    ...overrides,
  };
}

function loaded(cell: string, records: readonly TopologyRecord[], root = `/vitess/${cell}`): CellData {
  return { cell, status: 'loaded', root, address: 'etcd.example:2379', records };
}

function exportError(code: SnapshotExportCode, ...texts: readonly (string | RegExp)[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof SnapshotExportError, String(error));
    assert.equal(error.code, code, error.message);
    for (const text of texts) assertSays(error.message, text);
    return true;
  };
}

describe('exportSnapshot', function () {
  this.timeout(20_000);
  let scratch: string;
  let out: string;
  const readBack = (): Promise<TopologyData> => new FolderTopology({ folder: out }).read();
  /** The data as a snapshot can give it back: it was read from there, and leases may have been renewed since. */
  const expected = (data: TopologyData): TopologyData => ({
    ...data,
    source: `snapshot folder ${out}, taken from ${data.source}`,
    global: data.global.map((item) => (item.lease?.kind === 'held' ? { ...item, lease: { kind: 'unknown' } } : item)),
  });
  const assertNothingWritten = async (): Promise<void> => {
    assert.deepEqual(await readdir(scratch), []);
  };
  beforeEach(async () => {
    scratch = await scratchFolder('export');
    out = path.join(scratch, 'out');
  });
  afterEach(() => rm(scratch, { recursive: true }));

  for (const capture of captures) {
    it(`writes capture ${capture} so that it reads back as it was`, async () => {
      const data = await new FolderTopology({ folder: `test/captures/${capture}` }).read();
      await exportSnapshot(data, out);
      assert.deepEqual(await readBack(), expected(data));
    });
  }

  it('gives revisions, leases, notes, dumps and failed cells back', async () => {
    await exportSnapshot(world(), out);
    assert.deepEqual(await readBack(), expected(world()));
  });

  it('lays keys out as their paths and writes what is left of a lease', async () => {
    const lease = { kind: 'held', id: '7668682433167134114', ttlSeconds: 12, grantedTtlSeconds: 60 } as const;
    const locked = { ...record('keyspaces/ks/locks/7668682433167134114'), lease };
    await exportSnapshot(world({ global: [...world().global, locked] }), out);
    assert.equal(await readFile(path.join(out, 'topo/vitess/zone1/SrvVSchema'), 'utf8'), 'SrvVSchema');
    const { kvs, ...rest } = JSON.parse(await readFile(path.join(out, 'etcd.json'), 'utf8')) as {
      kvs: readonly Record<string, unknown>[];
    } & Record<string, unknown>;
    assert.deepEqual(kvs[0], { key: '/vitess/global/RoutingRules', mod_revision: 137 });
    assert.deepEqual(
      kvs.find(({ ttl }) => ttl !== undefined),
      { key: `/vitess/global/${locked.path}`, lease: '7668682433167134114', ttl: 12, granted_ttl: 60 },
    );
    assert.equal(rest['readAt'], '2026-03-04T05:06:07.089Z');
    assert.deepEqual(rest['failedCells'], [
      { cell: 'zone2', code: 'unreachable', message: 'zone2: nothing listens there' },
    ]);
    const back = (await readBack()).global.find(({ path: name }) => name === locked.path);
    assert.deepEqual(back?.lease, { kind: 'unknown' });
  });

  it('gives a failed cell back as failed although its records are there', async () => {
    await exportSnapshot(world(), out);
    await mkdir(path.join(out, 'topo/vitess/zone2'));
    await writeFile(path.join(out, 'topo/vitess/zone2/SrvVSchema'), 'x');
    assert.equal(cellNamed(await readBack(), 'zone2').status, 'failed');
  });

  it('gives a loaded cell without records back as loaded', async () => {
    const data = world({ cells: [loaded('zone1', [])] });
    await exportSnapshot({ ...data, cells: [loaded('zone1', []), ...world().cells.slice(1)] }, out);
    assert.deepEqual(loadedRecords(await readBack(), 'zone1'), []);
  });

  it('keeps the cells of different clusters with one root apart', async () => {
    const cells = [
      loaded('zone1', [record('SrvVSchema', 'one'), record('tablets/a/Tablet')], '/vitess/local'),
      loaded('zone2', [record('SrvVSchema', 'two')], '/vitess/local'),
      loaded('zone3', [record('tablets/b/Tablet')], '/vitess/global'),
    ];
    await exportSnapshot(world({ cells }), out);
    assert.deepEqual((await readBack()).cells, cells);
  });

  it('keeps a global root without a leading slash', async () => {
    const data = world({ globalRoot: 'vitess/global' });
    await exportSnapshot(data, out);
    assert.deepEqual(await readBack(), expected(data));
  });

  it('keeps a topology without any cell', async () => {
    const data = world({ global: [record('keyspaces/ks/Keyspace')], cells: [] });
    await exportSnapshot(data, out);
    assert.deepEqual(await readBack(), expected(data));
  });

  it('makes missing parent folders and takes an empty folder', async () => {
    out = path.join(scratch, 'a/b/c');
    await mkdir(out, { recursive: true });
    await exportSnapshot(world(), out);
    assert.deepEqual(await readdir(path.join(scratch, 'a/b')), ['c']);
    assert.deepEqual((await readdir(out)).sort(), ['cli', 'etcd.json', 'topo']);
  });

  it('refuses a folder that is not empty and leaves it as it is', async () => {
    await mkdir(out);
    await writeFile(path.join(out, 'mine'), 'x');
    await assert.rejects(exportSnapshot(world(), out), exportError('target-exists', out, 'not empty'));
    assert.deepEqual(await readdir(out), ['mine']);
    assert.deepEqual(await readdir(scratch), ['out']);
  });

  it('refuses a file in the place of the folder', async () => {
    await writeFile(out, 'x');
    await assert.rejects(exportSnapshot(world(), out), exportError('target-exists', out));
    assert.equal(await readFile(out, 'utf8'), 'x');
  });

  it('writes nothing when the parent is no folder', async () => {
    await writeFile(out, 'x');
    await assert.rejects(exportSnapshot(world(), path.join(out, 'in')), SnapshotExportError);
    assert.deepEqual(await readdir(scratch), ['out']);
  });

  const hostile: Record<string, { name: string; says: string }> = {
    'leads out of the folder': { name: 'keyspaces/../../../../escape', says: 'leads to another folder' },
    'is a dot': { name: 'keyspaces/./Keyspace', says: 'leads to another folder' },
    'has an empty part': { name: 'keyspaces//Keyspace', says: 'a part of it is empty' },
    'ends with a slash': { name: 'keyspaces/ks/', says: 'a part of it is empty' },
    'contains a NUL': { name: 'keyspaces/a\0b/Keyspace', says: 'contains a NUL' },
    'has a part of 256 bytes': { name: `keyspaces/${'é'.repeat(128)}/Keyspace`, says: 'too long' },
    'is longer than a path may be': { name: `keyspaces/${'abcdefg/'.repeat(600)}Keyspace`, says: 'too long' },
    'is a record and a folder of records': { name: 'keyspaces/ks/locks/12/x', says: 'a file and a folder at once' },
  };
  for (const [what, { name, says }] of Object.entries(hostile)) {
    it(`refuses a key that ${what}, names it and writes nothing`, async () => {
      const data = world({ global: [...world().global, record(name)] });
      const shown = name.includes('locks') ? 'keyspaces/ks/locks/12' : JSON.stringify(name).slice(1, 40);
      await assert.rejects(exportSnapshot(data, out), exportError('unsafe-name', says, shown));
      await assertNothingWritten();
    });
  }

  it('refuses roots and dumps that lead out of the folder', async () => {
    const cells = [loaded('zone1', [], '/../../escape')];
    await assert.rejects(exportSnapshot(world({ cells }), out), exportError('unsafe-name', 'escape'));
    const dumps = [{ name: '../escape.json', text: '' }];
    await assert.rejects(exportSnapshot(world({ dumps }), out), exportError('unsafe-name', '../escape.json'));
    await assertNothingWritten();
  });

  it('refuses two records of one name', async () => {
    const data = world({ global: [...world().global, record('RoutingRules', 'other')] });
    await assert.rejects(exportSnapshot(data, out), exportError('unsafe-name', '/vitess/global/RoutingRules'));
    await assertNothingWritten();
  });

  it('writes nothing when it is cancelled', async () => {
    await assert.rejects(exportSnapshot(world(), out, AbortSignal.abort()), exportError('cancelled'));
    await assertNothingWritten();
  });

  it('leaves what another put into the place in the meantime', async () => {
    const exporting = exportSnapshot(world(), out);
    await mkdir(out);
    await writeFile(path.join(out, 'mine'), 'x');
    await exporting.then(
      () => assert.fail('the export replaced a folder that was not empty'),
      exportError('target-exists'),
    );
    assert.deepEqual(await readdir(out), ['mine']);
    assert.deepEqual(await readdir(scratch), ['out']);
  });

  it('makes a folder that the umask alone restricts', async () => {
    await exportSnapshot(world(), out);
    await mkdir(path.join(scratch, 'plain'));
    assert.equal((await stat(out)).mode, (await stat(path.join(scratch, 'plain'))).mode);
  });

  it('gives any records back, or refuses all', async () => {
    const part = fc.oneof(
      fc.stringMatching(/^[a-z.-]{1,3}$/),
      fc.string({ minLength: 1, maxLength: 5, unit: 'binary' }),
    );
    const names = fc.uniqueArray(
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
      {
        maxLength: 8,
      },
    );
    let written = 0;
    await fc.assert(
      fc.asyncProperty(names, fc.uint8Array({ maxLength: 20 }), async (paths, value) => {
        const global = sortRecords([
          ...world().global,
          ...paths.map((name) => ({ path: `keyspaces/x/${name}`, value: new Uint8Array(value) })),
        ]).map((item) => (/locks\/[0-9]+$/.test(item.path) ? { ...item, lease: { kind: 'unknown' } as const } : item));
        const data = world({ global });
        try {
          await exportSnapshot(data, out);
        } catch (error) {
          exportError('unsafe-name')(error);
          await assertNothingWritten();
          return;
        }
        written++;
        assert.deepEqual(await readBack(), expected(data));
        await rm(out, { recursive: true });
      }),
      { numRuns: 200 },
    );
    assert.ok(written > 20, `${written} of 200 were written`);
  });

  it('writes what the folder adapter refuses to take for empty once its cell is removed', async () => {
    await exportSnapshot(world(), out);
    await rm(path.join(out, 'topo/vitess/zone1'), { recursive: true });
    assert.equal(cellNamed(await readBack(), 'zone1').status, 'failed');
    await rm(path.join(out, 'topo/vitess/global'), { recursive: true });
    await assert.rejects(readBack(), topologyError('not-found'));
  });
});
