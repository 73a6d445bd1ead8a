import type { Page, Request } from 'playwright-core';
import { waitFor } from '../wait.ts';
import { DEADLINE } from './quick-input.ts';

/**
 * Loads VS Code's page, by `go`, with all of its scripts. Chromium gives up what it loads when an interface of the machine's
 * network comes or goes, as those of nodes do; the page would stay empty then, and is loaded again.
 */
export async function loadPage(page: Page, go: () => Promise<unknown>): Promise<void> {
  const failed: string[] = [];
  const note = (request: Request) => {
    const why = request.failure()?.errorText ?? '';
    // What the page of before still loaded is aborted.
    if (request.resourceType() === 'script' && why !== 'net::ERR_ABORTED') failed.push(`${request.url()}: ${why}`);
  };
  page.on('requestfailed', note);
  try {
    await waitFor({ what: 'the page of VS Code', deadline: DEADLINE }, async () => {
      failed.length = 0;
      await go();
      if (failed.length > 0) throw new Error(failed.join('\n'));
      return true;
    });
  } finally {
    page.off('requestfailed', note);
  }
}
