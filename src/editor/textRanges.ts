import * as vscode from 'vscode';
import type { TextRange } from '../records/jsonDocument.ts';
import type { LineIndex } from '../records/lineIndex.ts';
import type { TextSpan } from './problem.ts';

/** A stretch of a text as lines and columns. */
export function spanOf(lines: LineIndex, { offset, length }: TextRange): TextSpan {
  return { start: lines.positionAt(offset), end: lines.positionAt(offset + length) };
}

/** A span as the editor takes it. */
export function rangeOf({ start, end }: TextSpan): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
