/**
 * The words of Vitess's own traffic state (workflow.State.String in
 * go/vt/vtctl/workflow/state.go). Operators know them, so they are kept exactly.
 */

export interface SwitchedCells {
  /** In cell name order. */
  readonly switched: readonly string[];
  readonly notSwitched: readonly string[];
}

/** The traffic state of a move by tables, or of a multi-tenant move. */
export function trafficStateWords(replica: SwitchedCells, rdonly: SwitchedCells, writesSwitched: boolean): string {
  return [...readWords(replica, rdonly), writesSwitched ? 'Writes Switched' : 'Writes Not Switched'].join('. ');
}

function readWords(replica: SwitchedCells, rdonly: SwitchedCells): string[] {
  if (rdonly.notSwitched.length === 0 && replica.notSwitched.length === 0 && replica.switched.length > 0) {
    return ['All Reads Switched'];
  }
  if (rdonly.switched.length === 0 && replica.switched.length === 0) return ['Reads Not Switched'];
  return ['Reads partially switched', typeWords('Replica', replica), typeWords('Rdonly', rdonly)];
}

function typeWords(type: string, cells: SwitchedCells): string {
  if (cells.notSwitched.length === 0) return `All ${type} Reads Switched`;
  if (cells.switched.length === 0) return `${type} not switched`;
  return `${type} switched in cells: ${cells.switched.join(',')}`;
}

/** The traffic state of a partial move; shards in the order of ShardRoutingRules. */
export function partialTrafficStateWords(switched: readonly string[], notSwitched: readonly string[]): string {
  if (switched.length === 0) return 'Reads Not Switched. Writes Not Switched';
  if (notSwitched.length === 0) return 'All Reads Switched. All Writes Switched';
  const shards = switched.join(',');
  return `Reads partially switched, for shards: ${shards}. Writes partially switched, for shards: ${shards}`;
}
