import { basename, dirname } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { waitFor } from '../wait.ts';
import type { QuickPick } from './types.ts';

/** Milliseconds that something may take on a machine that is busy with other things. */
export const DEADLINE = 60_000;
/** Milliseconds after which an attempt that can be repeated is given up. */
export const ATTEMPT = 2000;

const WIDGET = '.quick-input-widget';
const ROWS = `${WIDGET} .quick-input-list .monaco-list-row`;

/** The quick input of the window, whoever opened it. */
export function createQuickPick(page: Page): QuickPick {
  const input = () => page.locator(`${WIDGET} .quick-input-box input`);
  return {
    input,
    rows: () => page.locator(ROWS),
    async choose(text) {
      const row = page.locator(ROWS).filter({ hasText: text }).first();
      await waitFor({ what: `the choice ${text}`, deadline: DEADLINE }, async () => {
        // Where the pointer rests, VS Code may show a row in full, over the rows beside it.
        await page.mouse.move(0, 0);
        await row.click({ timeout: ATTEMPT });
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
    await rowLabelled(page, title).first().click({ timeout: ATTEMPT });
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
    await (folder === '.' ? rows : rows.filter({ hasText: folder })).first().click({ timeout: ATTEMPT });
    return waitFor({ what: `an editor of ${name}`, deadline: ATTEMPT }, isOpen);
  });
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
