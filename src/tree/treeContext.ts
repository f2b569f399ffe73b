import type { LoadedTopology } from '../host/session.ts';
import type { FindingIndex } from './findingIndex.ts';

/** What every row of one connection's topology is made from. */
export interface TreeContext {
  /** The connection's name. */
  readonly connection: string;
  readonly topology: LoadedTopology;
  readonly index: FindingIndex;
  /** True when the last refresh failed: what is shown was true once. */
  readonly isStale: boolean;
}
