/** The slider over the moments, with a button to each side and what happened in words. */
import type { PageTimeline } from '../map/panelMessages.ts';
import { part } from './elements.ts';

/** The timeline on the page. */
export class Timeline {
  private readonly group = part('timeline', HTMLElement);
  private readonly slider = part('slider', HTMLInputElement);
  private readonly previous = part('previous', HTMLButtonElement);
  private readonly next = part('next', HTMLButtonElement);
  private readonly words = part('moment', HTMLElement);
  private readonly choose: (key: string) => void;
  private shown: PageTimeline | undefined;

  constructor(choose: (key: string) => void) {
    this.choose = choose;
    this.slider.addEventListener('input', () => this.go(this.slider.valueAsNumber));
    this.previous.addEventListener('click', () => this.go(this.index - 1));
    this.next.addEventListener('click', () => this.go(this.index + 1));
  }

  show(timeline: PageTimeline | undefined): void {
    this.shown = timeline;
    const moments = timeline?.moments.length ?? 0;
    this.group.hidden = moments < 2;
    this.slider.max = String(Math.max(0, moments - 1));
    this.slider.value = String(this.index);
    const text = timeline === undefined ? '' : timelineWords(timeline);
    this.slider.setAttribute('aria-valuetext', text);
    // The same words again would be read out again.
    if (this.words.textContent !== text) this.words.textContent = text;
    this.previous.disabled = this.index <= 0;
    this.next.disabled = this.index >= moments - 1;
  }

  private get index(): number {
    return this.shown?.index ?? 0;
  }

  private go(index: number): void {
    const key = this.shown?.moments[index];
    if (key !== undefined) this.choose(key);
  }
}

/** `3 of 7: 2026-11-24T02:05:00Z, revision 12: customer/-80 denies corder`. */
function timelineWords({ moments, index, title, events }: PageTimeline): string {
  const place = moments.length < 2 ? '' : `${index + 1} of ${moments.length}: `;
  return place + [title, ...(events.length === 0 ? [] : [events.join('; ')])].join(': ');
}
