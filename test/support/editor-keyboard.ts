import type { Locator, Page } from 'playwright-core';
import { type Workbench, waitFor } from '../rig/index.ts';

/** Milliseconds that anything may take on a machine that is busy with other things. */
const DEADLINE = 60_000;
/** Milliseconds after which keys that had no effect are pressed again, as a person does. */
const ATTEMPT = 5000;
/** So many rows are passed by before a list counts as having no such row. */
const LONGEST = 60;

/** A person at a workbench who has no mouse: keys, and what has the focus as a screen reader is told. */
export interface Keyboard {
  /** Presses keys one after the other, such as `F1` or `Control+.`. */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** The name of what has the focus: of a list, of the row that is the current one. */
  focus(): Promise<string>;
  /** Waits until what has the focus is called so; gives its name. */
  untilFocus(name: string | RegExp): Promise<string>;
  /** Presses a key, the down arrow unless told, until what has the focus is called so; gives its name. */
  goTo(name: string | RegExp, key?: string): Promise<string>;
  /** Runs a command by the palette. */
  run(title: string): Promise<void>;
  /** Types into the quick pick that is shown until this row is the current one, and takes it. */
  pick(text: string, row?: string | RegExp): Promise<void>;
  /** Types an answer into the box that asks for one. */
  answerBox(text: string): Promise<void>;
  /** Presses keys again and again until this is shown. */
  until(shown: Locator, ...keys: readonly string[]): Promise<void>;
  /** Opens a file by quick open, with the cursor in a line of it: 1-based. */
  open(file: string, line?: number): Promise<void>;
  /** Takes an action of the cursor's line, as the light bulb has them. */
  act(title: string | RegExp): Promise<void>;
  /** Takes an entry of the menu of what has the focus. */
  menu(entry: string): Promise<void>;
  /** Takes a button of the newest notification that says this, in the list of all. */
  answer(message: string | RegExp, button: string): Promise<void>;
}

/** The keyboard of a workbench. Every call waits until its keys can be taken, at most 60 s. */
export function keyboardOf(workbench: Workbench): Keyboard {
  const { page } = workbench;

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await page.keyboard.press(key);
  }

  const type = (text: string) => page.keyboard.type(text);
  const focus = () => page.evaluate<string>(NAME_OF_FOCUS);

  async function untilFocus(name: string | RegExp): Promise<string> {
    return waitFor({ what: `the focus on ${name}`, deadline: DEADLINE, interval: 50 }, async () => {
      const now = await focus();
      if (fits(now, name)) return now;
      throw new Error(`it is on "${now}"`);
    });
  }

  async function goTo(name: string | RegExp, key = 'ArrowDown'): Promise<string> {
    return waitFor({ what: `${key} to lead to ${name}`, deadline: DEADLINE }, async () => {
      const passed: string[] = [];
      for (let steps = 0; steps < LONGEST; steps += 1) {
        const now = await focus();
        if (fits(now, name)) return now;
        passed.push(now);
        await press(key);
      }
      // A row that is drawn anew has no name for a moment, and is passed by then.
      if (key === 'ArrowDown') await press('Home');
      throw new Error(`it passed:\n${[...new Set(passed)].join('\n')}`);
    });
  }

  /** Presses keys again and again until they have opened what is wanted. */
  async function opened(what: string, keys: readonly string[], wanted: Locator): Promise<void> {
    await waitFor({ what, deadline: DEADLINE }, async () => {
      await press(...keys);
      try {
        await wanted.waitFor({ timeout: ATTEMPT });
      } catch (error) {
        await press('Escape');
        throw error;
      }
      return true;
    });
  }

  async function run(title: string): Promise<void> {
    await waitFor({ what: `the command "${title}" in the palette`, deadline: DEADLINE }, async () => {
      await press('F1');
      await input(page).waitFor({ timeout: ATTEMPT });
      await type(title);
      return takeRow(page, press, title);
    });
    // Its row may stay the current one of a list that is closing.
    await page
      .locator(`${WIDGET} .label-name`)
      .filter({ hasText: exactly(title) })
      .waitFor({ state: 'hidden' });
  }

  return {
    press,
    type,
    focus,
    untilFocus,
    goTo,
    run,
    async pick(text, row = text) {
      await input(page).waitFor();
      await type(text);
      await waitFor({ what: `the row ${row}`, deadline: DEADLINE }, () => isCurrent(page, row));
      await press('Enter');
    },
    async answerBox(text) {
      await input(page).waitFor();
      await type(text);
      await press('Enter');
    },
    until: (shown, ...wanted) => opened(`${wanted.join(', ')} to show ${shown}`, wanted, shown),
    async open(file, line) {
      const editor = new RegExp(`^${file.replaceAll('.', '\\.')}(?:, |$)`);
      await waitFor({ what: `the file ${file}`, deadline: DEADLINE }, async () => {
        await press('Control+P');
        await input(page).waitFor({ timeout: ATTEMPT });
        await type(file);
        await takeRow(page, press, file);
        const isOpen = `return vscode.window.activeTextEditor?.document.uri.path.endsWith('/${file}')`;
        return waitFor({ what: `an editor of ${file}`, deadline: ATTEMPT }, () => workbench.inHost<boolean>(isOpen));
      });
      await untilFocus(editor);
      if (line === undefined) return;
      await press('Control+G');
      await input(page).waitFor();
      await type(String(line));
      await press('Enter');
      await waitFor({ what: `the cursor in line ${line}`, deadline: DEADLINE }, async () => {
        return (
          (await workbench.inHost<number>('return vscode.window.activeTextEditor.selection.active.line')) === line - 1
        );
      });
      await untilFocus(editor);
    },
    async act(title) {
      await opened(`actions of the line, ${title} among them`, ['Control+.'], actionsWith(page, title));
      await goTo(title);
      await press('Enter');
    },
    async menu(entry) {
      await opened(`a menu with ${entry}`, ['Shift+F10'], page.getByRole('menuitem', { name: entry, exact: true }));
      await goTo(entry);
      await press('Enter');
    },
    async answer(message, button) {
      const list = page.locator('.notifications-center');
      await opened('the list of notifications', ['Control+K', 'Control+Shift+N'], list.filter({ hasText: message }));
      // What came while the list was opened stands above the row that has the focus.
      await press('Home');
      await goTo(message);
      await goTo(button, 'Tab');
      await press('Enter');
    },
  };
}

const WIDGET = '.quick-input-widget';
const CURRENT = `${WIDGET} .quick-input-list .monaco-list-row.focused .label-name`;

function input(page: Page): Locator {
  return page.locator(`${WIDGET} .quick-input-box input:focus`);
}

function actionsWith(page: Page, title: string | RegExp): Locator {
  return page.locator('.action-widget .monaco-list-row.action').filter({ hasText: title }).first();
}

async function isCurrent(page: Page, row: string | RegExp): Promise<boolean> {
  const current = page.locator(CURRENT).first();
  return fits((await current.textContent({ timeout: ATTEMPT }))?.trim() ?? '', row);
}

/** Goes down the list that was narrowed by typing to the row that is called exactly so, and takes it. */
async function takeRow(page: Page, press: Keyboard['press'], label: string): Promise<boolean> {
  try {
    await page
      .locator(`${WIDGET} .label-name`)
      .filter({ hasText: exactly(label) })
      .first()
      .waitFor({ timeout: ATTEMPT });
    for (let steps = 0; steps < LONGEST; steps += 1) {
      if (await isCurrent(page, exactly(label))) {
        await press('Enter');
        return true;
      }
      await press('ArrowDown');
    }
    throw new Error(`the list has no row "${label}"`);
  } catch (error) {
    await press('Escape');
    throw error;
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')}\\s*$`);
}

function fits(name: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? name === wanted : wanted.test(name);
}

/** Runs in the page: the label of what has the focus, else its text; of lists and trees, of their current row. */
const NAME_OF_FOCUS = `(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const row = element?.getAttribute('aria-activedescendant');
  const current = (row && document.getElementById(row)) || element;
  // A menu that was just opened has the focus itself, and none of its entries.
  if (current?.localName === 'ul') return 'a menu';
  return (current?.getAttribute('aria-label') ?? current?.textContent ?? '').trim();
})()`;
