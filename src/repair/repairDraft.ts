/** All fixes of a request, drafted together; each finding that is not fixed gets its reason. */
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import type { ShardName } from '../model/plan.ts';
import { globalRecord, type RecordId } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { draftCells } from './cellsFix.ts';
import {
  draftDuplicate,
  draftLegacy,
  draftOrphan,
  duplicateRefusal,
  orphanRefusal,
  orphanWarning,
} from './controlFix.ts';
import { Draft } from './draft.ts';
import { draftDenials, followRefusal, moveRefusal, wantsByShard, type WantsByShard } from './moveFix.ts';
import { keyspaceRulesLock, lockPaths, type LockNeeds } from './planLocks.ts';
import { deniedCodes, moveFindings, servedFrom, type RepairContext } from './repairContext.ts';
import { danglingRefusal, draftDangling, draftServeFrom } from './routingFix.ts';
import { serveFromWarning } from './serveFromWarnings.ts';
import { draftSrvKeyspace, srvKeyspaceRefusal } from './srvKeyspaceFix.ts';

export interface DraftedRepair {
  readonly draft: Draft;
  /** Why findings are not repaired. */
  readonly reasons: Map<Finding, string>;
  /** The moves that are repaired. */
  readonly moves: readonly DiagnosedMove[];
  /** Shards that must confirm what they deny before anything is allowed. */
  readonly confirm: readonly ShardName[];
  readonly locks: LockNeeds;
  readonly rests: readonly RecordId[];
  /** Keyspaces whose Shard records the repair rests on. */
  readonly keyspaces: ReadonlySet<string>;
  readonly warnings: readonly string[];
}

const moveCodes: ReadonlySet<FindingCode> = new Set([...deniedCodes, 'split-routing', 'stale-srv-vschema']);

/** Drafts the repair of findings; those with a reason already are left out. */
export function draftRepair(
  context: RepairContext,
  scoped: readonly Finding[],
  excluded: ReadonlyMap<Finding, string>,
): DraftedRepair {
  const reasons = new Map(excluded);
  const draft = new Draft(context.data);
  const ruled = wantsByShard(context);
  const { planned, followed } = chooseMoves(context, { scoped, reasons, ruled });
  const moves = [...planned, ...followed];
  const sides = new Set(moves.flatMap(({ source, target }) => [source, target]));
  const others = chooseOthers(context, { scoped, reasons, ruled });

  // First of all: a finding names rules by their positions in the record as it was read.
  const dropped = draftDangling(context, others.dangling, draft);
  const keyspace = servedFrom(context);
  const turned = new Map(
    keyspace === undefined ? [] : planned.map((move) => [move, draftServeFrom(move, keyspace, draft)]),
  );
  const changedNames = new Set([...dropped, ...[...turned.values()].flat()]);
  const confirm = planned.flatMap((move) =>
    draftDenials(context, move, { draft, rerouted: (turned.get(move) ?? []).length > 0 }),
  );
  for (const finding of others.orphans) draftOrphan(finding, draft);
  for (const finding of others.duplicates) draftDuplicate(finding, draft);
  for (const finding of others.legacy) draftLegacy(finding, draft);
  const followedCells = scoped.filter(({ code }) => code === 'stale-srv-vschema' || isFollowedRead(context, code));
  const cells = draftCells(
    context,
    {
      findings: followedCells,
      moves: context.request.scope.kind === 'finding' ? planned : moves,
      changedNames,
      isChanged: (record) => draft.writes(record),
      isRefused: (finding) => reasons.has(finding),
    },
    draft,
  );
  for (const [finding, reason] of cells.reasons) reasons.set(finding, reason);
  for (const finding of others.srvKeyspaces) draftSrvKeyspace(context, finding, draft);

  const inShards = [...others.orphans, ...others.duplicates, ...others.legacy, ...others.srvKeyspaces];
  const locked = inShards.flatMap((finding) => finding.keyspace ?? []);
  const restsOnRules = moves.length > 0 || others.orphans.length > 0;
  return {
    draft,
    reasons,
    moves,
    confirm,
    locks: { moves, keyspaces: locked, others: keyspaceRuleLocks(others.dangling) },
    rests: [
      ...(restsOnRules ? [globalRecord.routingRules, globalRecord.shardRoutingRules] : []),
      ...(moves.length > 0 ? [globalRecord.mirrorRules] : []),
      ...(keyspace === undefined || turned.size === 0 ? [] : [globalRecord.vschema(keyspace)]),
      ...others.dangling.flatMap(({ places }) => places.map(({ record }) => record)),
      ...others.srvKeyspaces.map((finding) => globalRecord.keyspace(finding.keyspace ?? '')),
      ...cells.rests,
    ],
    keyspaces: new Set([...sides, ...locked, ...cells.keyspaces]),
    warnings: [
      ...[...turned.keys()].map((move) => serveFromWarning(context.snapshot, move, keyspace ?? '')),
      ...others.orphans.flatMap((finding) => orphanWarning(context, finding)),
      ...(moves.length > 0 || changedNames.size > 0 ? uncheckedCells(context) : []),
      ...cells.warnings,
    ],
  };
}

/** What is chosen from; each finding that is not gets its reason. */
interface Choice {
  readonly scoped: readonly Finding[];
  readonly reasons: Map<Finding, string>;
  readonly ruled: WantsByShard;
}

/** Moves whose denied tables are repaired or that are turned, and moves whose rules only the cells must follow. */
function chooseMoves(context: RepairContext, { scoped, reasons, ruled }: Choice) {
  const planned: DiagnosedMove[] = [];
  const followed: DiagnosedMove[] = [];
  for (const move of context.moves) {
    const own = scoped.filter(
      (finding) => finding.move === move.id && (moveCodes.has(finding.code) || isFollowedRead(context, finding.code)),
    );
    if (own.length === 0) continue;
    const whole = moveFindings(move, deniedCodes).length > 0 || servedFrom(context) !== undefined;
    // What is of one move is repaired together or not at all.
    const reason =
      own.map((finding) => reasons.get(finding)).find((given) => given !== undefined) ??
      (whole ? moveRefusal(context, move, ruled) : followRefusal(context, move)) ??
      context.locks.refusal(lockPaths(context.snapshot, { moves: [move], keyspaces: [] }));
    if (reason !== undefined) for (const finding of own) reasons.set(finding, reason);
    else (whole ? planned : followed).push(move);
  }
  return { planned, followed };
}

/** Reads that a cell keeps on purpose are switched only when the request says so. */
function isFollowedRead({ request }: RepairContext, code: FindingCode): boolean {
  return code === 'reads-differ-by-cell' && request.followReads;
}

/** The findings that are not of moves and can be repaired. */
function chooseOthers(context: RepairContext, { scoped, reasons, ruled }: Choice) {
  const choose = (code: FindingCode, refusal: (finding: Finding) => string | undefined): Finding[] =>
    scoped.filter((finding) => {
      if (finding.code !== code || reasons.has(finding)) return false;
      const needs = {
        moves: [],
        keyspaces: finding.keyspace === undefined ? [] : [finding.keyspace],
        others: keyspaceRuleLocks([finding]),
      };
      const reason = refusal(finding) ?? context.locks.refusal(lockPaths(context.snapshot, needs));
      if (reason !== undefined) reasons.set(finding, reason);
      return reason === undefined;
    });
  return {
    dangling: choose('dangling-rule', (finding) => danglingRefusal(context, finding)),
    orphans: choose('orphan-denied-tables', (finding) => orphanRefusal(context, ruled, finding)),
    duplicates: choose('duplicate-control', (finding) => duplicateRefusal(context, finding)),
    legacy: choose('legacy-control', () => undefined),
    srvKeyspaces: choose('stale-srv-keyspace', (finding) => srvKeyspaceRefusal(context, finding)),
  };
}

/** Vitess locks KeyspaceRoutingRules alone of the rules. */
function keyspaceRuleLocks(findings: readonly Finding[]): string[] {
  return findings.some(({ places: [{ record }] }) => record.path === globalRecord.keyspaceRoutingRules.path)
    ? [keyspaceRulesLock]
    : [];
}

function uncheckedCells({ snapshot }: RepairContext): string[] {
  const unread = snapshot.cells.filter(({ srvVSchema }) => srvVSchema.status === 'failed').map(({ name }) => name);
  return unread.length === 0
    ? []
    : [
        `The SrvVSchema of ${listWords(unread)} could not be read: what vtgates there route by is not checked and not changed.`,
      ];
}
