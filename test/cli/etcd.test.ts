import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadCapture } from '../harness/capture.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { vitessTopo } from './vitessTopo.ts';

const captures = join(import.meta.dirname, '../captures');

interface Printed {
  readonly complete: boolean;
  readonly findings: readonly { readonly code: string; readonly record: string }[];
}

async function diagnosis(...address: string[]): Promise<Printed> {
  const { out } = await vitessTopo(['diagnose', ...address, '--format', 'json']);
  return JSON.parse(out) as Printed;
}

describe('vitess-topo on a real etcd', function () {
  this.timeout(30_000);
  for (const capture of ['04-all-switched', '12-reverse-vtctld-killed', '17-two-cells-replica-zone1']) {
    it(`gives the same findings for ${capture} as its folder does`, async () => {
      const etcd: EtcdServer = await startEtcd();
      try {
        const folder = join(captures, capture);
        await loadCapture(etcd, folder, { cellAddress: etcd.address });
        const live = await diagnosis('--etcd', etcd.address);
        const saved = await diagnosis('--snapshot', folder);
        const named = ({ findings }: Printed): string[] =>
          // A lock of the capture is as old as the capture: a live etcd can tell that nobody holds it any more.
          findings.map(({ code, record }) => `${record.includes('/locks/') ? 'lock' : code} ${record}`).sort();
        assert.ok(live.complete);
        assert.deepEqual(named(live), named(saved));
      } finally {
        await etcd.stop();
      }
    });
  }
});
