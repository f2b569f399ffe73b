/** What saved outputs hold besides JSON: a title before it, a remark after it, and log lines anywhere. */

/** A line that JSON of a record can start with; `[DRY RUN] …` is a title that vtctldclient prints. */
const jsonStart = /^\s*(?:\/[/*]|\{\s*(?:["}/]|$)|\[\s*(?:["[\]{/]|$))/;
/** vtctldclient logs to stderr, as JSON objects of one line or in the older form `I0312 10:11:12.123456 …`. */
const logLine = /^(?:\{"(?:time|level|ts)":.*"(?:level|msg)":.*\}|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ .*)\s*$/;
/** A line after the value that is no remark: another value, or punctuation that belongs to none. */
const moreJson = /^\s*(?:[{}\],:"]|\[\s*(?:["[\]{]|$))/;
const byteOrderMark = '\uFEFF';

/** Replaces log lines and everything before the JSON by spaces, so that every offset stays what it was. */
export function blankOutProse(text: string): string {
  const marked = text.startsWith(byteOrderMark) ? ` ${text.slice(1)}` : text;
  const lines = marked.split('\n');
  const first = lines.findIndex((line) => jsonStart.test(line) && !logLine.test(line));
  if (first <= 0 && !lines.some((line) => logLine.test(line))) return marked;
  return lines.map((line, index) => (index < first || logLine.test(line) ? blank(line) : line)).join('\n');
}

/** The offset of further JSON in the text after the first value; undefined when nothing but a remark follows. */
export function moreJsonAt(text: string, end: number): number | undefined {
  let offset = end;
  for (const line of text.slice(end).split('\n')) {
    const start = line.search(/\S/);
    if (moreJson.test(line)) return offset + start;
    offset += line.length + 1;
  }
  return undefined;
}

function blank(line: string): string {
  return line.replace(/[^\r]/g, ' ');
}
