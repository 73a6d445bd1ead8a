import { basename, dirname } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { waitFor } from '../wait.ts';
import type { QuickPick } from './types.ts';

/** Milliseconds that something may take on a machine that is busy with other things. */
export const DEADLINE = 60_000;
/** Milliseconds after which an attempt that can be repeated is given up. */
export const ATTEMPT = 5000;

const WIDGET = '.quick-input-widget';
const ROWS = `${WIDGET} .quick-input-list .monaco-list-row`;
/** So many rows are passed by before a list counts as having no such row. */
const LONGEST = 30;

/** The quick input of the window, whoever opened it. */
export function createQuickPick(page: Page): QuickPick {
  const input = () => page.locator(`${WIDGET} .quick-input-box input`);
  return {
    input,
    rows: () => page.locator(ROWS),
    async choose(text) {
      await waitFor({ what: `the choice ${text}`, deadline: DEADLINE }, async () => {
        // A list that was filled anew may have no current row any more; what is typed once more is looked up again.
        if ((await input().inputValue({ timeout: ATTEMPT })) === text) await input().fill('', { timeout: ATTEMPT });
        await input().fill(text, { timeout: ATTEMPT });
        await takeRow(page, page.locator(ROWS).filter({ hasText: text }));
        return true;
      });
    },
    async type(text) {
      await input().fill(text, { timeout: DEADLINE });
    },
    async accept() {
      await input().press('Enter', { timeout: DEADLINE });
    },
  };
}

/** Runs a command by the palette, which knows those of an extension only some seconds after the window is there. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await waitFor({ what: `the command "${title}" in the palette`, deadline: DEADLINE }, async () => {
    await openQuickInput(page, 'F1', `>${title}`);
    await takeRow(page, rowLabelled(page, title));
    return true;
  });
}

/**
 * Opens a file by quick open, until `isOpen` says that it is the one: the list is of another file as long as the
 * search is under way.
 */
export async function pickFile(page: Page, name: string, isOpen: () => Promise<boolean>): Promise<void> {
  const folder = dirname(name);
  await waitFor({ what: `the file "${name}" in quick open`, deadline: DEADLINE }, async () => {
    await openQuickInput(page, 'Control+P', name);
    const rows = rowLabelled(page, basename(name));
    await takeRow(page, folder === '.' ? rows : rows.filter({ hasText: folder }));
    return waitFor({ what: `an editor of ${name}`, deadline: ATTEMPT }, isOpen);
  });
}

/**
 * Goes down the list to the first of these rows, and takes it. By keys: a row of a list that still grows moves away under
 * the mouse, and a click that is given up may have been made all the same.
 */
async function takeRow(page: Page, rows: Locator): Promise<void> {
  await rows.first().waitFor({ timeout: ATTEMPT });
  const current = rows.and(page.locator('.focused'));
  for (let steps = 0; steps < LONGEST; steps += 1) {
    if ((await current.count()) > 0) return page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
  }
  throw new Error('the arrow keys do not lead to it');
}

function rowLabelled(page: Page, text: string): Locator {
  return page.locator(ROWS).filter({ has: page.locator('.label-name').filter({ hasText: exactly(text) }) });
}

/** With its line filled; what was open before is closed first. */
async function openQuickInput(page: Page, key: string, text: string): Promise<void> {
  const input = page.locator(`${WIDGET} .quick-input-box input`);
  if (await input.isVisible()) await page.keyboard.press('Escape');
  await page.keyboard.press(key);
  await input.fill(text, { timeout: ATTEMPT });
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')}\\s*$`);
}
