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

/** Sentences, escaped but for what stands between single backticks, which is shown as code. */
export function escapeProse(text: string): string {
  // Nothing is markup inside of code, so it needs no escapes and takes none.
  const parts = text.replace(/\s+/g, ' ').split(/((?<!`)`[^`]+`(?!`))/);
  return parts.map((part, index) => (index % 2 === 1 ? part : escapeMarkdown(part))).join('');
}

/** A table with escaped cells. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(header), `|${header.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** A bold title and a text, both escaped. */
export function titled(title: string, text: string): string {
  return `**${escapeMarkdown(title)}**: ${escapeMarkdown(text)}`;
}

/** A code block that its content cannot end. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text.trimEnd()}\n${fence}`;
}
