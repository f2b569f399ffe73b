/** Markdown whose content comes from a topology: every piece of it is escaped, so that data is never read as markup. */

const special = /[\\`*_{}[\]()#+\-.!|<>~$]/g;

/** Text as Markdown that renders to exactly this text on one line: no markup, no link, no HTML. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/\s+/g, ' ')
      .replace(/&/g, '&amp;')
      .replace(special, (character) => (character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`))
      // Renderers turn bare addresses into links.
      .replace(/:\/\//g, '&#58;//')
      .replace(/@/g, '&#64;')
      .replace(/\bwww\\\./gi, (start) => `${start.slice(0, 3)}&#46;`)
  );
}

/**
 * The same for a document that is also read as it is written, in an editor or a
 * terminal: only what would be markup within a line, or at its start, is escaped.
 */
export function escapeReadable(text: string): string {
  return (
    text
      .replace(/\s+/g, ' ')
      .replace(/[\\`*[\]~|<$]|&(?=[#\w])/g, '\\$&')
      // Within a word an underscore is none, and names are full of them.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
      .replace(/^ *(?=[#+=>-])|^ *\d+(?=[.)])/, '$&\\')
      .replace(/:\/\//g, ':\\/\\/')
      .replace(/@/g, '\\@')
      .replace(/\bwww\./gi, (start) => `${start.slice(0, 3)}\\.`)
  );
}

/** `escapeMarkdown` or `escapeReadable`. */
export type Escape = (text: string) => string;

/** Sentences, escaped but for what stands between single backticks, which is shown as code. */
export function escapeProse(text: string, escape: Escape = escapeMarkdown): string {
  // Nothing is markup inside of code, so it needs no escapes and takes none.
  const parts = text.replace(/\s+/g, ' ').split(/((?<!`)`[^`]+`(?!`))/);
  return parts.map((part, index) => (index % 2 === 1 ? part : escape(part))).join('');
}

/** A table with escaped cells. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  escape: Escape = escapeMarkdown,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(' | ')} |`;
  return [line(header), `|${header.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** A bold title and a text, both escaped. */
export function titled(title: string, text: string, escape: Escape = escapeMarkdown): string {
  return `**${escape(title)}**: ${escape(text)}`;
}

/** A text as code within a line, exactly as it is but for line breaks. */
export function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const ticks = '`'.repeat(longestRun(line) + 1);
  // A space at both ends is taken off again, and keeps the text's own backticks from the code's.
  const space = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${ticks}${space}${line}${space}${ticks}`;
}

/** A code block that its content cannot end. */
export function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(2, longestRun(text)) + 1);
  return `${fence}sh\n${text.trimEnd()}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
