/** How a topology is, counted and in words. "Could not check" is a count of its own: it never reads as healthy. */
import type { Finding } from './finding.ts';
import { count } from './words.ts';

export interface Health {
  /** Findings of severity error, without what could not be read. */
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Records and cells that could not be read. */
  readonly unchecked: number;
}

/** The worst that a health says; `unchecked` is worse than a warning: an error may hide there. */
export type HealthState = 'error' | 'unchecked' | 'warning' | 'info' | 'healthy';

/** Counts findings; one that is listed twice counts once. */
export function healthOf(findings: Iterable<Finding>): Health {
  const all = [...new Set(findings)];
  const unchecked = all.filter(({ code }) => code === 'record-unreadable').length;
  const of = (severity: Finding['severity']): number => all.filter((finding) => finding.severity === severity).length;
  return { errors: of('error') - unchecked, warnings: of('warning'), infos: of('info'), unchecked };
}

/** The worst of a health. */
export function healthState({ errors, warnings, infos, unchecked }: Health): HealthState {
  if (errors > 0) return 'error';
  if (unchecked > 0) return 'unchecked';
  return warnings > 0 ? 'warning' : infos > 0 ? 'info' : 'healthy';
}

/** `4 errors, 1 not checked`; notes are named only when nothing else is; empty when there is nothing. */
export function healthWords({ errors, warnings, infos, unchecked }: Health): string {
  const words = [
    errors > 0 ? count(errors, 'error') : '',
    unchecked > 0 ? `${unchecked} not checked` : '',
    warnings > 0 ? count(warnings, 'warning') : '',
  ].filter((word) => word !== '');
  if (words.length === 0 && infos > 0) return count(infos, 'note');
  return words.join(', ');
}
