import type { HealthState } from '../model/health.ts';

/** The codicon of each state. */
export const healthIcons: Readonly<Record<HealthState, string>> = {
  error: 'error',
  unchecked: 'question',
  warning: 'warning',
  info: 'pass',
  healthy: 'pass',
};
