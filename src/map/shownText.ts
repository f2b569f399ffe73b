/** Text of a topology as a map shows it, and how wide it will about be. */

// Controls, marks that turn the direction of writing, and what no font has a sign for.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** Text on one line, in which nothing hides and nothing reorders what stands beside it. */
export function shownText(text: string): string {
  return text
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .replace(unseen, (character) => `⟨U+${hex(character.codePointAt(0) ?? 0)}⟩`);
}

function hex(codePoint: number): string {
  return codePoint.toString(16).toUpperCase().padStart(4, '0');
}

/** An upper estimate of a text's width in pixels: a drawing is laid out where no font can be asked. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * size;
}

function emsOf(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint > 0x10ff) return 1.05;
  if (codePoint > 0x7e) return 0.75;
  if (/[ijl.,:;'|!]/.test(character)) return 0.34;
  if (/[mwMW@%]/.test(character)) return 0.95;
  return /[A-Z]/.test(character) ? 0.72 : 0.6;
}

/** A text that fits into a width: its end gives way to an ellipsis where it does not. */
export function fitText(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const ellipsis = '…';
  let fitted = '';
  for (const character of text) {
    if (textWidth(fitted + character + ellipsis, size) > width) break;
    fitted += character;
  }
  return fitted.trimEnd() + ellipsis;
}
