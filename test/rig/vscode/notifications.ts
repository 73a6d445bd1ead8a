import type { Locator, Page } from 'playwright-core';
import { waitFor } from '../wait.ts';
import { ATTEMPT, DEADLINE } from './quick-input.ts';
import type { Workbench } from './types.ts';

/** Milliseconds that a toast is waited for before the list is opened, which takes the focus. */
const TOAST_FIRST = 5000;

const ITEMS = '.notifications-toasts .notification-list-item, .notifications-center .notification-list-item';

/**
 * The notifications of the window. VS Code takes a toast away after 10 to 15 seconds, and keeps it in the list behind
 * the bell: what a busy machine comes too late for is looked for there.
 */
export function createNotifications(
  page: Page,
  inHost: Workbench['inHost'],
): Pick<Workbench, 'notified' | 'answer' | 'notifications' | 'clearNotifications'> {
  const command = (name: string) => inHost(`await vscode.commands.executeCommand('notifications.${name}')`);
  const notifications = (text: string | RegExp): Locator => page.locator(ITEMS).filter({ hasText: text });

  /** Runs with the notification once it is to be seen, again until that succeeds. */
  async function withItem(text: string | RegExp, what: string, run: (item: Locator) => Promise<unknown>) {
    const item = notifications(text).first();
    await item.waitFor({ timeout: TOAST_FIRST }).catch(() => undefined);
    await waitFor({ what, deadline: DEADLINE, interval: 500 }, async () => {
      if (!(await item.isVisible())) await command('showList');
      await run(item);
      return true;
    });
    await command('hideList');
  }

  return {
    notifications,
    notified: (text) => withItem(text, `the notification ${text}`, (item) => item.waitFor({ timeout: ATTEMPT })),
    answer: (text, button) =>
      withItem(text, `the button "${button}" of the notification ${text}`, async (item) => {
        const found = item.getByRole('button', { name: button, exact: true });
        await found.waitFor({ timeout: ATTEMPT });
        // A click that is given up may have been made all the same; then nothing is there to be found again.
        await found.click({ timeout: DEADLINE / 4 });
      }),
    clearNotifications: async () => {
      // One that comes meanwhile stays, and an error does so until somebody closes it.
      await waitFor({ what: 'the end of all notifications', deadline: DEADLINE }, async () => {
        await command('clearAll');
        await page.locator(ITEMS).first().waitFor({ state: 'hidden', timeout: ATTEMPT });
        return true;
      });
    },
  };
}
