import { html, type Markup } from './html.ts';
import { wordsOf } from './event-words.ts';

/** Half the side of a symbol's box. */
const SYMBOL_RADIUS = 8;

/** The shapes, drawn once in a page around their own middle and used by their names. */
export function symbolDefinitions(): Markup {
  return html`<svg width="0" height="0" aria-hidden="true" class="definitions">
    <defs>
      <circle id="s-ring" r="4.5" class="line" />
      <path id="s-tick" d="M0 -5V5" class="line" />
      <path id="s-diamond" d="M0 -6.5L6.5 0L0 6.5L-6.5 0Z" class="solid" />
      <path id="s-check" d="M-5 0.5L-1.5 4L5 -4" class="line" />
      <path id="s-triangle" d="M0 -6L6.5 5H-6.5Z" class="solid" />
      <path id="s-back" d="M5 4.5A5 5 0 1 0 -4.3 -2M-5.5 -6.5V-1.5H-0.5" class="line" />
      <path id="s-cross" d="M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5" class="line" />
      <path
        id="s-barred"
        d="M5.5 0A5.5 5.5 0 1 1 -5.5 0A5.5 5.5 0 1 1 5.5 0M-3.8 3.8L3.8 -3.8"
        class="line"
      />
      <path id="s-square" d="M-4.5 -4.5H4.5V4.5H-4.5Z" class="solid" />
      <path id="s-minus" d="M5.5 0A5.5 5.5 0 1 1 -5.5 0A5.5 5.5 0 1 1 5.5 0M-3 0H3" class="line" />
      <circle id="s-dot" r="3" class="solid" />
      <circle id="s-disc" r="5" class="solid" />
    </defs>
  </svg>`;
}

/** An event's symbol at a place of an SVG, with what it says when the pointer rests on it. */
export function eventMark(
  event: string,
  { x, y, title }: { readonly x: number; readonly y: number; readonly title: string },
): Markup {
  const { symbol, tone } = wordsOf(event);
  return html`<g class="mark ${tone}" transform="translate(${x} ${y})"
    ><title>${title}</title><circle r="9.5" class="halo" /><use href="#s-${symbol}"
  /></g>`;
}

/** The symbol of an event by itself, for text and tables. */
export function eventIcon(event: string): Markup {
  const { symbol, tone } = wordsOf(event);
  return symbolIcon(symbol, tone);
}

/** A symbol by itself. */
export function symbolIcon(symbol: string, tone: string): Markup {
  const size = SYMBOL_RADIUS * 2;
  return html`<svg
    class="icon mark ${tone}"
    width="${size}"
    height="${size}"
    viewBox="-${SYMBOL_RADIUS} -${SYMBOL_RADIUS} ${size} ${size}"
    aria-hidden="true"
  >
    <use href="#s-${symbol}" />
  </svg>`;
}
