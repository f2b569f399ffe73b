/** What the records of a plan are like after a run. */
import { groupBy } from '../model/groupBy.ts';
import { planChanges, type Plan, type RecordChange } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { recordWords } from './runWords.ts';
import { recordOf, sameBytes } from './topologyRecords.ts';

type Standing = 'planned' | 'before' | 'between' | 'other' | 'unread';

const heads: Record<Standing, string> = {
  planned: 'As planned now',
  before: 'As before the run',
  between: 'Denied, and not yet as planned',
  other: 'Changed by someone else',
  unread: 'Could not be read',
};

/** Where each record of the plan stands, a sentence for each state. */
export function standingWords(plan: Plan, data: TopologyData): string[] {
  const standing = groupBy(byRecord(plan), (changes) => standingOf(changes, data));
  return Object.entries(heads).flatMap(([state, head]) => {
    const found = standing.get(state as Standing);
    return found === undefined
      ? []
      : [`${head}: ${recordWords(found.flatMap((changes) => changes.map(({ record }) => record)))}.`];
  });
}

/** The records that are not as the plan leaves them. */
export function notAsPlanned(plan: Plan, data: TopologyData): string[] {
  return byRecord(plan)
    .filter((changes) => standingOf(changes, data) !== 'planned')
    .flatMap(([first]) => (first === undefined ? [] : [recordName(first.record)]));
}

/** The changes of each record, in their order. */
function byRecord(plan: Plan): RecordChange[][] {
  return [...groupBy(planChanges(plan), ({ record }) => recordName(record)).values()];
}

function standingOf(changes: readonly RecordChange[], data: TopologyData): Standing {
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return 'other';
  const { cell } = first.record;
  if (cell !== undefined && data.cells.find((one) => one.cell === cell)?.status !== 'loaded') return 'unread';
  const bytes = recordOf(data, first.record)?.value;
  if (sameBytes(bytes, last.after)) return 'planned';
  if (sameBytes(bytes, first.before)) return 'before';
  return changes.some(({ after }) => sameBytes(bytes, after)) ? 'between' : 'other';
}
