import type { Finding } from '../model/finding.ts';

/** Why a finding is not repaired where no fix gave its own reason. */
export function defaultReason({ code, fixable, severity }: Finding): string {
  switch (code) {
    case 'held-lock':
      return 'Its holder may be alive: let that operation finish.';
    case 'record-unreadable':
      return 'Nothing is written over what could not be read.';
    case 'reads-differ-by-cell':
      return 'This is what switching reads by cell leaves on purpose: it is changed only when that is asked for.';
    case 'query-service-disabled':
      return 'A Reshard or migration left it: finish or cancel that.';
    case 'stopped-not-frozen':
      return 'The state of streams is not in the topology: complete the switch with SwitchTraffic.';
    case 'missing-streams':
      return severity === 'error'
        ? 'Which side is complete cannot be told from the topology.'
        : 'Streams are not in the topology: only Vitess makes them.';
    case 'status-differs':
      return 'Which of the two is right is told by reading both again.';
    case 'serving-side-denied':
      return 'No move explains both the rule and the denied tables: which keyspace has the current rows cannot be told.';
    default:
      return fixable ? 'Something else that was refused is in the way.' : 'The records alone do not say what is right.';
  }
}
