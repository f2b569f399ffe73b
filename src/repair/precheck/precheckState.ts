/** What the rules and the workflow's streams say of the operation. */
import { primaryDenials } from '../../diagnose/deniedTables.ts';
import type { DiagnosedMove } from '../../diagnose/diagnose.ts';
import { isResharding, loadedShards } from '../../diagnose/keyspaceFacts.ts';
import { compileTablePattern } from '../../diagnose/tablePattern.ts';
import { tabletTypes, type TrafficCell } from '../../model/move.ts';
import { listWords } from '../../model/words.ts';
import type { Snapshot } from '../../records/snapshot.ts';
import { operationName } from './precheckSubject.ts';
import type { PrecheckReason, PrecheckSubject } from './precheckModel.ts';
import { servedParts, type ServedPart } from './servedParts.ts';

export function stateReasons(subject: PrecheckSubject, snapshot: Snapshot): PrecheckReason[] {
  return [
    ...subject.moves.flatMap((move) => routingReasons(subject, move, snapshot)),
    ...reshardingReasons(subject, snapshot),
    ...deniedOtherwise(subject, snapshot),
  ];
}

function routingReasons(subject: PrecheckSubject, move: DiagnosedMove, snapshot: Snapshot): PrecheckReason[] {
  const multiTenant = move.kind === 'multi-tenant' && subject.to === move.source && switchesWrites(subject);
  const reasons: PrecheckReason[] = multiTenant
    ? [
        {
          code: 'multi-tenant-reverse',
          message:
            `Vitess cannot reverse the writes of a multi-tenant move: ReverseTraffic is refused. ` +
            `Next: plan the way back by hand; only reads can be reversed, with --tablet-types=replica,rdonly.`,
        },
      ]
    : [];
  const { record, rules, parts } = servedParts(move, snapshot);
  if (rules === 'failed') return reasons;
  const without = parts.filter(({ by }) => by === undefined).map(({ name }) => name);
  if (parts.length === 0 || without.length > 0) {
    const what = without.length === 0 ? 'this move' : listWords(without);
    return [
      ...reasons,
      {
        code: 'no-rules',
        record,
        message:
          `No rule in ${record.path} says whether ${move.source} or ${move.target} serves ${what}: vtgates do not route by this move, and what ${operationName(subject.operation)} would change for the application cannot be told. ` +
          `Next: find out who removed the rules, or whether the move was created without them, and apply them first.`,
      },
    ];
  }
  return [...reasons, ...alreadyThere(subject, move, parts)];
}

/** Traffic that is where the operation would take it. */
function alreadyThere(subject: PrecheckSubject, move: DiagnosedMove, parts: readonly ServedPart[]): PrecheckReason[] {
  const { operation, to } = subject;
  // A switch that died before its end: SwitchTraffic again completes it.
  const unfinished = move.findings.some(({ code }) => code === 'stopped-not-frozen');
  if (unfinished && to === move.target) return [];
  // The shards of a partial move switch reads and writes together.
  const asked = parts.filter(({ types }) => types.some((type) => subject.tabletTypes.includes(type)));
  const writesThere = asked.every(({ by }) => by === to);
  // Reads of the other kinds go with the rules that were looked at already.
  const reads = move.kind === 'standard' ? move.matrix.filter((cell) => isAskedRead(subject, cell)) : [];
  // Where reads are not known the reason is that they could not be read.
  if (!writesThere || reads.some(({ servedBy }) => servedBy.kind === 'not-checked')) return [];
  if (reads.every(({ servedBy }) => servedBy.kind !== 'keyspace' || servedBy.keyspace === to)) {
    const types =
      subject.tabletTypes.length === tabletTypes.length ? 'reads and writes' : listWords(subject.tabletTypes);
    return [
      {
        code: 'nothing-to-do',
        message: `${to} serves ${whatOf(move)} already, ${types}: there is nothing to ${operation}.`,
      },
    ];
  }
  if (to === move.target || !switchesWrites(subject)) return [];
  return [
    {
      code: 'writes-not-switched',
      message:
        `Only reads of ${whatOf(move)} are switched and ${to} serves the writes: ${operationName(operation)} of all tablet types runs on the reverse workflow, ` +
        `which there is only after writes were switched, and fails without it. Next: name the types that are switched, e.g. --tablet-types=replica,rdonly.`,
    },
  ];
}

function switchesWrites({ tabletTypes: types }: PrecheckSubject): boolean {
  return types.includes('primary');
}

function isAskedRead({ tabletTypes: types, cells }: PrecheckSubject, { type, cell }: TrafficCell): boolean {
  return type !== 'primary' && types.includes(type) && (cells.length === 0 || cells.includes(cell));
}

function whatOf({ kind, tables, shards, source }: DiagnosedMove): string {
  if (kind === 'multi-tenant') return `the tenant of ${source}`;
  return kind === 'partial' ? `the shards ${listWords(shards)}` : listWords(tables);
}

/** Vitess compares the shards of the streams with all shards of both keyspaces (trafficSwitcher.validate). */
function reshardingReasons({ moves: [move], from, to }: PrecheckSubject, { keyspaces }: Snapshot): PrecheckReason[] {
  if (move.kind === 'partial') return [];
  return [from, to]
    .filter((keyspace) => isResharding(keyspaces.get(keyspace)))
    .map((keyspace) => ({
      code: 'resharding',
      message:
        `${keyspace} is being resharded: some of its shards overlap. Vitess refuses with "mismatched shards for keyspace ${keyspace}", because the move's streams are not on every shard. ` +
        `Next: finish or cancel the Reshard first.`,
    }));
}

/**
 * The operation removes a denied table by its exact name from the first control
 * of the shard; an expression, or another spelling, stays and goes on denying.
 */
function deniedOtherwise({ to, tables, shards }: PrecheckSubject, { keyspaces }: Snapshot): PrecheckReason[] {
  const taking = new Set(shards.filter(({ keyspace }) => keyspace === to).map(({ shard }) => shard));
  return loadedShards(keyspaces.get(to))
    .filter(({ name }) => taking.has(name))
    .flatMap(({ name, record, shard }): PrecheckReason[] => {
      const kept = primaryDenials(shard)
        .map(({ entry }) => entry)
        .filter((entry) => tables.some((table) => entry !== table && deniesToo(entry, table)));
      if (kept.length === 0) return [];
      return [
        {
          code: 'denied-otherwise',
          record,
          message:
            `${to}/${name} also denies these tables by ${listWords(kept)}, which the operation does not remove: once rules lead to ${to}, its queries there fail with "disallowed due to rule: enforce denied tables". ` +
            `Next: replace it by the names of the tables.`,
        },
      ];
    });
}

function deniesToo(entry: string, table: string): boolean {
  return entry.startsWith('/') ? compileTablePattern(entry)(table) : entry.toLowerCase() === table.toLowerCase();
}
