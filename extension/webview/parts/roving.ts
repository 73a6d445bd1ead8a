import type { Listener } from '../dom/node.ts';

interface Placed {
  readonly element: HTMLElement | SVGElement;
  readonly x: number;
  readonly y: number;
}

/** Arrow keys, Home and End move the focus among the things of a grid that `[tabindex]` marks, as they lie on the screen. */
export const moveInGrid: Listener = (event) => {
  if (!(event instanceof KeyboardEvent) || !(event.currentTarget instanceof Element)) return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement | SVGElement>('[tabindex]')].map(placed);
  const current = all.find(({ element }) => element === document.activeElement);
  if (current === undefined) return;
  const next = nextOf(event.key, current, all);
  if (next === undefined) return;
  event.preventDefault();
  next.element.focus();
  next.element.scrollIntoView({ block: 'nearest' });
};

function placed(element: HTMLElement | SVGElement): Placed {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { element, x: left + width / 2, y: top + height / 2 };
}

function nextOf(key: string, current: Placed, all: readonly Placed[]): Placed | undefined {
  const index = all.indexOf(current);
  switch (key) {
    case 'ArrowRight':
      return all[index + 1];
    case 'ArrowLeft':
      return all[index - 1];
    case 'Home':
      return all[0];
    case 'End':
      return all.at(-1);
    case 'ArrowDown':
      return nearest(
        current,
        all.filter(({ y }) => y > current.y + 4),
      );
    case 'ArrowUp':
      return nearest(
        current,
        all.filter(({ y }) => y < current.y - 4),
      );
    default:
      return undefined;
  }
}

/** In the nearest row the one that lies nearest. */
function nearest({ x, y }: Placed, candidates: readonly Placed[]): Placed | undefined {
  const distance = Math.min(...candidates.map((each) => Math.abs(each.y - y)));
  return candidates
    .filter((each) => Math.abs(each.y - y) < distance + 4)
    .toSorted((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0];
}
