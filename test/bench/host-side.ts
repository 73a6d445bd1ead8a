// What runs inside the extension host. Each function is sent as text: it sees its arguments and globals, nothing else of
// this file.
import type * as vscode from 'vscode';
import type { Workbench } from '../rig/index.ts';

type Code = typeof vscode;

/** Runs a function in the extension host; its argument and result cross as JSON. */
export function callInHost<A, R>(
  workbench: Workbench,
  work: (code: Code, argument: A) => R | Promise<R>,
  argument: A,
): Promise<R> {
  return workbench.inHost(`return (${work})(vscode, ${JSON.stringify(argument) ?? 'undefined'})`);
}

/** What is kept in the host while it is measured. */
interface Watched {
  readonly providers: vscode.CodeLensProvider[];
  /** Milliseconds since the epoch at which lenses were said to be others. */
  readonly changes: number[];
}

declare global {
  var weavefluxBench: Watched | undefined;
}

/**
 * Stands between the extension and VS Code's API: keeps the lens providers that the extension registers. To be called
 * before the extension is loaded.
 */
export function watchLenses(code: Code): void {
  const watched: Watched = { providers: [], changes: [] };
  globalThis.weavefluxBench = watched;
  const Module = process.getBuiltinModule('node:module') as unknown as {
    _load(request: string, parent: { filename?: string } | undefined, isMain: boolean): unknown;
  };
  const load = Module._load;
  const folder = code.extensions.getExtension('weaveflux.weaveflux-vscode')?.extensionPath;
  let seen: unknown;

  function see(own: Code): Code {
    const registerCodeLensProvider: typeof own.languages.registerCodeLensProvider = (selector, provider) => {
      watched.providers.push(provider);
      provider.onDidChangeCodeLenses?.(() => watched.changes.push(Date.now()));
      return own.languages.registerCodeLensProvider(selector, provider);
    };
    return { ...own, languages: { ...own.languages, registerCodeLensProvider } };
  }

  Module._load = function (this: unknown, request, parent, isMain) {
    const loaded = load.call(this, request, parent, isMain);
    if (request !== 'vscode' || (folder !== undefined && parent?.filename?.startsWith(folder)) !== true) return loaded;
    seen ??= see(loaded as Code);
    return seen;
  };
}

/** Milliseconds of the provider for the lenses of a file that is opened, asked before anybody else has read it. */
export async function openAndAsk(code: Code, path: string): Promise<number> {
  const [folder] = code.workspace.workspaceFolders ?? [];
  const provider = globalThis.weavefluxBench?.providers[0];
  if (folder === undefined || provider === undefined) throw new Error('there is no folder, or no provider of lenses');
  const uri = code.Uri.joinPath(folder.uri, path);
  let asking: Promise<number> | undefined;
  const token = new code.CancellationTokenSource().token;
  const listening = code.workspace.onDidOpenTextDocument((document) => {
    if (document.uri.toString() !== uri.toString()) return;
    asking = ask(provider, document);
  });
  /** What answers may have to be loaded first. */
  async function ask(asked: vscode.CodeLensProvider, document: vscode.TextDocument): Promise<number> {
    const began = performance.now();
    const answer = asked.provideCodeLenses(document, token);
    const lenses = Array.isArray(answer) ? answer : await answer;
    const took = performance.now() - began;
    if (!lenses?.length) throw new Error(`${path} has no lenses`);
    return took;
  }
  try {
    await code.window.showTextDocument(uri, { preview: false });
    if (asking === undefined) throw new Error(`${path} was opened before`);
    return await asking;
  } finally {
    listening.dispose();
  }
}

/** Types into the tag of an image and computes the lenses in the event that tells of it; each time's milliseconds. */
export async function typeAndAsk(
  code: Code,
  { tag, times }: { readonly tag: string; readonly times: number },
): Promise<number[]> {
  const editor = code.window.activeTextEditor;
  const provider = globalThis.weavefluxBench?.providers[0];
  if (editor === undefined || provider === undefined) throw new Error('there is no editor, or no provider of lenses');
  const { document } = editor;
  const token = new code.CancellationTokenSource().token;
  const took: number[] = [];
  const listening = code.workspace.onDidChangeTextDocument((event) => {
    if (event.document !== document || event.contentChanges.length === 0) return;
    const began = performance.now();
    void provider.provideCodeLenses(document, token);
    took.push(performance.now() - began);
  });
  try {
    for (let time = 0; time < times; time++) {
      const at = document.positionAt(document.getText().indexOf(tag) + tag.length);
      await editor.edit((edit) => edit.insert(at, '1'));
    }
    return took;
  } finally {
    listening.dispose();
  }
}

/** Bytes of the host's process that are in memory. */
export function residentMemory(): number {
  return process.memoryUsage.rss();
}

/** Bytes that the host has in use, in its heap and beside it, once what is not used any more is gone. */
export async function usedMemory(): Promise<number> {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  const { runInNewContext } = process.getBuiltinModule('node:vm');
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let time = 0; time < 3; time++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Waits until VS Code's Git has read the repository and the host has had nothing to do for a second. */
export async function untilQuiet(code: Code): Promise<void> {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1000));
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const before = performance.eventLoopUtilization();
    await pause();
    const { utilization } = performance.eventLoopUtilization(before);
    const git = code.extensions.getExtension('vscode.git');
    const [repository] = git?.isActive === true ? git.exports.getAPI(1).repositories : [];
    if (repository?.state.HEAD?.commit !== undefined && utilization < 0.1) return;
  }
  throw new Error('the extension host has work for 30 s, or Git has found no repository');
}

/** Activates the extension, which is not active yet. Milliseconds of processor time that the host had meanwhile. */
export async function activate(code: Code): Promise<number> {
  const extension = code.extensions.getExtension('weaveflux.weaveflux-vscode');
  if (extension === undefined || extension.isActive) throw new Error('the extension is not there, or active already');
  const before = process.cpuUsage();
  await extension.activate();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Milliseconds since the epoch of the last times that lenses were said to be others, since the last call. */
export function takeChanges(): number[] {
  return globalThis.weavefluxBench?.changes.splice(0) ?? [];
}
