/** The drawing with a button over each part that can be opened, at a size that the reader chooses. */
import type { PageMap, PageSpot } from '../map/panelMessages.ts';
import { part, svgElement } from './elements.ts';

const leastZoom = 0.4;
const mostZoom = 3;
const step = 1.2;

/** The drawing on the page. */
export class Drawing {
  private readonly scroll = part('scroll', HTMLElement);
  private readonly stage = part('stage', HTMLElement);
  private readonly open: (target: number) => void;
  private readonly keepZoom: (zoom: number | undefined) => void;
  private map: PageMap | undefined;
  /** Undefined while the drawing fits the page's width. */
  private zoom: number | undefined;

  constructor(open: (target: number) => void, zoom: number | undefined, keepZoom: (zoom: number | undefined) => void) {
    this.open = open;
    this.zoom = zoom;
    this.keepZoom = keepZoom;
    part('smaller', HTMLElement).addEventListener('click', () => this.scaleBy(1 / step));
    part('larger', HTMLElement).addEventListener('click', () => this.scaleBy(step));
    part('fit', HTMLElement).addEventListener('click', () => this.scaleTo(undefined));
    this.scroll.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.scroll.addEventListener('keydown', ({ key, ctrlKey, metaKey }) => {
      if (ctrlKey || metaKey) return;
      if (key === '+' || key === '=') this.scaleBy(step);
      if (key === '-') this.scaleBy(1 / step);
      if (key === '0') this.scaleTo(undefined);
    });
    addEventListener('resize', () => this.place());
  }

  /** Draws a map; a part that had the focus has it again. */
  show(map: PageMap | undefined): void {
    const focused = document.activeElement;
    const buttons = [...this.stage.querySelectorAll('button')];
    const index = buttons.findIndex((button) => button === focused);
    const label = focused?.getAttribute('aria-label');
    this.map = map;
    this.scroll.hidden = map === undefined;
    if (map === undefined) {
      this.stage.replaceChildren();
      return;
    }
    const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    picture.setAttribute('viewBox', `0 0 ${map.width} ${map.height}`);
    picture.setAttribute('class', 'move-map');
    picture.setAttribute('role', 'img');
    picture.setAttribute('aria-label', map.summary);
    picture.append(...map.nodes.map(svgElement));
    const spots = map.spots.map((spot) => this.button(spot));
    this.stage.replaceChildren(picture, ...spots);
    this.place();
    if (index >= 0) (spots.find((spot) => spot.ariaLabel === label) ?? spots[index] ?? this.scroll).focus();
  }

  private button({ label, target }: PageSpot): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.title = label;
    button.ariaLabel = label;
    button.addEventListener('click', () => this.open(target));
    return button;
  }

  private place(): void {
    if (this.map === undefined) return;
    const zoom = this.zoom ?? this.fitting(this.map);
    const { width, height, spots } = this.map;
    const [picture, ...buttons] = this.stage.children;
    picture?.setAttribute('width', String(width * zoom));
    picture?.setAttribute('height', String(height * zoom));
    this.stage.style.width = `${width * zoom}px`;
    buttons.forEach((button, index) => {
      const spot = spots[index];
      if (!(button instanceof HTMLElement) || spot === undefined) return;
      button.style.left = `${spot.x * zoom}px`;
      button.style.top = `${spot.y * zoom}px`;
      button.style.width = `${spot.width * zoom}px`;
      button.style.height = `${spot.height * zoom}px`;
    });
  }

  /** Smaller than this nobody reads it, larger fills the page with little. */
  private fitting({ width }: PageMap): number {
    return Math.min(1.25, Math.max(0.7, this.scroll.clientWidth / width));
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.scaleBy(event.deltaY < 0 ? step : 1 / step);
  }

  private scaleBy(factor: number): void {
    if (this.map !== undefined) this.scaleTo((this.zoom ?? this.fitting(this.map)) * factor);
  }

  private scaleTo(zoom: number | undefined): void {
    this.zoom = zoom === undefined ? undefined : Math.min(mostZoom, Math.max(leastZoom, zoom));
    this.keepZoom(this.zoom);
    this.place();
  }
}
