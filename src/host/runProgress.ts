/** How far a run is, and what of it stands out. */
import type { RunRecord } from '../repair/ports.ts';

/** `2 of 4: Allow tables`, with what is happening in it; and how much of the whole is behind it, from 0 to 1. */
export function runProgress(run: RunRecord, words: string | undefined): { message: string; done: number } {
  const { steps } = run;
  const over = steps.filter(({ status }) => status !== 'waiting' && status !== 'running').length;
  const running = steps.findIndex(({ status }) => status === 'running');
  const title = steps[running]?.title;
  const step = title === undefined ? '' : `${running + 1} of ${steps.length}: ${title}`;
  const message = [step, words ?? ''].filter((part) => part !== '').join(' — ');
  return { message: message === '' ? 'Starting' : message, done: steps.length === 0 ? 0 : over / steps.length };
}

/** The keyspaces in which a primary did not confirm what it denies, which stopped the run; empty when something else did, or nothing. */
export function unconfirmedKeyspaces({ plan, steps, status }: RunRecord): string[] {
  if (status !== 'undone' && status !== 'stopped' && status !== 'unchanged') return [];
  const shards = plan.steps.flatMap((step, index) =>
    step.kind === 'refresh' && step.purpose === 'confirm-deny' && steps[index]?.status === 'failed' ? step.shards : [],
  );
  return [...new Set(shards.map(({ keyspace }) => keyspace))].sort();
}
