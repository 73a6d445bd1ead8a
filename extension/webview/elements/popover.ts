import { type Child, flat } from '../dom/node.ts';
import { draw } from '../dom/patch.ts';

/** Details beside what the pointer or the focus is on. It says nothing that the element's own name does not. */
export interface Popover {
  /** The listeners that show it at an element; `content` is asked when it is shown. */
  at(content: () => Child): Readonly<Record<string, (event: Event) => void>>;
  hide(): void;
  /** Hides it where what it is about has gone from the page. */
  settle(): void;
}

/** Milliseconds that the pointer rests before it shows. */
const REST = 250;
/** Milliseconds for the way of the pointer onto it. */
const WAY = 120;
/** Pixels to what it is about, and to the edge of the page. */
const DISTANCE = 6;

/** The page's one popover. */
export function createPopover(element: HTMLElement): Popover {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let anchor: Element | undefined;

  function hide(): void {
    clearTimeout(timer);
    anchor = undefined;
    element.hidden = true;
  }

  function show(at: Element, content: () => Child): void {
    clearTimeout(timer);
    anchor = at;
    draw(element, flat([content()]));
    element.hidden = false;
    place(element, at.getBoundingClientRect());
  }

  function soon(event: Event, content: () => Child): void {
    const { currentTarget } = event;
    if (!(currentTarget instanceof Element)) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(currentTarget, content), REST);
  }

  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  document.addEventListener('scroll', hide, { passive: true, capture: true });
  // It can be read with the pointer on it.
  element.addEventListener('pointerenter', () => clearTimeout(timer));
  element.addEventListener('pointerleave', hide);

  function hideSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(hide, WAY);
  }

  return {
    hide,
    settle: () => {
      if (anchor?.isConnected === false) hide();
    },
    at: (content) => ({
      'on:pointerenter': (event) => soon(event, content),
      'on:pointerleave': hideSoon,
      'on:focus': ({ currentTarget }) => {
        if (currentTarget instanceof Element && currentTarget.matches(':focus-visible')) show(currentTarget, content);
      },
      'on:blur': ({ currentTarget }) => {
        if (currentTarget === anchor) hide();
      },
    }),
  };
}

/** Below what it is about, or above where there is more room, and inside of the page. */
function place(element: HTMLElement, { left, top, bottom }: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const isBelow = bottom + DISTANCE + height <= clientHeight || bottom < clientHeight - top;
  const x = Math.max(DISTANCE, Math.min(left, clientWidth - width - DISTANCE));
  const y = isBelow ? bottom + DISTANCE : Math.max(DISTANCE, top - height - DISTANCE);
  element.style.setProperty('left', `${x}px`);
  element.style.setProperty('top', `${y}px`);
}
