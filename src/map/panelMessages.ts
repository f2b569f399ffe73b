/** What the extension and the page of a map tell each other. Both sides are built together; what comes from the page is checked all the same. */
import type { SvgNode } from './svgNode.ts';

/** A rectangle of the drawing that opens a record; `target` counts the record's places that the extension keeps. */
export interface PageSpot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly target: number;
}

export interface PageLine {
  readonly text: string;
  readonly target?: number;
}

export interface PageMap {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly SvgNode[];
  readonly spots: readonly PageSpot[];
  /** What a screen reader says of the drawing. */
  readonly summary: string;
  readonly lists: readonly { readonly heading: string; readonly lines: readonly PageLine[] }[];
  readonly traffic: {
    readonly heading: string;
    readonly header: readonly string[];
    readonly rows: readonly { readonly cells: readonly string[]; readonly target: number }[];
  };
}

/** Where the page stands on the timeline. */
export interface PageTimeline {
  /** A key for each moment, oldest first. */
  readonly moments: readonly string[];
  readonly index: number;
  /** When and at which revision. */
  readonly title: string;
  /** What changed then. */
  readonly events: readonly string[];
}

/** To the page: all that it shows. */
export interface PictureMessage {
  readonly type: 'picture';
  /** Counts the pictures of a panel: targets are those of one picture. */
  readonly version: number;
  /** What the page is to be made from again after the window was reloaded. */
  readonly subject: { readonly connection: string; readonly move: string };
  /** Absent when there is nothing to draw; `notice` says why. */
  readonly map?: PageMap;
  readonly timeline?: PageTimeline;
  /** Why there is no map, or why it is not current. */
  readonly notice?: string;
}

/** From the page. */
export type PageMessage =
  /** It is loaded and wants a picture. */
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly version: number; readonly target: number }
  | { readonly type: 'moment'; readonly key: string }
  | { readonly type: 'export' };

/** A message of the page, when it is one. */
export function parsePageMessage(value: unknown): PageMessage | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  const { type } = value;
  if (type === 'ready' || type === 'export') return { type };
  if (type === 'open' && 'version' in value && 'target' in value) {
    const { version, target } = value;
    return isCount(version) && isCount(target) ? { type, version, target } : undefined;
  }
  if (type === 'moment' && 'key' in value && typeof value.key === 'string') return { type, key: value.key };
  return undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
