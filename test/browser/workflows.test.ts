import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import type { Locator } from 'playwright-core';
import { GetWorkflowsResponseSchema, type GetWorkflowsRequest } from '../../src/records/gen/vtctldata_pb.js';
import { loadCapture } from '../harness/capture.ts';
import { capturedAnswers } from '../harness/capturedAnswers.ts';
import { openWorkbench, type Workbench } from '../harness/editor/workbench.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { startVtctld, type StandInVtctld } from '../harness/vtctldStandIn.ts';

const CAPTURE = path.resolve(import.meta.dirname, '../captures/12-reverse-vtctld-killed');

describe('the workflows of a vtctld', function () {
  this.timeout(120_000);
  let etcd: EtcdServer;
  let vtctld: StandInVtctld;
  let workbench: Workbench;
  const row = (name: RegExp): Locator => workbench.page.locator('.sidebar').getByRole('treeitem', { name }).first();

  before(async () => {
    etcd = await startEtcd();
    await loadCapture(etcd, CAPTURE, { cellAddress: etcd.address });
    vtctld = await startVtctld({
      answers: {
        ...capturedAnswers,
        // Of customer, which has no workflow, a real vtctld's answer has no bytes.
        GetWorkflows: (request: GetWorkflowsRequest) =>
          request.keyspace === 'customer'
            ? create(GetWorkflowsResponseSchema)
            : (capturedAnswers['GetWorkflows']?.(request as never) ?? {}),
      },
    });
    const address = `127.0.0.1:${vtctld.server.port}`;
    const cluster = { kind: 'etcd', endpoints: [etcd.address], root: '/vitess/global' };
    workbench = await openWorkbench({
      folder: 'test/browser/fixtures/empty',
      settings: {
        'workbench.colorTheme': 'Default Dark Modern',
        'vitessTopo.connections': [{ ...cluster, name: 'cluster', vtctld: { address } }],
      },
    });
    await workbench.openViewContainer('Vitess Topo');
  });
  after(async () => {
    await workbench.close();
    vtctld.stop();
    await etcd.stop();
  });

  it('are shown below the move with their streams, and what is missing', async () => {
    await row(/^move commerce\.commerce2customer_reverse, 4 errors, 1 warning/).waitFor();
    await row(/^warning: The forward workflow of commerce\.commerce2customer_reverse is missing/).waitFor();
    const workflow = row(/^reverse workflow commerce\.commerce2customer_reverse, 2 streams Running, 1 s behind/);
    await workflow.click();
    await row(/^stream from customer\/-80 to shard 0, Running/).waitFor();
    await workbench.screenshot('workflows-dark');
  });
});
