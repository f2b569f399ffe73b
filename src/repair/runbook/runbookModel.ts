/** What the sections of a runbook are told from. */
import type { DiagnosedMove } from '../../diagnose/diagnose.ts';
import type { Finding } from '../../model/finding.ts';
import type { PlanResult } from '../../model/plan.ts';
import type { RepairContext } from '../repairContext.ts';

/** What a runbook calls the topology, and how its commands reach it. */
export interface RunbookSubject {
  /** The connection's name, or where it was read. */
  readonly name: string;
  /** Where it leads, in words, where its name does not say that. */
  readonly detail?: string;
  /**
   * The words of vitess-topo's address options, without secrets. Undefined for
   * a snapshot: what runs has to be given.
   */
  readonly address: readonly string[] | undefined;
  /** Why what was read is not the newest, in a sentence; undefined when it is. */
  readonly stale?: string;
}

/** A diagnosed topology with what of it a runbook is about. */
export interface RunbookContext extends RepairContext {
  readonly subject: RunbookSubject;
  readonly result: PlanResult;
  /** The moves in scope. */
  readonly scoped: readonly DiagnosedMove[];
  /** What is found in scope, worst first, without what could not be read. */
  readonly found: readonly Finding[];
  /** What could not be read: it may concern every part. */
  readonly unread: readonly Finding[];
}
