/** Builds the page's elements. Data goes in as text and as plain attributes only, never as markup. */
import { svgAttributes, svgTags, type SvgNode } from '../map/svgNode.ts';

const tags: readonly string[] = svgTags;
const attributes: readonly string[] = svgAttributes;

/** An element of the page that its HTML has. */
export function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`);
  return element;
}

/** An HTML element with children. */
export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.append(...children);
  return element;
}

/** A drawing's element; what a drawing does not consist of is left out. */
export function svgElement({ tag, attributes: given, children }: SvgNode): SVGElement | string {
  if (!tags.includes(tag)) return '';
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(given)) {
    if (attributes.includes(name)) element.setAttribute(name, String(value));
  }
  element.append(...children.map((child) => (typeof child === 'string' ? child : svgElement(child))));
  return element;
}
