/** One row of the tree as it is meant, free of VS Code: what it says, how it is, and what it is about. */
import type { CommandId, ContextWord } from '../contributions/ids.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import type { HealthState } from '../model/health.ts';

/** How a row is shown: a health colours its icon, `none` leaves it plain. */
export type RowState = HealthState | 'none';

export interface TreeNode {
  /** Stable across refreshes: the path of names from the connection down. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** The name of a codicon. */
  readonly icon: string;
  readonly state: RowState;
  /** Markdown with every piece of topology content escaped. */
  readonly tooltip?: string;
  /** The whole row for a screen reader, with its state in words. */
  readonly spoken: string;
  /** What `when` clauses of menus ask about. */
  readonly context: readonly ContextWord[];
  /** What commands on this row act on. */
  readonly target: TopologyTarget;
  /** What a click runs, with the target. */
  readonly command?: CommandId;
  /** Error findings in and below this row, for its badge. */
  readonly errors?: number;
  /** Absent for a row without rows below. */
  readonly children?: () => readonly TreeNode[];
  /** Whether the row starts open. */
  readonly expanded?: boolean;
}

const stateRank: Record<RowState, number> = { error: 0, unchecked: 1, warning: 2, info: 3, healthy: 4, none: 4 };

/** Broken rows first, those with more errors before those with fewer; equals keep their order. */
export function worstFirst(nodes: readonly TreeNode[]): TreeNode[] {
  return [...nodes].sort((a, b) => stateRank[a.state] - stateRank[b.state] || (b.errors ?? 0) - (a.errors ?? 0));
}

/** Joins the parts of a description that are there. */
export function joinWords(parts: readonly (string | undefined)[], separator = ' · '): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}

/** The description as an optional field: an empty one is left out. */
export function described(description: string): { description?: string } {
  return description === '' ? {} : { description };
}
