import { styleText } from 'node:util';

/** What the terminal can show. */
export interface TextStyle {
  readonly colour: boolean;
  /** Columns to wrap messages at; undefined for no wrapping. */
  readonly width: number | undefined;
}

export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';
export type Paint = (colour: Colour, text: string) => string;

/** Paints text where the terminal shows colour. */
export function painter({ colour }: TextStyle): Paint {
  return (name, text) => (colour ? styleText(name, text, { validateStream: false }) : text);
}

/** Text from a topology may hold anything; control characters would drive the terminal. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}

/** Breaks a sentence into lines of at most `width` columns. */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
