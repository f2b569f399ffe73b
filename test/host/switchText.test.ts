import assert from 'node:assert/strict';
import { dryRunText, switchDetail, switchRunText, switchTitle } from '../../src/host/switchText.ts';
import type { PrecheckSubject } from '../../src/repair/precheck/precheckModel.ts';
import { findSubject } from '../../src/repair/precheck/precheckSubject.ts';
import type { SwitchRecord } from '../../src/switch/switchModel.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { wholeReverse, wholeSwitch } from '../support/switchWorld.ts';

function subjectOf(request: typeof wholeSwitch): PrecheckSubject {
  const { subject } = findSubject(request, diagnosed(loadCapture('04-all-switched')));
  assert.ok(subject);
  return subject;
}

const record: SwitchRecord = {
  version: 1,
  id: '20261124T021953000Z-0123456789ab',
  stage: 'over',
  startedAt: Date.parse('2026-11-24T02:19:53Z'),
  endedAt: Date.parse('2026-11-24T02:19:56Z'),
  who: { userName: 'operator', hostName: 'here', processId: 1 },
  topology: 'etcd at 10.0.0.1:2379, root /vitess/global',
  vtctld: 'vtctld at 10.0.0.2:15999',
  request: wholeReverse,
  events: [
    {
      at: Date.parse('2026-11-24T02:19:54.250Z'),
      revision: '180',
      kind: 'denied-tables',
      record: 'keyspaces/customer/shards/80-/Shard',
      text: 'customer/80- denies corder | <b>customer</b>',
      keyspaces: ['customer'],
      tables: ['corder'],
    },
  ],
  findings: [],
};

describe('a guarded switch as a document', () => {
  it('is named as vtctldclient names the workflow, in both directions', () => {
    assert.equal(switchTitle(wholeSwitch), 'SwitchTraffic of customer.commerce2customer');
    assert.equal(switchTitle(wholeReverse), 'ReverseTraffic of customer.commerce2customer');
  });

  it('names in the question tables, keyspaces, traffic and cells, and what was not looked at', () => {
    const detail = switchDetail(wholeReverse, subjectOf(wholeReverse), ['one', 'two']);
    for (const words of [
      'Tables: corder and customer',
      'From customer to commerce',
      'Traffic: primary, replica and rdonly',
      'Cells: every cell',
      'closing the window does not',
      'Not looked at: 2 things',
    ]) {
      assert.ok(detail.includes(words), words);
    }
    const some = { ...wholeSwitch, tabletTypes: ['replica'], cells: ['zone1'] } as const;
    assert.match(switchDetail(some, subjectOf(some), []), /Traffic: replica\nCells: zone1\n/);
  });

  it('shows vtctld’s lines as text, whatever is in them', () => {
    const lines = ['  Lock keyspace <img src=x>', 'Switch reads [a](http://b)'];
    const text = dryRunText(wholeReverse, subjectOf(wholeReverse), { detail: 'etcd', notSeen: [], lines });
    assert.match(text, /^1\. Lock keyspace &lt;img src=x&gt;$/m);
    assert.match(text, /Switch reads \\\[a\\\]\\\(http&#58;\/\/b\\\)/);
    const none = dryRunText(wholeReverse, subjectOf(wholeReverse), { detail: 'etcd', notSeen: [], lines: [] });
    assert.match(none, /It named nothing/);
  });

  it('tells while it runs where it is, and each change in its order', () => {
    const text = switchRunText({ ...record, stage: 'following' });
    assert.match(text, /\*\*The answer was lost: following what vtctld does\\\.\*\*/);
    assert.match(
      text,
      /\| 02:19:54\\\.250 \| 180 \| customer\/80\\- denies corder \\\| &lt;b&gt;customer&lt;\/b&gt; \|/,
    );
    assert.match(switchRunText({ ...record, events: [] }), /No change to the topology was seen/);
  });

  it('tells at its end the verdict, what stands, vtctld’s answer and where the topology of before is', () => {
    const text = switchRunText({
      ...record,
      verdict: 'contradictory',
      message: 'The records contradict each other now.',
      answer: { status: 'failed', reason: 'manual cleanup work may be necessary' },
      snapshot: '/history/before',
      findings: [
        {
          code: 'serving-side-denied',
          severity: 'error',
          record: 'keyspaces/customer/shards/-80/Shard',
          message: 'Queries fail.',
        },
      ],
    });
    for (const words of [
      /\*\*The records contradict each other\\\.\*\*/,
      /### serving\\-side\\-denied in keyspaces\/customer\/shards\/\\-80\/Shard/,
      /\*\*Its answer\*\*: manual cleanup work may be necessary/,
      /\*\*Topology beforehand\*\*: \/history\/before/,
      /\*\*Ended\*\*: 2026\\-11\\-24T02:19:56Z/,
    ]) {
      assert.match(text, words);
    }
  });
});
