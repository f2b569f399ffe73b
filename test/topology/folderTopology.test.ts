import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FolderTopology } from '../../src/topology/folderTopology.ts';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { assertSays, bytes, captureKeys, captures, cellNamed, loadedRecords } from './contract.ts';
import { smallWorld, topologyContract, topologyError, wholeKeys } from './contract.ts';

async function writeKeys(folder: string, keys: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(path.join(folder, 'topo'), { recursive: true });
  for (const [key, value] of keys) {
    const file = path.join(folder, 'topo', key);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, value);
  }
}

topologyContract('FolderTopology', async ({ keys, root, failedCell }) => {
  const folder = await scratchFolder('snapshot');
  await writeKeys(folder, keys);
  if (failedCell !== undefined) await rm(path.join(folder, 'topo/vitess', failedCell), { recursive: true });
  const topology = new FolderTopology({ folder, root });
  return {
    topology,
    secrets: [],
    close: async () => {
      await topology.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('FolderTopology', () => {
  let folder: string;
  const inTopo = (...parts: string[]): string => path.join(folder, 'topo', ...parts);
  beforeEach(async () => {
    folder = await scratchFolder('snapshot');
    await writeKeys(folder, smallWorld());
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const capture of captures) {
    it(`finds the global root, revisions and dumps of capture ${capture}`, async () => {
      const data = await new FolderTopology({ folder: `test/captures/${capture}` }).read();
      assert.equal(data.globalRoot, '/vitess/global');
      assert.deepEqual(wholeKeys(data), await captureKeys(capture));
      assert.match(data.revision ?? '', /^\d+$/);
      const records = [...data.global, ...data.cells.flatMap((cell) => (cell.status === 'loaded' ? cell.records : []))];
      assert.ok(records.every(({ modRevision }) => modRevision !== undefined));
      assert.ok(data.dumps.some(({ name, text }) => name === 'GetRoutingRules.json' && text.startsWith('{')));
      assert.ok(data.dumps.some(({ name }) => name === 'Validate.txt'));
      assert.deepEqual(data.notes, []);
    });
  }

  it('takes the topo folder itself for its snapshot', async () => {
    const data = await new FolderTopology({ folder: 'test/captures/12-reverse-vtctld-killed/topo' }).read();
    assert.equal(data.revision, '144');
    assert.ok(data.dumps.length > 10);
  });

  it('reads a copy of etcd’s keys that is in no topo folder', async () => {
    const data = await new FolderTopology({ folder: inTopo('vitess') }).read();
    assert.equal(data.globalRoot, '/global');
    assert.deepEqual(
      data.cells.map(({ status }) => status),
      ['failed', 'failed'],
    );
  });

  it('gives the lease of a lock as unknown, and as none where etcd.json says 0', async () => {
    const lock = '/vitess/global/keyspaces/ks/locks';
    await writeKeys(folder, new Map([1, 2, 3].map((id) => [`${lock}/${id}`, bytes('{}')])));
    const kvs = [
      { key: `${lock}/1`, mod_revision: 9, lease: 0 },
      { key: `${lock}/2`, mod_revision: '10', lease: '7668682433167134114' },
    ];
    await writeFile(path.join(folder, 'etcd.json'), JSON.stringify({ revision: 12, kvs }));
    const { global } = await new FolderTopology({ folder }).read();
    const locks = global.filter(({ lease }) => lease).map(({ modRevision, lease }) => [modRevision, lease?.kind]);
    assert.deepEqual(locks, [
      ['9', 'none'],
      ['10', 'unknown'],
      [undefined, 'unknown'],
    ]);
  });

  it('takes the time of etcd.json, else that of the newest record', async () => {
    for (const [key] of smallWorld()) await utimes(inTopo(key), 1_000_000, 1_000_000);
    await utimes(inTopo('vitess/zone2/SrvVSchema'), 2_000_000, 2_000_000);
    assert.equal((await new FolderTopology({ folder }).read()).readAt, 2_000_000_000);
    await writeFile(path.join(folder, 'etcd.json'), '{"readAt":"2026-01-02T03:04:05.678Z"}');
    assert.equal((await new FolderTopology({ folder }).read()).readAt, Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  });

  for (const [what, text] of Object.entries({
    'that is no JSON': '{',
    'that is a list': '[]',
    'with a revision that is no number': '{"revision":"x"}',
    'with a key that is no text': '{"kvs":[{"key":1}]}',
    'with a time that is none': '{"readAt":"yesterday"}',
  })) {
    it(`says that an etcd.json ${what} is not valid, and reads the records`, async () => {
      await writeFile(path.join(folder, 'etcd.json'), text);
      const data = await new FolderTopology({ folder }).read();
      assert.equal(data.notes.length, 1);
      assertSays(data.notes[0] ?? '', /Revisions and leases are unknown.*etcd\.json is not valid/);
      assert.equal(data.revision, undefined);
      assert.equal(wholeKeys(data).size, 5);
    });
  }

  it('says which records of etcd.json the folder does not hold', async () => {
    const kvs = ['/vitess/global/RoutingRules', '/vitess/zone1/tablets/zone1-1/Tablet', '/vitess/global/elections/x'];
    await writeFile(path.join(folder, 'etcd.json'), JSON.stringify({ kvs: kvs.map((key) => ({ key })) }));
    const { notes } = await new FolderTopology({ folder }).read();
    assert.equal(notes.length, 1);
    assertSays(notes[0] ?? '', '2 records without a file');
    assertSays(notes[0] ?? '', '/vitess/zone1/tablets/zone1-1/Tablet');
  });

  it('gives a cell whose folder is missing as not found, never as empty', async () => {
    await rm(inTopo('vitess/zone2'), { recursive: true });
    const cell = cellNamed(await new FolderTopology({ folder }).read(), 'zone2');
    assert.ok(cell.status === 'failed');
    assert.equal(cell.failure.code, 'not-found');
    assertSays(cell.failure.message, '/vitess/zone2');
  });

  it('rejects with not-found for a folder that does not exist', async () => {
    const topology = new FolderTopology({ folder: path.join(folder, 'gone') });
    await assert.rejects(topology.read(), topologyError('not-found', 'gone', 'does not exist'));
  });

  it('rejects with not-found for a file', async () => {
    const topology = new FolderTopology({ folder: inTopo('vitess/zone1/SrvVSchema') });
    await assert.rejects(topology.read(), topologyError('not-found', 'is not a folder'));
  });

  it('rejects with not-found for a folder without any CellInfo', async () => {
    await rm(inTopo('vitess/global/cells'), { recursive: true });
    await assert.rejects(new FolderTopology({ folder }).read(), topologyError('not-found', 'CellInfo', '--root'));
    assert.equal((await new FolderTopology({ folder, root: '/vitess/global' }).read()).global.length, 1);
  });

  it('asks which root is meant when there are several', async () => {
    await writeKeys(folder, new Map([['/b/global/cells/z/CellInfo', bytes('x')]]));
    await assert.rejects(
      new FolderTopology({ folder }).read(),
      topologyError('invalid', '/b/global, /vitess/global', '--root'),
    );
    assert.equal((await new FolderTopology({ folder, root: 'vitess/global' }).read()).global.length, 3);
  });

  it('names the roots there are when the given one is wrong', async () => {
    const topology = new FolderTopology({ folder, root: '/vitess/globl' });
    await assert.rejects(topology.read(), topologyError('not-found', '/vitess/globl/cells/', 'under /vitess/global.'));
  });

  it('follows a symbolic link that stays in the folder', async () => {
    await rename(inTopo('vitess/zone2'), path.join(folder, 'elsewhere'));
    await symlink(path.join(folder, 'elsewhere'), inTopo('vitess/zone2'));
    assert.equal(loadedRecords(await new FolderTopology({ folder }).read(), 'zone2').length, 1);
  });

  const broken: Record<string, { make: (place: string) => Promise<unknown>; says: string }> = {
    'a symbolic link out of the folder': {
      make: (place) => symlink('/etc/passwd', place),
      says: 'is a symbolic link out of the snapshot',
    },
    'a symbolic link to nowhere': { make: (place) => symlink('nowhere', place), says: 'does not exist' },
    'a symbolic link in a circle': {
      make: (place) => symlink(path.dirname(place), place),
      says: 'leads in a circle',
    },
    'a pipe': {
      make: (place) => Promise.resolve(execFileSync('mkfifo', [place])),
      says: 'is neither a file nor a folder',
    },
    'a file of more than 64 MB': {
      make: (place) => writeFile(place, '').then(() => truncate(place, 64 * 1024 * 1024 + 1)),
      says: 'is larger than 64 MB',
    },
  };
  for (const [what, { make, says }] of Object.entries(broken)) {
    it(`gives a cell with ${what} among its records as failed`, async () => {
      await mkdir(inTopo('vitess/zone2/tablets/zone2-1'), { recursive: true });
      await make(inTopo('vitess/zone2/tablets/zone2-1/Tablet'));
      const data = await new FolderTopology({ folder }).read();
      const cell = cellNamed(data, 'zone2');
      assert.ok(cell.status === 'failed');
      assertSays(cell.failure.message, says);
      assertSays(cell.failure.message, 'zone2-1/Tablet');
      assert.equal(loadedRecords(data, 'zone1').length, 1);
    });

    it(`rejects, naming the file, with ${what} among the global records`, async () => {
      await make(inTopo('vitess/global/RoutingRules'));
      await assert.rejects(new FolderTopology({ folder }).read(), (error: Error) => {
        assertSays(error.message, says);
        assertSays(error.message, 'global/RoutingRules');
        return true;
      });
    });
  }

  it('takes no notice of what cannot be read outside a snapshot’s records', async () => {
    await symlink('/etc/passwd', inTopo('vitess/global/elections'));
    await symlink('/etc/passwd', inTopo('other'));
    assert.equal(wholeKeys(await new FolderTopology({ folder }).read()).size, 5);
  });

  it('gives a cell with an unreadable folder as failed', async () => {
    await chmod(folder, 0o755);
    await chmod(inTopo('vitess/zone2'), 0);
    const isRoot = process.geteuid?.() === 0;
    // Nothing is unreadable to root.
    if (isRoot) process.seteuid?.(65_534);
    const reading = new FolderTopology({ folder }).read();
    const data = await reading.finally(() => isRoot && process.seteuid?.(0));
    await chmod(inTopo('vitess/zone2'), 0o700);
    const cell = cellNamed(data, 'zone2');
    assert.ok(cell.status === 'failed');
    assert.equal(cell.failure.code, 'permission-denied');
    assertSays(cell.failure.message, 'vitess/zone2');
    assert.equal(loadedRecords(data, 'zone1').length, 1);
  });

  it('leaves out, with a note, a dump that cannot be read', async () => {
    const cli = path.join(folder, 'cli');
    await mkdir(cli);
    await writeFile(path.join(cli, 'GetTablets.json'), '[]');
    await writeFile(path.join(cli, 'notes.md'), 'no dump');
    await symlink('/etc/passwd', path.join(cli, 'Validate.txt'));
    const data = await new FolderTopology({ folder }).read();
    assert.deepEqual(data.dumps, [{ name: 'GetTablets.json', text: '[]' }]);
    assert.equal(data.notes.length, 1);
    assertSays(data.notes[0] ?? '', /Left out: .*Validate\.txt.*symbolic link/);
  });

  it('rejects with timeout when there is no time', async () => {
    await assert.rejects(new FolderTopology({ folder }).read({ timeoutMs: 0 }), topologyError('timeout'));
  });
});
