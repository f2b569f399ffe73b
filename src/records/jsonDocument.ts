import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { JsonPath } from '../model/record.ts';

/** A stretch of a document's text, in UTF-16 code units. */
export interface TextRange {
  readonly offset: number;
  readonly length: number;
}

export interface JsonProblem extends TextRange {
  readonly message: string;
}

/** A parsed JSON text that remembers where each value stands. */
export interface JsonDocument {
  readonly value: unknown;
  readonly problems: readonly JsonProblem[];
  /** The range of the value at a path; field names match in snake_case and camelCase. */
  rangeAt(path: JsonPath): TextRange | undefined;
}

/** Parses JSON as people save it: comments, a line of words before it and log lines around it are passed over. */
export function parseJsonDocument(text: string): JsonDocument {
  const errors: ParseError[] = [];
  const root = parseTree(blankOutProse(text), errors, { allowTrailingComma: true });
  return {
    value: root === undefined ? undefined : (getNodeValue(root) as unknown),
    problems: errors.map(({ offset, length, error }) => ({ offset, length, message: printParseErrorCode(error) })),
    rangeAt: (path) => {
      const node = root === undefined ? undefined : nodeAt(root, path);
      return node === undefined ? undefined : { offset: node.offset, length: node.length };
    },
  };
}

function nodeAt(root: Node, path: JsonPath): Node | undefined {
  let node: Node | undefined = root;
  for (const segment of path) {
    if (node === undefined) return undefined;
    node =
      findNodeAtLocation(node, [segment]) ??
      (typeof segment === 'string' ? findNodeAtLocation(node, [camelCase(segment)]) : undefined);
  }
  return node;
}

/** The name that protojson gives a field by default. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Replaces everything before and after the JSON by spaces, so that offsets stay.
 * vtctldclient prints a title line before some records, and its log lines (JSON
 * objects on one line, with a level) end up in saved files.
 */
function blankOutProse(text: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^\s*(\/\/|\/\*|[[{])/.test(line) && !isLogLine(line));
  if (first <= 0 && !lines.some(isLogLine)) return text;
  return lines.map((line, index) => (index < first || isLogLine(line) ? line.replace(/[^\r]/g, ' ') : line)).join('\n');
}

function isLogLine(line: string): boolean {
  return /^\{"(time|level|ts)":.*"(level|msg)":.*\}\s*$/.test(line);
}
