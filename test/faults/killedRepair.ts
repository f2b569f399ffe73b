/** Repairs in processes of their own, and what is known of one that was killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { KillPoint, RepairProcessResult, RepairProcessSpec } from '../harness/repairProcess.ts';
import type { FaultWorld } from './faultWorld.ts';

const program = path.join(import.meta.dirname, '..', 'harness', 'repairProcess.ts');
/** Compiled code is kept between the many processes, or they would mostly compile. */
const cache = path.join(import.meta.dirname, '..', '..', 'out', 'compile-cache');
const hangMs = 90_000;

interface Options extends Partial<RepairProcessSpec> {
  /** Called when a process asks at its kill point; it is killed when this resolves. */
  readonly onAsked?: (goOn: () => void) => Promise<void>;
}

/** Runs a repair of the world to its end. */
export async function repairInProcess(world: FaultWorld): Promise<RepairProcessResult> {
  const { code, signal, output, errors } = await start(world, {});
  assert.ok(code === 0, `ended with ${code ?? signal ?? ''}: ${errors}`);
  return JSON.parse(output) as RepairProcessResult;
}

/** Runs a repair of the world that is killed at a point. */
export async function killRepair(
  world: FaultWorld,
  kill: KillPoint,
  options: Omit<Options, 'kill'> = {},
): Promise<void> {
  const { signal, output, errors } = await start(world, { ...options, kill });
  assert.equal(signal, 'SIGKILL', `it was not killed: ${output} ${errors}`);
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

async function start(world: FaultWorld, { onAsked, ...more }: Options): Promise<Ended> {
  const { topology, state, history } = world;
  const spec: RepairProcessSpec = { topology, request: state.request, history: history.folder, ...more };
  const child = spawn(process.execPath, [program, JSON.stringify(spec)], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    stdio: 'pipe',
    timeout: hangMs,
    killSignal: 'SIGABRT',
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  if (onAsked !== undefined) {
    await Promise.race([once(child.stdout, 'data'), exit]);
    await onAsked(() => child.stdin.write('\n'));
    child.kill('SIGKILL');
  }
  const [[code, signal], output, errors] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, signal, output, errors };
}
