/** Markdown that an operator reads as it is written: a runbook is opened in an editor and printed to a terminal. */
import { escapeProse, escapeReadable, markdownTable, titled } from '../../model/markdown.ts';

export const escaped = escapeReadable;

export function prose(text: string): string {
  return escapeProse(text, escapeReadable);
}

export function fact(title: string, text: string): string {
  return titled(title, text, escapeReadable);
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable(header, rows, escapeReadable);
}
