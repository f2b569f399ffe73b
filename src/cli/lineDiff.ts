/** What differs between two texts, line by line, as `diff -u` shows it. */

export interface DiffLine {
  /** A gap stands for unchanged lines that are left out. */
  readonly kind: 'same' | 'removed' | 'added' | 'gap';
  readonly text: string;
}

const fewLines = 3;
/** Texts that differ in more lines than this are shown as replaced: nobody follows so many changes. */
const mostEdits = 1000;

/** The changed lines with `context` unchanged ones around each; empty when nothing differs. */
export function lineDiff(before: readonly string[], after: readonly string[], context = fewLines): DiffLine[] {
  const lines = allLines(before, after);
  const shown = new Set(
    lines.flatMap(({ kind }, at) =>
      kind === 'same' ? [] : Array.from({ length: 2 * context + 1 }, (_, offset) => at - context + offset),
    ),
  );
  if (shown.size === 0) return [];
  return lines.flatMap((line, at): DiffLine[] => {
    if (shown.has(at)) return [line];
    return at === 0 || shown.has(at - 1) ? [{ kind: 'gap', text: '' }] : [];
  });
}

/** Every line of both. */
function allLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const [old, now] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return [
    ...lines('same', before.slice(0, start)),
    ...(shortestEdit(old, now) ?? [...lines('removed', old), ...lines('added', now)]),
    ...lines('same', before.slice(before.length - end)),
  ];
}

function lines(kind: DiffLine['kind'], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}

/** The fewest changed lines (E. Myers, An O(ND) Difference Algorithm, 1986); undefined when there are too many. */
function shortestEdit(before: readonly string[], after: readonly string[]): DiffLine[] | undefined {
  // The furthest line of `before` on each diagonal; a diagonal is the lead over `after`.
  let furthest = new Map<number, number>([[1, 0]]);
  const rounds: Map<number, number>[] = [];
  for (let edits = 0; edits <= mostEdits; edits += 1) {
    rounds.push(furthest);
    furthest = new Map(furthest);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x =
        stepFrom(furthest, diagonal, edits) === diagonal + 1
          ? at(furthest, diagonal + 1)
          : at(furthest, diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      furthest.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return traced(before, after, rounds);
    }
  }
  return undefined;
}

/** The diagonal from which a round reaches another: by a line that is added, or one that is removed. */
function stepFrom(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  const adds = diagonal === -edits || (diagonal !== edits && at(furthest, diagonal - 1) < at(furthest, diagonal + 1));
  return adds ? diagonal + 1 : diagonal - 1;
}

function at(furthest: ReadonlyMap<number, number>, diagonal: number): number {
  return furthest.get(diagonal) ?? 0;
}

function traced(
  before: readonly string[],
  after: readonly string[],
  rounds: readonly ReadonlyMap<number, number>[],
): DiffLine[] {
  const found: DiffLine[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = rounds.length - 1; edits >= 0; edits -= 1) {
    const furthest = rounds[edits] ?? new Map<number, number>();
    const from = stepFrom(furthest, x - y, edits);
    const [fromX, fromY] = [at(furthest, from), at(furthest, from) - from];
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      found.push({ kind: 'same', text: before[x] ?? '' });
    }
    if (edits === 0) break;
    if (x === fromX) found.push({ kind: 'added', text: after[fromY] ?? '' });
    else found.push({ kind: 'removed', text: before[fromX] ?? '' });
    [x, y] = [fromX, fromY];
  }
  return found.reverse();
}
