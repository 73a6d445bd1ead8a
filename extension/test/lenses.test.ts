import assert from 'node:assert/strict';
import type { ImageStatus } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment, Environments } from 'weaveflux-vscode/src/agents/environments.ts';
import { createLensProvider } from 'weaveflux-vscode/src/editor/lenses.ts';
import { createOpenSources } from 'weaveflux-vscode/src/editor/open-sources.ts';
import { type AgentState, UNKNOWN_STATE } from 'weaveflux-vscode/src/model/agent/state.ts';
import type { Services } from 'weaveflux-vscode/src/services.ts';

async function open(): Promise<vscode.TextEditor> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite has a workspace');
  return vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, 'deployment.yaml'));
}

/** The lenses of a document by line, as an editor joins them. */
async function lenses({ uri }: vscode.TextDocument): Promise<string[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
  const byLine = Map.groupBy(all, ({ range }) => range.start.line + 1);
  return [...byLine]
    .sort(([a], [b]) => a - b)
    .map(([line, own]) => `${line}: ${own.map(({ command }) => command?.title).join(' | ')}`);
}

async function actions(document: vscode.TextDocument, line: number, kind?: vscode.CodeActionKind): Promise<string[]> {
  const { range } = document.lineAt(line - 1);
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    kind?.value,
  );
  return found.map(({ title }) => title).filter((title) => title.startsWith('Weaveflux: '));
}

function insert({ document }: vscode.TextEditor, text: string, at: string): Thenable<boolean> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.positionAt(document.getText().indexOf(at)), text);
  return vscode.workspace.applyEdit(edit);
}

describe('a workload and its images', () => {
  const IMAGE = '18: 1.4.1 | Release… | Pin… | Automated';

  afterEach(async () => {
    await vscode.workspace.getConfiguration('weaveflux').update('codeLens.enabled', undefined);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('have lenses at their lines, also while the file cannot be read', async () => {
    const editor = await open();
    const [workload, image] = await lenses(editor.document);
    assert.match(workload ?? '', /^1: \$\([\w-]+\) \w/);
    assert.equal(image, IMAGE);
    await insert(editor, 'annotations: [\n  ', 'annotations:');
    const broken = await lenses(editor.document);
    assert.deepEqual([broken[0], broken[1]], [workload, IMAGE.replace('18', '19')]);
  });

  it('have no lenses where people do not want them', async () => {
    const { document } = await open();
    assert.equal((await lenses(document)).length, 2);
    await vscode.workspace.getConfiguration('weaveflux').update('codeLens.enabled', false);
    assert.deepEqual(await lenses(document), []);
  });

  it('have the same actions in the light bulb, and not among the fixes of problems', async () => {
    const { document } = await open();
    assert.deepEqual(await actions(document, 18), ['Weaveflux: Release…', 'Weaveflux: Pin…', 'Weaveflux: Set Policy…']);
    assert.deepEqual(await actions(document, 18, vscode.CodeActionKind.QuickFix), []);
    assert.deepEqual(await actions(document, 9), []);
  });
});

describe('lenses of an environment whose agent tells something', () => {
  const told = new vscode.EventEmitter<never>();
  const quiet = new vscode.EventEmitter<void>();
  let state: AgentState = UNKNOWN_STATE;
  let needed = 0;
  const environment = {
    id: 'env',
    repository: { root: vscode.workspace.workspaceFolders?.[0]?.uri, pathOf: () => 'deployment.yaml' },
    get state() {
      return state;
    },
    need: () => {
      needed++;
    },
  } as unknown as Environment;
  const environments: Environments = {
    all: [environment],
    byId: () => environment,
    of: () => environment,
    onDidChange: quiet.event,
    repositoryAt: async () => undefined,
    onDidChangeState: told.event,
  };
  const services = {
    environments,
    settings: { read: () => ({ codeLens: true, releaseMode: 'edit' }), onDidChange: quiet.event },
    sources: createOpenSources(environments),
  } as unknown as Services;

  function tell(other: Partial<AgentState>): void {
    state = { ...state, ...other };
    told.fire(undefined as never);
  }

  /** A provider that was asked for lenses, the tags that were newest each time that it said that they are others, and the title over the image. */
  async function asked() {
    state = UNKNOWN_STATE;
    const { document } = await open();
    const provider = createLensProvider(services);
    const { token } = new vscode.CancellationTokenSource();
    const heard: (string | undefined)[] = [];
    const next: (() => void)[] = [];
    provider.onDidChangeCodeLenses?.(() => {
      heard.push(state.images[0]?.chosen?.tag);
      for (const resolve of next.splice(0)) resolve();
    });
    const title = () => (provider.provideCodeLenses(document, token) as vscode.CodeLens[])[3]?.command?.title;
    assert.equal(title(), '1.4.1');
    const nextChange = () => new Promise<void>((resolve) => next.push(resolve));
    return { heard, nextChange, title, [Symbol.dispose]: () => provider.dispose() };
  }

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('look for the agent', async () => {
    needed = 0;
    using _provider = await asked();
    assert.equal(needed, 1);
  });

  it('are others at once, and then not too often', async () => {
    using provider = await asked();
    const began = performance.now();
    tell({ images: [image('1.5.0')] });
    assert.deepEqual(provider.heard, ['1.5.0'], 'it is told before anything else happens');
    assert.equal(provider.title(), '1.4.1 · 1.5.0 available');
    for (let patch = 1; patch <= 50; patch++) tell({ images: [image(`1.5.${patch}`)] });
    while (provider.heard.at(-1) !== '1.5.50') await provider.nextChange();
    assert.equal(provider.title(), '1.4.1 · 1.5.50 available');
    const pauses = Math.floor((performance.now() - began) / 40);
    assert.ok(provider.heard.length <= 1 + Math.max(1, pauses), `${provider.heard.length} times in ${pauses} pauses`);
  });

  it('are told of where VS Code did not ask, as when the person left the editor at once', async () => {
    state = UNKNOWN_STATE;
    await open();
    const provider = createLensProvider(services);
    await new Promise<void>((resolve) => provider.onDidChangeCodeLenses?.(resolve));
    provider.dispose();
  });

  it('are told of once more where VS Code gave up asking for those that are others', async () => {
    using provider = await asked();
    tell({ images: [image('1.5.0')] });
    await provider.nextChange();
    assert.deepEqual(provider.heard, ['1.5.0', '1.5.0']);
  });

  it('are not told of where none is another', async () => {
    using provider = await asked();
    tell({ events: [], rights: { kind: 'allowed' } });
    assert.deepEqual(provider.heard, []);
  });
});

function image(chosen: string): ImageStatus {
  return {
    object: 'apps/Deployment/shop/cart',
    name: 'shop:deployment/cart',
    container: 'cart',
    file: 'deployment.yaml',
    line: 1,
    image: 'registry.example/shop/cart:1.4.1',
    repository: 'registry.example/shop/cart',
    tag: '1.4.1',
    automated: true,
    state: 'update',
    chosen: { tag: chosen },
    reason: '',
    held: [],
    available: [],
  };
}
