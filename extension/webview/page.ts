import { changesBetween } from '../src/model/dashboard/changes.ts';
import type { HostMessage, PageMessage, PageState } from '../src/model/dashboard/protocol.ts';
import type { DashboardSnapshot } from '../src/model/dashboard/snapshot.ts';
import type { Node } from './dom/node.ts';
import { draw } from './dom/patch.ts';
import type { Popover } from './elements/popover.ts';
import type { Live } from './live.ts';
import { dashboard } from './parts/dashboard.ts';
import { createText, type Text } from './text.ts';

/** What the page stands on. */
export interface PageParts {
  readonly root: HTMLElement;
  readonly popover: Popover;
  readonly live: Live;
  /** As remembered, or a new one. */
  readonly state: PageState;
  remember(state: PageState): void;
  tell(message: PageMessage): void;
}

/** The page: takes what the host tells, and draws. */
export interface Page {
  take(message: HostMessage): void;
  /** Draws soon: time has passed, or there is another width. */
  redraw(): void;
  change(state: Partial<PageState>): void;
}

/** A page that waits for what to show. */
export function createPage({ root, popover, live, state: remembered, remember, tell }: PageParts): Page {
  let page = remembered;
  let text: Text | undefined;
  let snapshot: DashboardSnapshot | undefined;
  let width = 0;
  let isDue = false;
  const observer = new ResizeObserver(([entry]) => {
    const now = Math.floor(entry?.contentRect.width ?? 0);
    if (now === width) return;
    width = now;
    redraw();
  });

  function redraw(): void {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      show();
    });
  }

  function show(): void {
    if (text === undefined || snapshot === undefined) return;
    draw(root, nodes(text, snapshot));
    popover.settle();
    observeTimeline();
  }

  function nodes(words: Text, shown: DashboardSnapshot): (Node | string)[] {
    return dashboard({
      snapshot: shown,
      page,
      text: words,
      now: Date.now(),
      timelineWidth: width,
      popover,
      act(action) {
        popover.hide();
        tell({ kind: 'act', action });
      },
      change,
    });
  }

  let observed: Element | null = null;
  function observeTimeline(): void {
    const room = root.querySelector('.plot-room');
    if (room === observed) return;
    observer.disconnect();
    if (room !== null) observer.observe(room);
    observed = room;
  }

  function change(choices: Partial<PageState>): void {
    page = { ...page, ...choices };
    remember(page);
    redraw();
  }

  return {
    redraw,
    change,
    take(message) {
      if (message.kind === 'hello') {
        text = createText(message.locale, message.strings);
        document.documentElement.lang = message.locale;
        change({ environment: message.environment });
        return;
      }
      const before = snapshot;
      snapshot = message.snapshot;
      if (before !== undefined && text !== undefined) live.tell(changesBetween(before, snapshot), text);
      redraw();
    },
  };
}
