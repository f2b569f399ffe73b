import assert from 'node:assert/strict';
import path from 'node:path';
import { findingsInScope, reportText, type ReportScope } from '../../src/host/report.ts';
import { assertGolden } from '../harness/golden.ts';
import { captureData, editGlobal, load } from '../tree/captureTopology.ts';
import { sessions } from '../tree/states.ts';

const golden = (name: string): string => path.join(import.meta.dirname, 'golden', `${name}.md`);

describe('reportText', () => {
  const states = sessions();
  const report = (name: string, scope: ReportScope = {}): string => {
    const session = states.get(name);
    assert.ok(session);
    return reportText(session, scope);
  };

  for (const name of ['12-reverse-vtctld-killed', '04-all-switched', 'unreadable-shard', 'stale', 'unreachable']) {
    it(`reports ${name}`, () => assertGolden(golden(name), report(name)));
  }

  it('says why there is nothing to report', () => {
    assert.match(report('unreachable'), /Could not be read\*\*: etcd at 10\\\.0\\\.0\\\.1:2379 refuses the connection/);
    assert.match(report('not-connected'), /Not connected/);
  });

  it('does not say that all is well when something could not be checked', () => {
    for (const name of ['unreadable-shard', 'unreadable-rules', 'unreachable-cell']) {
      assert.doesNotMatch(report(name), /No contradictions/);
      assert.match(report(name, { keyspace: 'commerce' }), /Not everything could be checked/);
    }
  });

  it('keeps to the keyspace or the move that is asked for', () => {
    // A Shard whose PRIMARY control denies the table "tab".
    const orphan = Uint8Array.from(Buffer.from('320708012203746162', 'hex'));
    const data = editGlobal(captureData('12-reverse-vtctld-killed'), {
      'keyspaces/other/Keyspace': new Uint8Array(),
      'keyspaces/other/shards/0/Shard': orphan,
    });
    const topology = load(data);
    const codes = (scope: ReportScope): string[] => [
      ...new Set(findingsInScope(topology, scope).map(({ code }) => code)),
    ];
    assert.ok(codes({}).includes('orphan-denied-tables'));
    assert.ok(codes({ keyspace: 'other' }).includes('orphan-denied-tables'));
    assert.ok(!codes({ keyspace: 'other' }).includes('serving-side-denied'));
    assert.deepEqual(codes({ move: 'commerce.commerce2customer_reverse' }), [
      'serving-side-denied',
      'other-side-not-denied',
      'stale-srv-vschema',
    ]);
  });
});
