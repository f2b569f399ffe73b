/** Small helpers for sentences. */

/** `a`, `a and b`, `a, b and c`; past `most` names the rest is counted: `a, b and 7 more`. */
export function listWords(names: readonly string[], most = 6): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 table`, `2 tables`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}

/** The verb for a subject that names all of `subjects`. */
export function verb(subjects: readonly unknown[], singular: string, plural: string): string {
  return subjects.length === 1 ? singular : plural;
}

/** A duration in its two largest units: `45 s`, `12 min`, `23 h 51 min`, `3 d 4 h`. */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A moment that everybody who reads a ticket understands alike. */
export function moment(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The text with a full stop, unless it ends a sentence already. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
