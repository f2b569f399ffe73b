/** How many cases of a generated matrix were proven, for whoever reads the run's output. */
const counts = new Map<string, Map<string, number>>();

/** One more case of a kind, e.g. of kills, in a group, e.g. a state. */
export function counted(kind: string, group: string): void {
  const groups = counts.get(kind) ?? new Map<string, number>();
  counts.set(kind, groups.set(group, (groups.get(group) ?? 0) + 1));
}

/** Prints the cases of a kind, one line for each group. */
export function printCounts(kind: string): void {
  const groups = [...(counts.get(kind) ?? [])];
  const total = groups.reduce((sum, [, count]) => sum + count, 0);
  console.log(`   ${kind}: ${total} cases`);
  for (const [group, count] of groups) console.log(`      ${count} × ${group}`);
}
