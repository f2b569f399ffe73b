/** Words of a POSIX shell's command line. */

const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A text as one word of a shell command: quoted where it is not plain. */
export function shellWord(text: string): string {
  return plainWord.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Names as the value of a flag that takes a list: vtctldclient reads such values as one line of CSV. */
export function listValue(names: readonly string[]): string {
  return names.map((name) => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',');
}

/** A long option with its value, in one word where the value looks like an option itself; unquoted. */
export function option(name: string, value: string): string[] {
  return value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value];
}
