import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createReviews } from '../src/commands/editing/review.ts';
import { createVirtualTexts } from '../src/commands/editing/virtual-texts.ts';

const TITLE = 'Promote from here to there';

/** Reviews whose questions in toasts are answered by the test: `press` answers the oldest that is open. */
function startReviews() {
  const texts = createVirtualTexts();
  const asked: ((answer: string | undefined) => void)[] = [];
  const told: string[] = [];
  const done: string[] = [];
  const reviews = createReviews({
    texts,
    toasts: {
      failed: (error) => assert.fail(String(error)),
      warn: async () => undefined,
      info(message, ...actions) {
        if (actions.length === 0) told.push(message);
        return actions.length === 0 ? Promise.resolve(undefined) : new Promise((resolve) => asked.push(resolve));
      },
    },
    inBackground: (work) => void work(),
  });
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite has a workspace');
  const uri = vscode.Uri.joinPath(folder.uri, 'deployment.yaml');
  const show = (after: string) =>
    reviews.show({
      title: TITLE,
      files: [{ uri, before: '', after }],
      write: async () => {
        done.push(after);
      },
    });
  return { show, asked, told, done, dispose: () => texts.dispose() };
}

function diffs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label.startsWith(TITLE));
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!holds()) {
    assert.ok(Date.now() < end, `waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('texts that are looked at before they are written', () => {
  let started: ReturnType<typeof startReviews>;
  beforeEach(() => {
    started = startReviews();
  });
  afterEach(async () => {
    started.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('are written where somebody says so, and their diff is closed', async () => {
    const over = started.show('a: 1\n');
    await until('the question', () => started.asked.length === 1);
    await until('the diff', () => diffs().length === 1);
    assert.equal(diffs()[0]?.isPreview, false, 'the next file that is opened leaves it');
    started.asked[0]?.('Write 1 File');
    await over;
    assert.deepEqual(started.done, ['a: 1\n']);
    assert.equal(diffs().length, 0);
  });

  it('are left when their diff is closed; who says so later is told that nothing was written', async () => {
    const over = started.show('a: 2\n');
    await until('the diff', () => diffs().length === 1);
    await until('the question', () => started.asked.length === 1);
    await vscode.window.tabGroups.close(diffs());
    await over;
    started.asked[0]?.('Write 1 File');
    await until('the word', () => started.told.length === 1);
    assert.match(started.told[0] ?? '', /nothing was written/);
    assert.deepEqual(started.done, []);
  });

  it('are left when others are to be looked at', async () => {
    const first = started.show('a: 3\n');
    await until('the diff', () => diffs().length === 1);
    await until('the question', () => started.asked.length === 1);
    const second = started.show('a: 4\n');
    await first;
    await until('the second question', () => started.asked.length === 2);
    await until('one diff', () => diffs().length === 1);
    started.asked[1]?.('Write 1 File');
    await second;
    assert.deepEqual(started.done, ['a: 4\n']);
  });
});
