import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Workbench, waitFor } from '../rig/index.ts';

/** The lenses of one line, joined as an editor shows them: `18: 1.4.1 | Release… | Pin… | Automate…`. */
export type LensLine = string;

/** A person at the editor who works on files of one folder. */
export interface Hands {
  /** Shows a file (a path below the folder, or an absolute one) with the cursor in a line (1-based, 1 unless told). */
  show(file: string, line?: number): Promise<void>;
  /** The lenses of an open file as VS Code has them, in the order of their lines. */
  lenses(file: string): Promise<LensLine[]>;
  /** Waits until the lenses of an open file are these, or as `isIt` says; gives them. */
  untilLenses(file: string, what: string, isIt: (lenses: readonly LensLine[]) => boolean): Promise<LensLine[]>;
  /**
   * The lines of images that have no lens in an open file, in documents that do not name this workload. Asked again until
   * nothing was typed in between.
   */
  without(file: string, name: string): Promise<number[]>;
  /** What Weaveflux says of a file: `CODE line`, in order. */
  said(file: string): Promise<string[]>;
  untilSaid(file: string, expected: readonly string[]): Promise<void>;
  /** Waits until Weaveflux says that a file cannot be read; gives the line (1-based). */
  untilBroken(file: string): Promise<number>;
  /** Does what a click on the lens of a line (1-based) does whose label begins so; resolves at once, for it may ask. */
  click(file: string, line: number, label: string): Promise<void>;
  /** Runs a command with this target, as a row of a view does; resolves at once, for it may ask. */
  run(command: string, target: Readonly<Record<string, unknown>>): Promise<void>;
  /** Types a tag into the list of tags that is shown, and takes it. */
  chooseTag(tag: string): Promise<void>;
  /** Waits for a message with this text, closes all, and gives the whole text. */
  told(text: string | RegExp): Promise<string>;
  text(file: string): Promise<string>;
  untilText(file: string, expected: string): Promise<void>;
  save(): Promise<boolean>;
  undo(): Promise<void>;
  /** What is on disk. */
  bytes(file: string): Promise<Buffer>;
  /** Closes all editors; what is not saved is lost. */
  closeAll(): Promise<void>;
}

/** What a person does with a file, and what is on disk after it. */
export interface Work {
  /** Releases 1.4.2 at the image of a line (1-based), and saves: the file has just these bytes then. */
  release(file: string, line: number, after: string, encoding?: BufferEncoding): Promise<void>;
  /** Takes back the last edit, and saves: the file has just these bytes again. */
  undone(file: string, before: string, encoding?: BufferEncoding): Promise<void>;
  /** Presses keys one by one. After each the host answers, and each image but those of one workload has its lenses. */
  type(file: string, keys: readonly string[], name: string): Promise<void>;
  /** Takes a file as it is on disk. */
  revert(file: string): Promise<void>;
}

/** A person's work, by these hands. */
export function workOf(hands: Hands, { page, inHost, clearNotifications }: Workbench): Work {
  /** A byte order mark is none of the text in the editor. */
  async function saved(file: string, text: string, encoding: BufferEncoding): Promise<void> {
    assert.ok(await hands.save());
    assert.equal((await hands.bytes(file)).toString(encoding), text);
  }
  return {
    async release(file, line, after, encoding = 'utf8') {
      await hands.click(file, line, 'Release');
      await hands.chooseTag('1.4.2');
      await hands.untilText(file, after.replace(/^\uFEFF/, ''));
      await saved(file, after, encoding);
    },
    async undone(file, before, encoding = 'utf8') {
      await hands.undo();
      await hands.untilText(file, before.replace(/^\uFEFF/, ''));
      await saved(file, before, encoding);
      await clearNotifications();
    },
    async type(file, keys, name) {
      for (const key of keys) {
        if (key === '\t') await page.keyboard.insertText(key);
        else await page.keyboard.press(key);
        assert.deepEqual(await hands.without(file, name), [], `images without lenses after ${JSON.stringify(key)}`);
      }
    },
    async revert(file) {
      await hands.show(file);
      await inHost("await vscode.commands.executeCommand('workbench.action.files.revert')");
    },
  };
}

/** Hands on a workbench that has this folder open. */
export function handsOn(workbench: Workbench, folder: string): Hands {
  const pathOf = (file: string) => (file.startsWith('/') ? file : join(folder, file));
  const uriOf = (file: string) => `vscode.Uri.file(${JSON.stringify(pathOf(file))})`;
  const documentOf = (file: string) => `
    const uri = ${uriOf(file)};
    const document = vscode.workspace.textDocuments.find((it) => it.uri.toString() === uri.toString());`;

  async function until<T>(what: string, look: () => Promise<T>, isIt: (found: T) => boolean): Promise<T> {
    return waitFor({ what, deadline: 60_000, interval: 100 }, async () => {
      const found = await look();
      if (isIt(found)) return { found };
      throw new Error(JSON.stringify(found));
    }).then(({ found }) => found);
  }

  /** How often each refusal was heard. */
  const heard = new Map<string, number>();

  const hands: Hands = {
    async show(file, line = 1) {
      await workbench.inHost(`
        const at = new vscode.Position(${line - 1}, 0);
        await vscode.window.showTextDocument(${uriOf(file)}, { selection: new vscode.Range(at, at), preview: false });`);
    },
    lenses: (file) =>
      workbench.inHost(`${documentOf(file)}
        const all = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri);
        const byLine = Map.groupBy(all, ({ range }) => range.start.line + 1);
        return [...byLine].sort(([a], [b]) => a - b)
          .map(([line, own]) => line + ': ' + own.map(({ command }) => command?.title).join(' | '));`),
    untilLenses: (file, what, isIt) => until(`${what} in ${file}`, () => hands.lenses(file), isIt),
    without: (file, name) =>
      workbench.inHost(`${documentOf(file)}
        let version, lenses;
        do {
          version = document.version;
          lenses = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri);
        } while (document.version !== version);
        const there = new Set(lenses.map(({ range }) => range.start.line + 1));
        let line = 1;
        return document.getText().split(/^(?=---)/m).flatMap((text) => {
          const lines = text.split('\\n');
          const first = line;
          line += lines.length - 1;
          if (${JSON.stringify(name)} === '' || text.includes('name: ' + ${JSON.stringify(name)})) return [];
          return lines.flatMap((it, index) => (it.startsWith('          image:') ? [first + index] : []));
        }).filter((it) => !there.has(it));`),
    said: (file) =>
      workbench.inHost(`
        return vscode.languages.getDiagnostics(${uriOf(file)})
          .filter(({ source }) => source === 'weaveflux')
          .map(({ code, range }) => code + ' ' + (range.start.line + 1)).sort();`),
    async untilSaid(file, expected) {
      await until(
        `findings in ${file}`,
        () => hands.said(file),
        (all) => all.join() === expected.join(),
      );
    },
    async untilBroken(file) {
      const said = await until(
        `a finding in ${file}`,
        () => hands.said(file),
        (all) => all.some((one) => one.startsWith('INVALID_YAML')),
      );
      return Number(said.join().replaceAll(/\D/g, ''));
    },
    async click(file, line, label) {
      await until(
        `a lens ${label} in line ${line} of ${file}`,
        () =>
          workbench.inHost<boolean>(`${documentOf(file)}
            const all = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri);
            const lens = all.find(({ range, command }) =>
              range.start.line === ${line - 1} && command?.title.startsWith(${JSON.stringify(label)}));
            if (lens !== undefined) void vscode.commands.executeCommand(lens.command.command, ...lens.command.arguments);
            return lens !== undefined;`),
        (isThere) => isThere,
      );
    },
    async run(command, target) {
      const environment = `vscode.Uri.file(${JSON.stringify(folder)}).toString()`;
      await workbench.inHost(`
        const target = { environment: ${environment}, ...${JSON.stringify(target)} };
        void vscode.commands.executeCommand('${command}', target);`);
    },
    async chooseTag(tag) {
      await workbench.page
        .locator('.quick-input-title')
        .filter({ hasText: /^Release / })
        .waitFor();
      await workbench.quickPick.choose(tag);
    },
    async told(text) {
      const said = await waitFor({ what: `the refusal: ${text}`, deadline: 60_000, interval: 200 }, async () => {
        const all = [...(await workbench.hostLog()).matchAll(/\[error\] (.*)/g)].map(([, message = '']) => message);
        const own = all.filter((message) => (typeof text === 'string' ? message.includes(text) : text.test(message)));
        return own.length > (heard.get(String(text)) ?? 0) ? own.at(-1) : undefined;
      });
      heard.set(String(text), (heard.get(String(text)) ?? 0) + 1);
      await workbench.notified(text);
      await workbench.clearNotifications();
      return said;
    },
    text: (file) => workbench.inHost(`${documentOf(file)} return document.getText();`),
    async untilText(file, expected) {
      await until(
        `the text of ${file}`,
        () => hands.text(file),
        (text) => text === expected,
      );
    },
    save: () => workbench.inHost('return vscode.window.activeTextEditor.document.save()'),
    async undo() {
      await workbench.inHost("await vscode.commands.executeCommand('undo')");
    },
    bytes: (file) => readFile(pathOf(file)),
    async closeAll() {
      await workbench.inHost(`
        for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
          await vscode.window.showTextDocument(document);
          await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
        }
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');`);
    },
  };
  return hands;
}
