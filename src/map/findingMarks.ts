/** Numbers a map's findings and says which boxes of the map each one marks. */
import type { DiagnosedMove, DiagnosedTopology } from '../diagnose/diagnose.ts';
import { unreadOfMove } from '../diagnose/unread.ts';
import type { Finding } from '../model/finding.ts';
import { findingTitle } from '../model/findingTitle.ts';
import { groupBy } from '../model/groupBy.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { count } from '../model/words.ts';
import type { MapFinding, Mark, MarkState } from './moveMap.ts';

/** Up to so many findings that say the same keep a number each. */
const mostAlike = 3;

/** A map's findings, and the marks of each record. */
export class FindingMarks {
  readonly findings: readonly MapFinding[];
  private readonly shown: ReadonlySet<Finding>;
  private readonly marks: ReadonlyMap<string, readonly Mark[]>;

  /** `shown` are the locks on the map: their findings name no move. */
  constructor(topology: DiagnosedTopology, move: DiagnosedMove, shown: readonly RecordId[]) {
    const concerned = concerning(topology, move, shown);
    this.shown = new Set(concerned);
    const groups = [...groupBy(concerned, sameWords).values()].flatMap((alike) =>
      alike.length > mostAlike ? [alike] : alike.map((finding) => [finding]),
    );
    this.findings = groups.map((findings, index) => mapFinding(findings, index + 1));
    const marked = groups.flatMap((findings, index) =>
      findings.flatMap((finding) =>
        [...new Set(markedPlaces(finding))].map((place) => ({ place, mark: markOf(finding, index + 1) })),
      ),
    );
    const byPlace = groupBy(marked, ({ place }) => place);
    this.marks = new Map([...byPlace].map(([place, found]) => [place, distinct(found.map(({ mark }) => mark))]));
  }

  /** Whether a finding of the topology is on the map. */
  has(finding: Finding): boolean {
    return this.shown.has(finding);
  }

  /** The marks of whatever has one of these records. */
  of(...records: readonly RecordId[]): readonly Mark[] {
    return distinct(records.flatMap((record) => this.marks.get(recordName(record)) ?? []));
  }
}

/** The findings of a move, of its keyspaces, of the records that it rests on and of the locks shown, in the order of the diagnosis. */
function concerning(topology: DiagnosedTopology, move: DiagnosedMove, shown: readonly RecordId[]): Finding[] {
  const unread = new Set(unreadOfMove(topology.snapshot, move));
  const locks = new Set(shown.map(recordName));
  return topology.findings.filter((finding) => {
    if (finding.move !== undefined) return finding.move === move.id;
    const name = recordName(finding.places[0].record);
    if (finding.code === 'held-lock' || finding.code === 'abandoned-lock') return locks.has(name);
    if (finding.code === 'record-unreadable' && finding.keyspace === undefined) {
      return finding.cell !== undefined || unread.has(name) || locks.has(name);
    }
    return finding.keyspace === move.source || finding.keyspace === move.target;
  });
}

/** Findings that differ only in their shard or cell are one line of the map. */
function sameWords({ code, severity, keyspace, tables, shard, cell, places }: Finding): string {
  const only = shard === undefined && cell === undefined ? recordName(places[0].record) : '';
  return JSON.stringify([code, severity, keyspace, tables, shard === undefined, only]);
}

function mapFinding(findings: readonly Finding[], number: number): MapFinding {
  const [first, ...others] = findings;
  const title = first === undefined ? '' : findingTitle(first);
  const kind = first?.shard === undefined ? 'cell' : 'shard';
  return {
    number,
    state: first === undefined ? 'info' : markState(first),
    title: others.length === 0 ? title : `${title}; the same of ${count(others.length, `more ${kind}`)}`,
    messages: findings.map(({ message, places: [{ record, path }] }) => ({ message, target: { record, path } })),
  };
}

function markOf(finding: Finding, number: number): Mark {
  return { number, state: markState(finding) };
}

function markState({ code, severity }: Finding): MarkState {
  return code === 'record-unreadable' ? 'unchecked' : severity;
}

/** The records that a finding is about; a cell that cannot be read has no routing. */
function markedPlaces({ places, cell, code }: Finding): string[] {
  const names = places.map(({ record }) => recordName(record));
  return code === 'record-unreadable' && cell !== undefined ? [...names, `${cell}/SrvVSchema`] : names;
}

function distinct(marks: readonly Mark[]): readonly Mark[] {
  return [...groupBy(marks, ({ number }) => number).values()]
    .flatMap(([mark]) => mark ?? [])
    .sort((a, b) => a.number - b.number);
}
