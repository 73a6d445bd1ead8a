import { type PageOptions, type RigBrowser, startBrowser } from './browser.ts';
import { type CodeServer, type ServerOptions, startServer } from './server.ts';

/** A server and the browser for its page, which end together. */
export interface CodeWindow extends AsyncDisposable {
  readonly server: CodeServer;
  readonly browser: RigBrowser;
}

/** Starts both at once; where one cannot be started, the other ends again. */
export async function startWindow(serverOptions: ServerOptions, pageOptions: PageOptions): Promise<CodeWindow> {
  await using started = new AsyncDisposableStack();
  const [server, browser] = await Promise.allSettled([startServer(serverOptions), startBrowser(pageOptions)]);
  for (const each of [server, browser]) if (each.status === 'fulfilled') started.use(each.value);
  if (server.status === 'rejected') throw server.reason;
  if (browser.status === 'rejected') throw browser.reason;
  const running = started.move();
  return { server: server.value, browser: browser.value, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
