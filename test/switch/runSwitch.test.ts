import assert from 'node:assert/strict';
import { recordName } from '../../src/model/record.ts';
import { isOfLock } from '../../src/repair/verify.ts';
import { defaultSwitchLimits } from '../../src/switch/runSwitch.ts';
import type { SwitchRecord } from '../../src/switch/switchModel.ts';
import { TopologyError } from '../../src/topology/topology.ts';
import { readEvents } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { done, SwitchWorld, wholeReverse, wholeSwitch } from '../support/switchWorld.ts';
import { captureKeys } from '../topology/contract.ts';

const switchEvents = readEvents('switch-all-ok');
const reverseEvents = readEvents('reverse-all-ok');
const isRecord = ({ record }: { readonly record: { readonly path: string } }): boolean =>
  !record.path.includes('/locks/');

describe('a guarded switch', () => {
  let keys: Map<string, Uint8Array>;

  before(async () => {
    keys = await captureKeys('04-all-switched');
  });

  it('ends as switched after a whole switch, and after a whole reverse', async () => {
    const world = await SwitchWorld.reversed(keys);
    world.script = async () => {
      await world.play(switchEvents);
      return done;
    };
    const run = await world.run(wholeSwitch);
    assert.equal(run.verdict, 'switched');
    assert.match(run.message ?? '', /^customer serves corder and customer now \(primary, replica and rdonly\)/);
    world.script = async () => {
      await world.play(reverseEvents);
      return done;
    };
    const back = await world.run(wholeReverse);
    assert.equal(back.verdict, 'switched');
    assert.match(back.message ?? '', /^commerce serves corder and customer now/);
  });

  it('saves the topology as it was, and the record, before vtctld is called', async () => {
    const world = await SwitchWorld.reversed(keys);
    const before = await world.topology.read();
    let stage: SwitchRecord | undefined;
    world.script = async () => {
      stage = world.saved.at(-1);
      await world.play(switchEvents);
      return done;
    };
    await world.run(wholeSwitch);
    assert.equal(stage?.stage, 'switching');
    assert.match(stage.snapshot ?? '', /before$/);
    assert.deepEqual(world.snapshots[0]?.global, before.global);
    assert.deepEqual(
      world.saved.map((record) => record.stage),
      ['reading', 'saving', 'switching', 'verifying', 'verifying', 'over'],
    );
  });

  it('records every change that vtctld makes, in its order, and nothing from before the call', async () => {
    const world = await SwitchWorld.reversed(keys);
    world.script = async () => {
      await world.play(switchEvents, 1);
      return done;
    };
    const { events } = await world.run(wholeSwitch);
    assert.deepEqual(
      events.map(({ record }) => record),
      switchEvents.map(({ record }) => recordName(record)),
    );
    assert.ok(events.some(({ text }) => text === 'customer/-80 no longer denies corder and customer'));
    const revisions = events.map(({ revision = '' }) => Number(revision));
    assert.deepEqual(
      revisions,
      [...revisions].sort((a, b) => a - b),
    );
  });

  it('is not started where the pre-check finds something in the way', async () => {
    const killed = new SwitchWorld(await captureKeys('12-reverse-vtctld-killed'));
    const run = await killed.run(wholeReverse);
    assert.equal(run.verdict, 'refused');
    assert.match(run.message ?? '', /^ReverseTraffic was not started: /);
    assert.equal(killed.calls, 0);
    assert.equal(killed.snapshots.length, 0);
  });

  it('calls nothing when it is cancelled before, and does not end the call when it is cancelled after', async () => {
    const world = await SwitchWorld.reversed(keys);
    await assert.rejects(
      world.run(wholeSwitch, { signal: AbortSignal.abort() }),
      (error: TopologyError) => error.code === 'cancelled',
    );
    assert.equal(world.calls, 0);
    const cancel = new AbortController();
    world.script = async () => {
      cancel.abort();
      await world.play(switchEvents, 1000);
      return done;
    };
    assert.equal((await world.run(wholeSwitch, { signal: cancel.signal })).verdict, 'switched');
  });

  it('tells that nothing was switched when vtctld refuses, with its words', async () => {
    const world = await SwitchWorld.reversed(keys);
    world.script = () => Promise.reject(new TopologyError({ code: 'invalid', message: 'replication lag too high' }));
    const run = await world.run(wholeSwitch);
    assert.equal(run.verdict, 'unchanged');
    assert.match(run.message ?? '', /^vtctld did not carry SwitchTraffic out: replication lag too high\. Nothing was/);
  });

  it('judges by the records although vtctld calls it a success', async () => {
    const world = await SwitchWorld.reversed(keys);
    world.script = async () => {
      await world.play(switchEvents.filter(({ record }) => record.path !== 'SrvVSchema'));
      return done;
    };
    const run = await world.run(wholeSwitch);
    assert.equal(run.verdict, 'contradictory');
    assert.equal(run.findings[0]?.code, 'stale-srv-vschema');
  });

  it('follows a call whose answer was lost until vtctld has ended, and sees that it went through', async () => {
    const world = await SwitchWorld.reversed(keys);
    world.script = async () => {
      await world.play(switchEvents.slice(0, 9));
      void world.play(switchEvents.slice(9), 2000);
      throw new TopologyError({ code: 'unknown-outcome', message: 'the client gave up.' });
    };
    const run = await world.run(wholeSwitch);
    assert.equal(run.verdict, 'switched');
    assert.ok(world.words.some((words) => words.startsWith('vtctld is still at work: internal/named_locks/')));
    assert.match(run.message ?? '', /^vtctld's answer to SwitchTraffic was lost: the client gave up\./);
  });

  it('says that it still runs when its locks outlast the wait', async () => {
    const world = await SwitchWorld.reversed(keys);
    world.script = async () => {
      await world.play(switchEvents.slice(0, 9));
      throw new TopologyError({ code: 'unknown-outcome', message: 'the client gave up.' });
    };
    const run = await world.run(wholeSwitch, { limits: { ...defaultSwitchLimits, followMs: 20_000 } });
    assert.equal(run.verdict, 'running');
    assert.match(run.message ?? '', /Do not repair anything while it runs/);
  });

  for (const [name, events, request] of [
    ['switch', switchEvents, wholeSwitch],
    ['reverse', reverseEvents, wholeReverse],
  ] as const) {
    it(`ends at what the diagnosis finds, wherever in a ${name} vtctld is killed`, async function () {
      this.timeout(60_000);
      const first = events.findIndex(isRecord);
      const last = events.findLastIndex(isRecord);
      for (let point = 0; point <= events.length; point++) {
        const world = name === 'switch' ? await SwitchWorld.reversed(keys) : new SwitchWorld(keys);
        world.script = async () => {
          await world.play(events.slice(0, point));
          return world.die();
        };
        const run = await world.run(request);
        const findings = diagnosed(await world.topology.read()).findings.filter((finding) => !isOfLock(finding));
        const expected = point <= first ? 'unchanged' : point > last ? 'switched' : 'contradictory';
        assert.equal(run.verdict, expected, `${name} killed after ${point} writes: ${run.message}`);
        assert.deepEqual(
          run.findings.filter((finding) => !isOfLock(finding)).map(({ code }) => code),
          findings.map(({ code }) => code),
        );
        // Only the named lock is left of the dead vtctld, and is told.
        const named = point > 0 && point < events.length;
        assert.equal(run.message?.includes('is not seen at work') ?? false, named, `${point}: ${run.message}`);
      }
    });
  }

  it('does not say what a switch left that cannot be read', async () => {
    const world = await SwitchWorld.reversed(keys);
    world.script = async () => {
      await world.play(switchEvents);
      world.topology.store.put('/vitess/global/RoutingRules', new Uint8Array([0xff]));
      return done;
    };
    assert.equal((await world.run(wholeSwitch)).verdict, 'not-checked');
    const closed = await SwitchWorld.reversed(keys);
    closed.script = async () => {
      await closed.topology.close();
      return done;
    };
    const run = await closed.run(wholeSwitch);
    assert.equal(run.verdict, 'not-checked');
    assert.match(run.message ?? '', /^What it left could not be read: .* Next: diagnose as soon as/);
  });
});
