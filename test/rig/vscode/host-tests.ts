import { format } from 'node:util';
import type { Page } from 'playwright-core';
import { loadPage } from './load.ts';
import type { CodeServer } from './server.ts';
import type { HostTestOptions, HostTestResult } from './types.ts';
import { startWindow } from './window.ts';

const DEADLINE = 600_000;

/** What VS Code itself tells among the lines of the tests: sockets, accounts and the gallery that it does without. */
const OF_VSCODE =
  /^(\[(reconnection|Service Worker|Account|AgentHost|DefaultAccount|chat-)|Creating a socket|Resolv(ed|ing) connection|Ignoring fetching|Updating additional|Timed out waiting for auth)/;

/** Runs a suite inside the extension host. Throws when VS Code cannot be started or the tests hang. */
export async function runHostTests(options: HostTestOptions): Promise<HostTestResult> {
  await using window = await startWindow(
    {
      folders: options.folders,
      settings: options.settings ?? {},
      env: options.env ?? {},
      development: true,
    },
    {},
  );
  const { server, browser } = window;
  const page = await browser.context.newPage();
  const told = await listen(page, options.onLine);
  const url = `${server.url}&payload=${encodeURIComponent(JSON.stringify(payload(server, options)))}`;
  await loadPage(page, () => page.goto(url, { timeout: DEADLINE }));
  try {
    const wait = { what: 'the end of the tests', deadline: options.deadline ?? DEADLINE, interval: 100 };
    const [code] = await server.process.ready(wait, () => (told.codes.length > 0 ? told.codes : undefined));
    return { code: code ?? 1, log: told.lines.join('\n') };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const printed = `what the tests printed:\n${told.lines.join('\n')}`;
    throw new Error(`${why}\n${printed}\nthe extension host:\n${await server.hostLog()}`);
  }
}

/** VS Code's page calls two functions of the page, where they are: with what the tests print and with their exit code. */
async function listen(
  page: Page,
  onLine: HostTestOptions['onLine'],
): Promise<{ readonly codes: readonly number[]; readonly lines: readonly string[] }> {
  const codes: number[] = [];
  const lines: string[] = [];
  await page.exposeFunction('codeAutomationLog', (_level: string, args: unknown[]) => {
    const line = format(...args);
    if (OF_VSCODE.test(line)) return;
    lines.push(line);
    onLine?.(line);
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => codes.push(code));
  return { codes, lines };
}

/** What VS Code reads in place of the command line of a desktop. */
function payload({ authority }: CodeServer, options: HostTestOptions): [string, string][] {
  return [
    ['extensionDevelopmentPath', `vscode-remote://${authority}${options.extensionPath}`],
    ['extensionTestsPath', `vscode-remote://${authority}${options.testsPath}`],
  ];
}
