/** A drawing as data: the extension makes it, a page builds it element by element, and an export writes it as text. */

/** Elements that a drawing consists of. A page builds no other. */
export const svgTags = ['svg', 'title', 'desc', 'style', 'g', 'rect', 'circle', 'path', 'text', 'tspan'] as const;
export type SvgTag = (typeof svgTags)[number];

/** Attributes that a drawing uses: none of them loads or runs anything. */
export const svgAttributes = [
  'xmlns',
  'viewBox',
  'width',
  'height',
  'role',
  'aria-labelledby',
  'id',
  'class',
  'x',
  'y',
  'rx',
  'cx',
  'cy',
  'r',
  'd',
  'transform',
  'text-anchor',
] as const;
export type SvgAttribute = (typeof svgAttributes)[number];

export interface SvgNode {
  readonly tag: SvgTag;
  readonly attributes: Readonly<Partial<Record<SvgAttribute, string | number>>>;
  readonly children: readonly (SvgNode | string)[];
}

/** Makes an element. */
export function svg(
  tag: SvgTag,
  attributes: SvgNode['attributes'] = {},
  ...children: readonly (SvgNode | string)[]
): SvgNode {
  return { tag, attributes, children };
}

/** The drawing as XML text: whatever its texts hold, it is well-formed and they stay text. */
export function svgText({ tag, attributes, children }: SvgNode): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`);
  const inner = children.map((child) => (typeof child === 'string' ? escapeXml(child) : svgText(child)));
  return inner.length === 0 ? `<${tag}${written.join('')}/>` : `<${tag}${written.join('')}>${inner.join('')}</${tag}>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// What XML 1.0 allows in no form: controls, lone surrogates and two noncharacters.
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escapeXml(text: string): string {
  return text.replace(forbidden, '\uFFFD').replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
