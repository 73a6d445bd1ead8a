import { type Workbench, waitFor } from '../rig/index.ts';

/** Milliseconds that VS Code itself counts for an extension's start. */
export interface Startup {
  /** Reading and running its bundle. */
  readonly load: number;
  /** The call of `activate`. */
  readonly call: number;
}

/** What "Developer: Startup Performance" says of our extension, once it is active. */
export async function startupOf(workbench: Workbench): Promise<Startup> {
  await workbench.command('Developer: Startup Performance');
  return waitFor({ what: 'the extension in VS Code’s table of starts', deadline: 30_000 }, async () => {
    const text = await workbench.inHost<string>(
      "return vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf').getText()",
    );
    // | Extension | Eager | Load Code | Call Activate | Finish Activate | Event | By |
    const [, load, call] = /^\| weaveflux\.weaveflux-vscode +\| \w+ +\| (\d+) +\| (\d+) +\|/m.exec(text) ?? [];
    return load === undefined || call === undefined ? undefined : { load: Number(load), call: Number(call) };
  });
}
