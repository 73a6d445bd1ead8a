import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type BrowserContext, chromium } from 'playwright-core';
import { temporaryDirectory } from '../watchdog.ts';

/** How large a page is and how fine it is drawn; as `WorkbenchOptions` says. */
export interface PageOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly scale?: number;
}

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Milliseconds that it may take to start on a machine that is busy with other things. */
const DEADLINE = 60_000;
const FLAGS = ['--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'];

/** A browser with a profile of its own, which ends with it. */
export interface RigBrowser extends AsyncDisposable {
  readonly context: BrowserContext;
}

/** Starts Chromium without a window. Throws where none is installed. */
export async function startBrowser(options: PageOptions): Promise<RigBrowser> {
  const executablePath = PROGRAMS.find((path) => existsSync(path));
  if (!executablePath) throw new Error('No Chromium is installed: install the package chromium.');
  const profile = temporaryDirectory('chromium');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    artifactsDir: profile,
    args: FLAGS,
    chromiumSandbox: false,
    timeout: DEADLINE,
    viewport: options.viewport ?? { width: 1440, height: 900 },
    deviceScaleFactor: options.scale ?? 1,
    reducedMotion: 'reduce',
    locale: 'en-US',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
