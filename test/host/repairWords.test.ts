import assert from 'node:assert/strict';
import { findingCodes } from '../../src/model/finding.ts';
import { repairRequest, repairScope, repairTitle, tabletWords } from '../../src/host/repairWords.ts';
import { precheckRequest, precheckText, precheckTitle } from '../../src/host/precheckText.ts';
import { workerRequest } from '../../src/host/workerRequest.ts';
import type { EtcdSettings } from '../../src/host/connectionSettings.ts';
import { precheck } from '../../src/repair/precheck.ts';
import { captureData, load } from '../tree/captureTopology.ts';

const killed = load(captureData('12-reverse-vtctld-killed'));
const { findings, moves } = killed.diagnosed;

describe('repairScope', () => {
  it('is of the finding, else of the move, else of the keyspace, else of everything', () => {
    const [finding] = findings;
    assert.ok(finding);
    const scope = { kind: 'finding', code: finding.code, record: 'keyspaces/customer/shards/-80/Shard' };
    assert.deepEqual(repairScope({ finding, move: 'm', keyspace: 'customer' }), scope);
    assert.deepEqual(repairScope({ move: 'm', keyspace: 'customer' }), { kind: 'move', move: 'm' });
    assert.deepEqual(repairScope({ keyspace: 'customer' }), { kind: 'keyspace', keyspace: 'customer' });
    assert.deepEqual(repairScope({ connection: 'sample' }), { kind: 'all' });
  });

  it('switches reads that a cell keeps only when that finding itself is asked for', () => {
    const record = 'zone1/SrvVSchema';
    assert.equal(repairRequest({ kind: 'finding', code: 'reads-differ-by-cell', record }).followReads, true);
    assert.equal(repairRequest({ kind: 'finding', code: 'stale-srv-vschema', record }).followReads, false);
    assert.equal(repairRequest({ kind: 'all' }).followReads, false);
  });
});

describe('repairTitle', () => {
  it('says what the repair of each finding does', () => {
    assert.deepEqual(
      [...new Set(findings.filter(({ fixable }) => fixable).map(repairTitle))],
      ['Repair denied tables of customer…', 'Repair denied tables of commerce…', 'Rebuild SrvVSchema of zone1…'],
    );
    const lock = findings.find(({ code }) => code === 'held-lock');
    assert.ok(lock);
    assert.match(repairTitle({ ...lock, code: 'abandoned-lock' }), /^Release the lock on workflow commerce\./);
  });

  it('has words for every code', () => {
    const [finding] = findings;
    assert.ok(finding);
    for (const code of findingCodes) assert.match(repairTitle({ ...finding, code, cell: 'zone1' }), /^[A-Z].*…$/);
  });
});

describe('tabletWords', () => {
  it('says what waiting is worth', () => {
    assert.match(tabletWords({ via: 'wait', waitSeconds: 60, waitConfirms: false }), /60 s .* confirms nothing\.$/);
    assert.match(tabletWords({ via: 'wait', waitSeconds: 60, waitConfirms: true }), /settings say is enough\.$/);
  });
});

describe('workerRequest', () => {
  const settings: EtcdSettings = { kind: 'etcd', name: 'staging', endpoints: ['a:2379'], root: '/vitess/global' };
  const run = { plan: {}, kind: 'repair', forcedKeyspaces: [], historyFolder: '/h' } as const;

  it('dials tablets in plain text where the settings say nothing', () => {
    assert.deepEqual(workerRequest(settings, {}, run), {
      topology: { endpoints: ['a:2379'], root: '/vitess/global' },
      tablets: { via: 'dial', waitSeconds: 60, waitConfirms: false },
      connection: 'staging',
      ...run,
    });
  });

  it('carries each password to its own server only', () => {
    const tablets = { via: 'vtctld', vtctld: 'v:15999', user: 'op', waitSeconds: 60, waitConfirms: false } as const;
    const request = workerRequest({ ...settings, user: 'root', tablets }, { etcd: 'one', vtctld: 'two' }, run);
    assert.equal(request.topology.password, 'one');
    assert.equal(request.tablets.password, 'two');
    assert.equal(workerRequest(settings, { etcd: 'one', vtctld: 'two' }, run).topology.password, undefined);
  });
});

describe('precheckText', () => {
  const [move] = moves;
  assert.ok(move);

  it('says what stands in the way, what was not looked at and how long it may take', () => {
    const request = precheckRequest('reverse', move);
    assert.ok(request);
    const title = precheckTitle('reverse', move);
    const text = precheckText(title, 'folder /x', precheck(request, killed, new Map()));
    assert.match(text, /^# Pre\\-check of ReverseTraffic of commerce\\\.commerce2customer\\_reverse$/m);
    assert.match(text, /^\*\*Do not start it: \d+ things stand in the way\\\.\*\*$/m);
    assert.match(text, /^### serving\\-side\\-denied in keyspaces\/customer/m);
    assert.match(text, /^## Not looked at$/m);
    assert.match(text, /`--action-timeout=\d+m`/);
  });

  it('asks nothing of a tenant move whose workflow is not known', () => {
    const tenant = { ...move, kind: 'multi-tenant', tables: [], workflows: [] } as const;
    assert.equal(precheckRequest('switch', tenant), undefined);
    const known = precheckRequest('switch', { ...tenant, workflows: [`${move.target}.w`] });
    assert.deepEqual(known?.target, { kind: 'workflow', keyspace: move.target, workflow: 'w' });
  });
});
