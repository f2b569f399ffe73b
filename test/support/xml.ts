/** A small XML reader, strict and written apart from the product's own writer: it throws where a text is not well-formed. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
}

const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const startTag = /^<([A-Za-z][\w:-]*)((?:\s+[A-Za-z][\w:-]*="[^"<]*")*)\s*(\/?)>/;
const attribute = /([A-Za-z][\w:-]*)="([^"<]*)"/g;

/** Reads a document of one element, with or without an XML declaration. */
export function parseXml(document: string): XmlElement {
  if (forbidden.test(document)) throw new Error('a character that XML does not allow');
  let rest = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '').trimEnd();

  const element = (): XmlElement => {
    const match = startTag.exec(rest);
    if (match === null) throw new Error(`no start tag at: ${rest.slice(0, 80)}`);
    const [all, name = '', inside = '', empty] = match;
    rest = rest.slice(all.length);
    const pairs = [...inside.matchAll(attribute)].map(([, key = '', value = '']) => [key, text(value)] as const);
    const attributes = new Map(pairs);
    if (attributes.size !== pairs.length) throw new Error(`an attribute of ${name} is there twice`);
    const children: (XmlElement | string)[] = [];
    if (empty === '/') return { name, attributes, children };
    for (;;) {
      const end = `</${name}>`;
      if (rest.startsWith(end)) {
        rest = rest.slice(end.length);
        return { name, attributes, children };
      }
      if (rest.startsWith('<')) children.push(element());
      else children.push(text(take()));
    }
  };
  const take = (): string => {
    const end = rest.indexOf('<');
    if (end < 0) throw new Error('the document ends inside of an element');
    const taken = rest.slice(0, end);
    rest = rest.slice(end);
    return taken;
  };

  const root = element();
  if (rest !== '') throw new Error(`something follows the root: ${rest.slice(0, 80)}`);
  return root;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function text(written: string): string {
  const plain = written.replace(/&([\w#]+);/g, (whole, name: string) => {
    const character = named[name];
    if (character === undefined) throw new Error(`an unknown entity ${whole}`);
    return character === '&' ? '\u0000' : character;
  });
  if (plain.includes('&')) throw new Error('a bare ampersand');
  return plain.replaceAll('\u0000', '&');
}

/** Every element of a document, the root first. */
export function allElements(root: XmlElement): XmlElement[] {
  return [root, ...root.children.flatMap((child) => (typeof child === 'string' ? [] : allElements(child)))];
}

/** The text inside of an element. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
