// One repair in a process of its own, which can be killed at any of its calls: node test/harness/repairProcess.ts <RepairProcessSpec as JSON>
import { readSync } from 'node:fs';
import os from 'node:os';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { FileHistory } from '../../src/history/fileHistory.ts';
import { systemClock } from '../../src/history/systemClock.ts';
import type { RepairRequest } from '../../src/model/plan.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { defaultExecuteLimits } from '../../src/repair/executeOptions.ts';
import { executePlan } from '../../src/repair/executePlan.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import type { RunHistory } from '../../src/repair/ports.ts';
import { EtcdTopology, type EtcdTopologyOptions } from '../../src/topology/etcdTopology.ts';
import { TabletManagerRefresher } from '../../src/vtctld/tabletManager.ts';
import { observeCalls } from './callHook.ts';

/** Where a process ends itself with SIGKILL, by the number of the call from 0 on. */
export interface KillPoint {
  readonly call: number;
  /** `asked`: right before the call it says so in a line and goes on when it gets one; whoever asked kills it. */
  readonly when: 'before' | 'after' | 'asked';
}

export interface RepairProcessSpec {
  readonly topology: EtcdTopologyOptions;
  readonly request: RepairRequest;
  /** The folder of the history. */
  readonly history: string;
  readonly kill?: KillPoint;
}

/** What a process that was not killed writes to standard output. */
export interface RepairProcessResult {
  /** Its calls in order: gRPC methods, and `save` for its history. */
  readonly calls: readonly string[];
  readonly status: string;
  readonly message: string;
}

const spec = JSON.parse(process.argv[2] ?? '{}') as RepairProcessSpec;
const calls: string[] = [];

function before(name: string): void {
  const { kill } = spec;
  const isHere = kill?.call === calls.push(name) - 1;
  if (!isHere || kill.when === 'after') return;
  if (kill.when === 'before') process.kill(process.pid, 'SIGKILL');
  process.stdout.write('asked\n');
  // Nothing else of this process may happen meanwhile.
  readSync(0, Buffer.alloc(1));
}

/** Answers of calls that are made at the same time come in any order: the first one after the call was made counts. */
function after(name: string): void {
  const { kill } = spec;
  if (kill?.when === 'after' && calls.length > kill.call && name === calls[kill.call]) {
    process.kill(process.pid, 'SIGKILL');
  }
}

function observed(history: RunHistory): RunHistory {
  return {
    newId: (startedAt) => history.newId(startedAt),
    save: async (run) => {
      before('save');
      await history.save(run);
      after('save');
    },
  };
}

const topology = new EtcdTopology(spec.topology);
const data = await topology.read();
const { plan } = planRepair(spec.request, { data, diagnosed: diagnose(decodeSnapshot(data)) });
if (plan === undefined) throw new Error('nothing is planned');
observeCalls({ before, after });
const run = await executePlan({
  kind: 'repair',
  topology,
  plan,
  replan: (now, options) => planRepair(spec.request, now, options).plan,
  refresher: new TabletManagerRefresher(),
  history: observed(new FileHistory(spec.history)),
  clock: systemClock,
  who: { userName: 'op', hostName: os.hostname(), processId: process.pid },
  topologyName: topology.description,
  forcedKeyspaces: new Set(),
  limits: defaultExecuteLimits,
  signal: new AbortController().signal,
  onProgress: () => undefined,
});
await topology.close();
process.stdout.write(JSON.stringify({ calls, status: run.status, message: run.message ?? '' }));
