/** Runs `precheck`: asks the tablets of both sides, and judges with the records. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import { precheck, precheckTablets } from '../repair/precheck.ts';
import { notDialled } from '../repair/precheck/precheckTablets.ts';
import type { PrecheckResult } from '../repair/precheck/precheckModel.ts';
import type { CommandLine } from './commandLine.ts';
import { dialTablets } from '../vtctld/dialTablets.ts';
import type { CredentialEnvironment } from './credentials.ts';
import { openDialer } from './openRefresher.ts';
import { tabletRoute } from './tabletRoute.ts';

export type PrecheckCommand = Extract<CommandLine, { readonly command: 'precheck' }>;

/** What the dial of the tablets needs. */
export interface DialEnvironment {
  readonly credentials: CredentialEnvironment;
  /** Aborts when the operator interrupts, or the time for the whole command is over. */
  readonly signal: AbortSignal;
  readonly onProgress: (words: string) => void;
}

/** A tablet that is there answers at once; one that is not must not take the time of the others. */
const tabletMs = 10_000;

/** Rejects with a TopologyError for credentials that cannot be used. */
export async function runPrecheck(
  { address, request, tablets }: Pick<PrecheckCommand, 'address' | 'request' | 'tablets'>,
  diagnosed: DiagnosedTopology,
  { credentials, signal, onProgress }: DialEnvironment,
): Promise<PrecheckResult> {
  const shards = precheckTablets(request, { diagnosed });
  const unasked = (why: string): PrecheckResult => precheck(request, { diagnosed }, notDialled(shards, why));
  if (address.kind === 'snapshot') return unasked('a snapshot tells nothing of now');
  const dialer = await openDialer(await tabletRoute(tablets, credentials));
  if (dialer === undefined) return unasked('nothing here reaches them (--tablets wait)');
  const answers = await dialTablets(shards, dialer, { signal, timeoutMs: tabletMs, onProgress });
  return precheck(request, { diagnosed }, answers);
}

/** 0 safe; 1 something stands in the way; 2 only that something could not be checked does. */
export function precheckExitCode({ safe, reasons }: PrecheckResult): 0 | 1 | 2 {
  if (safe) return 0;
  return reasons.every(({ code }) => code === 'not-checked') ? 2 : 1;
}
