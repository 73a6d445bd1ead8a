import { afterEach } from 'node:test';
import type { Page } from 'playwright-core';
import type { Workbench } from '../rig/index.ts';

/** What of a window tells why a test does not find what it waits for. */
const PARTS = [
  '.quick-input-widget',
  '.notifications-toasts',
  '.notifications-center',
  '.monaco-dialog-box',
  '.part.editor .tabs-container',
  '.part.editor .view-lines',
  '.part.sidebar',
  '.part.statusbar',
];

const LOG_LINES = 15;

/** Prints what the window shows after each test that failed: where tests run for others, nobody sees it. */
export function reportWindows(workbench: () => Workbench | undefined): void {
  afterEach(async (context) => {
    const shownTo = workbench();
    // The types know no `passed` here, since the hooks of a suite get a context without one.
    if (shownTo === undefined || !('passed' in context) || context.passed !== false) return;
    const log = (await shownTo.hostLog()).trimEnd().split('\n').slice(-LOG_LINES).join('\n');
    console.log(`the window after "${context.name}":\n${await shown(shownTo.page)}\nits log:\n${log}`);
  });
}

async function shown(page: Page): Promise<string> {
  const texts = PARTS.map(async (selector) => {
    const visible = page.locator(selector).filter({ visible: true });
    const lines = (await visible.allInnerTexts()).join('\n').replaceAll(/\s*\n\s*/g, ' | ');
    return lines === '' ? [] : [`${selector}: ${lines.slice(0, 1500)}`];
  });
  return (await Promise.all(texts)).flat().join('\n');
}
