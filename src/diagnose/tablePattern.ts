/** Regular expressions among denied tables: written between slashes, matched anywhere in a table's name. */

/** MySQL allows no longer names, so no longer name can be a table. */
const longestTableName = 64;
/** With more of them a match of a 64-character name can take seconds, where Go's matcher takes linear time. */
const mostQuantifiers = 3;

/**
 * A matcher for an entry such as `/^c.*$/`. An expression that cannot be tried
 * here counts as matching: a denial that is assumed is seen by a reader, one
 * that is missed is not.
 */
export function compileTablePattern(entry: string): (table: string) => boolean {
  const source = entry.replace(/^\/+|\/+$/g, '');
  const expression = takesLong(source) ? undefined : compile(source);
  return (table) => expression === undefined || table.length > longestTableName || expression.test(table);
}

/** A repeated group or a back reference takes exponential time in the worst case, several quantifiers polynomial time. */
function takesLong(source: string): boolean {
  return /\)[*+?{]|\\[1-9k]/.test(source) || (source.match(/[*+?{]/g)?.length ?? 0) > mostQuantifiers;
}

function compile(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}
