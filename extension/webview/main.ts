import * as z from 'zod/mini';
import { hostMessageSchema, type PageMessage, pageStateSchema, readMessage } from '../src/model/dashboard/protocol.ts';
import { createPopover } from './elements/popover.ts';
import { keepFocus } from './focus.ts';
import { createLive } from './live.ts';
import { createPage } from './page.ts';
import { registerToolkit } from './toolkit.ts';

/** What VS Code gives a webview, once. */
declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** Milliseconds after which times such as "3 min ago" are told anew. */
const TIME_PASSES = 10_000;

function start(): void {
  // The page may not make code of texts, which zod would else try.
  z.config({ jitless: true });
  const host = acquireVsCodeApi();
  const tell = (message: PageMessage): void => host.postMessage(message);
  const problem = (what: string): void => tell({ kind: 'problem', message: what.slice(0, 2000) });
  window.addEventListener('error', ({ message }) => problem(message));
  window.addEventListener('unhandledrejection', ({ reason }) => problem(String(reason)));

  registerToolkit();
  const state = readMessage(pageStateSchema, host.getState()) ?? pageStateSchema.parse({ environment: '' });
  const page = createPage({
    root: part('page'),
    popover: createPopover(part('popover')),
    live: createLive(part('live')),
    state,
    remember: (choices) => host.setState(choices),
    tell,
  });
  window.addEventListener('message', ({ data }) => {
    const message = readMessage(hostMessageSchema, data);
    if (message === undefined) problem('The page was told something that it does not understand.');
    else page.take(message);
  });
  setInterval(page.redraw, TIME_PASSES);
  keepFocus();
  keepScroll(state.scroll, (scroll) => page.change({ scroll }));
  tell({ kind: 'ready' });
}

/** The place on the page is kept, and found again once there is something to scroll. */
function keepScroll(remembered: number, remember: (scroll: number) => void): void {
  const observer = new ResizeObserver(() => {
    if (document.documentElement.scrollHeight < remembered + window.innerHeight) return;
    observer.disconnect();
    window.scrollTo({ top: remembered });
  });
  if (remembered > 0) observer.observe(document.body);
  window.addEventListener('scrollend', () => {
    observer.disconnect();
    remember(Math.round(window.scrollY));
  });
}

function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element "${id}".`);
  return element;
}

start();
