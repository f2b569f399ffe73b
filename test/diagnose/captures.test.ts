import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, type DiagnosedTopology } from '../../src/diagnose/diagnose.ts';
import { recordName } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { FolderTopology } from '../../src/topology/folderTopology.ts';

const captures = join(import.meta.dirname, '../captures');

async function read(capture: string): Promise<TopologyData> {
  const topology = new FolderTopology({ folder: join(captures, capture) });
  try {
    return await topology.read();
  } finally {
    await topology.close();
  }
}

function named({ findings }: DiagnosedTopology): string[] {
  return findings.map(({ code, places: [{ record }] }) => `${code} ${recordName(record)}`);
}

/** The data with one record's bytes replaced. */
function withBytes(data: TopologyData, path: string, value: Uint8Array): TopologyData {
  return { ...data, global: data.global.map((record) => (record.path === path ? { ...record, value } : record)) };
}

describe('diagnose on the captures', () => {
  for (const capture of ['00-before', '01-created', '02-rdonly-switched', '04-all-switched']) {
    it(`finds nothing in ${capture}`, async () => {
      const diagnosed = diagnose(decodeSnapshot(await read(capture)));
      assert.deepEqual(named(diagnosed), []);
      assert.ok(diagnosed.complete);
    });
  }

  it('names the outage, both sides, the stale SrvVSchema and the three locks of the killed reverse', async () => {
    const diagnosed = diagnose(decodeSnapshot(await read('12-reverse-vtctld-killed')));
    assert.deepEqual(named(diagnosed), [
      'serving-side-denied keyspaces/customer/shards/-80/Shard',
      'serving-side-denied keyspaces/customer/shards/80-/Shard',
      'other-side-not-denied keyspaces/commerce/shards/0/Shard',
      'stale-srv-vschema zone1/SrvVSchema',
      'held-lock internal/named_locks/commerce/commerce2customer_reverse/locks/7668682433167134081',
      'held-lock keyspaces/commerce/locks/7668682433167134119',
      'held-lock keyspaces/customer/locks/7668682433167134114',
    ]);
  });

  it('says of the two cells only that their reads differ on purpose', async () => {
    const diagnosed = diagnose(decodeSnapshot(await read('17-two-cells-replica-zone1')));
    assert.deepEqual(named(diagnosed), ['reads-differ-by-cell zone2/SrvVSchema']);
    assert.equal(diagnosed.findings[0]?.severity, 'info');
  });

  it("tells the traffic state in the words of Vitess's own status, with the dumps and from the records alone", async () => {
    let compared = 0;
    for (const capture of readdirSync(captures).filter((name) => /^\d/.test(name))) {
      const cli = join(captures, capture, 'cli');
      const data = await read(capture);
      for (const file of readdirSync(cli).filter((name) => name.startsWith('MoveTablesStatus'))) {
        const status = JSON.parse(readFileSync(join(cli, file), 'utf8')) as { traffic_state: string };
        for (const given of [data, { ...data, dumps: [] }]) {
          const { moves } = diagnose(decodeSnapshot(given));
          assert.deepEqual(
            moves.map(({ trafficState }) => trafficState),
            [status.traffic_state],
          );
          compared += 1;
        }
      }
    }
    assert.ok(compared >= 10);
  });

  it('never takes a damaged record for a healthy one', async () => {
    const data = await read('04-all-switched');
    const damaged = ['RoutingRules', 'keyspaces/commerce/shards/0/Shard', 'keyspaces/customer/VSchema'];
    for (const path of damaged) {
      const diagnosed = diagnose(decodeSnapshot(withBytes(data, path, new Uint8Array([0xff, 0xff, 0x01]))));
      assert.equal(diagnosed.complete, false);
      assert.ok(named(diagnosed).includes(`record-unreadable ${path}`));
    }
  });
});
