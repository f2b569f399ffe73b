import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { JsonPath } from '../model/record.ts';
import { blankOutProse, moreJsonAt } from './jsonProse.ts';
import { camelCase } from './jsonValue.ts';

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
  /** Undefined when the text holds no value; of a damaged text, what could be parsed. */
  readonly value: unknown;
  /** Why the text is not one JSON value; empty when it is. */
  readonly problems: readonly JsonProblem[];
  /** The range of the value at a path; field names match in snake_case and camelCase. */
  rangeAt(path: JsonPath): TextRange | undefined;
  /** The range of the field name that a path ends with; undefined for list items and missing fields. */
  keyRangeAt(path: JsonPath): TextRange | undefined;
  /**
   * Where to point for a path, on one line: a plain value itself, the name of a
   * field that holds more, the first plain value of a list item. Where the path
   * leads nowhere, where to point for what it starts with.
   */
  anchorAt(path: JsonPath): TextRange;
}

/** Parses JSON as people save it: comments, titles before it, remarks after it and log lines in it are passed over. Never throws. */
export function parseJsonDocument(text: string): JsonDocument {
  try {
    const cleaned = blankOutProse(text);
    const errors: ParseError[] = [];
    const root = parseTree(cleaned, errors, { allowTrailingComma: true });
    return new ParsedDocument(root, problemsOf(cleaned, root, errors), cleaned.length);
  } catch (error) {
    // The parser recurses, so a text that is nested a hundred thousand levels deep exhausts the stack.
    const problem = error instanceof RangeError ? 'it is nested too deeply' : String(error);
    return new ParsedDocument(undefined, [{ offset: 0, length: 0, message: problem }], text.length);
  }
}

function problemsOf(text: string, root: Node | undefined, errors: readonly ParseError[]): JsonProblem[] {
  const problems = errors.map(({ offset, error }) => ({
    offset: Math.min(offset, text.length),
    length: 0,
    message: errorWords(error),
  }));
  // A text that is cut off ends where its value ends: errors there are not about a remark that follows.
  const unclosed = problems.some(({ message }) => /^close (brace|bracket) expected$/.test(message));
  if (root === undefined || unclosed) return problems;
  const end = root.offset + root.length;
  const within = problems.filter(({ offset }) => offset < end);
  const more = moreJsonAt(text, end);
  return more === undefined ? within : [...within, { offset: more, length: 1, message: 'more JSON after the value' }];
}

/** The parser's name of an error in words: `comma expected`. */
function errorWords(error: ParseError['error']): string {
  return printParseErrorCode(error)
    .replace(/(?<!^)([A-Z])/g, ' $1')
    .toLowerCase();
}

class ParsedDocument implements JsonDocument {
  readonly value: unknown;
  readonly problems: readonly JsonProblem[];
  private readonly root: Node | undefined;
  private readonly length: number;

  constructor(root: Node | undefined, problems: readonly JsonProblem[], length: number) {
    this.root = root;
    this.length = length;
    this.value = root === undefined ? undefined : valueOf(root);
    this.problems = problems;
  }

  rangeAt(path: JsonPath): TextRange | undefined {
    const node = this.nodeAt(path);
    return node === undefined ? undefined : this.inText(node);
  }

  keyRangeAt(path: JsonPath): TextRange | undefined {
    const key = keyOf(this.nodeAt(path));
    return key === undefined ? undefined : this.inText(key);
  }

  anchorAt(path: JsonPath): TextRange {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = this.nodeAt(path.slice(0, length));
      if (node !== undefined) return this.inText(anchorOf(node));
    }
    return { offset: 0, length: 0 };
  }

  /** A comment that is not closed makes the parser count past the end. */
  private inText({ offset, length }: TextRange): TextRange {
    const start = Math.min(offset, this.length);
    return { offset: start, length: Math.min(length, this.length - start) };
  }

  private nodeAt(path: JsonPath): Node | undefined {
    let node = this.root;
    for (const segment of path) node = node === undefined ? undefined : childAt(node, segment);
    return node;
  }
}

/** Of a name that is written twice the last counts, as for JSON.parse. */
function childAt(node: Node, segment: string | number): Node | undefined {
  if (typeof segment === 'number') return node.type === 'array' ? node.children?.[segment] : undefined;
  if (node.type !== 'object') return undefined;
  const named = (name: string): Node | undefined =>
    node.children?.findLast(({ children }) => children?.[0]?.value === name)?.children?.[1];
  return named(segment) ?? named(camelCase(segment));
}

function anchorOf(node: Node): TextRange {
  if (isPlain(node)) return node;
  const plain = node.parent?.type === 'array' ? firstPlain(node) : undefined;
  return keyOf(node) ?? plain ?? { offset: node.offset, length: 1 };
}

function firstPlain(node: Node): Node | undefined {
  return node.children?.map((child) => child.children?.[1]).find((value) => value !== undefined && isPlain(value));
}

function isPlain({ type }: Node): boolean {
  return type !== 'object' && type !== 'array';
}

function keyOf(node: Node | undefined): Node | undefined {
  return node?.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
}

function valueOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return node.value as unknown;
  const entries = (node.children ?? []).flatMap(({ children }): [string, unknown][] => {
    const [key, value] = children ?? [];
    return key === undefined || value === undefined ? [] : [[String(key.value), valueOf(value)]];
  });
  // fromEntries defines the fields, so that a field named `__proto__` is one like the others.
  return Object.fromEntries(entries);
}
