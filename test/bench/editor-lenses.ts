import type { AgentState } from 'weaveflux-vscode/src/model/agent/state.ts';
import { isSameLenses } from 'weaveflux-vscode/src/model/lenses/lens.ts';
import { lensesOf } from 'weaveflux-vscode/src/model/lenses/lenses-of.ts';
import { createSourceReader } from 'weaveflux-vscode/src/model/source/reader.ts';
import { editorFile, editorState, IMAGES, LARGE_TAG } from './editor-file.ts';

const OPTIONS = { settings: { releaseMode: 'edit' }, environment: 'environment', now: new Date() } as const;
const KEYSTROKES = 20;
const ONE = editorFile('documents').text.split('---\n')[0] ?? '';

/** What is measured. */
export interface LensCase {
  readonly shape: 'documents' | 'list';
  /** Whether another file, of one Deployment, was read before. */
  readonly warm: boolean;
}

/** Milliseconds: of the first time, and of each keystroke after it. */
export interface LensTimes {
  readonly first: number;
  /** In the tag of an image. */
  readonly typed: readonly number[];
  /** So that the document cannot be read. */
  readonly broken: readonly number[];
  /** A line more at the top, so that everything moves. */
  readonly moved: readonly number[];
  /** An event of the agent: lenses computed again and compared. */
  readonly event: readonly number[];
}

/** Computes the lenses of a file as an editor asks for them: once, then after each keystroke. */
export function lensTimes({ shape, warm }: LensCase): LensTimes {
  const { path, text } = editorFile(shape);
  const state = editorState();
  const reader = createSourceReader();
  if (warm) lensesOf(createSourceReader().read('other.yaml', ONE), state, OPTIONS);
  const lenses = (now: string, known: AgentState = state) => lensesOf(reader.read(path, now), known, OPTIONS);
  const lines = text.split('\n').length;
  if (lines < 5000) throw new Error(`the file has ${lines} lines`);

  const first = took(() => lenses(text));
  const shown = lenses(text);
  if (shown.length !== IMAGES * 7) throw new Error(`there are ${shown.length} lenses`);
  const typed = times((index) => text.replace(LARGE_TAG, `${LARGE_TAG}${index}`));
  const broken = times((index) => text.replace(LARGE_TAG, `service-100: "${index}`));
  const moved = times((index) => '\n'.repeat(index + 1) + text);
  const event = Array.from({ length: KEYSTROKES }, (_, index) => {
    const other = withHealth(state, index);
    return took(() => isSameLenses(shown, lenses(text, other)));
  });
  return { first, typed, broken, moved, event };

  function times(textOf: (index: number) => string): number[] {
    const texts = Array.from({ length: KEYSTROKES }, (_, index) => textOf(index));
    return texts.map((now) => took(() => lenses(now)));
  }
}

function took(run: () => unknown): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}

function withHealth(state: AgentState, ready: number): AgentState {
  if (state.status === undefined) return state;
  const objects = state.status.objects.map((object) => ({ ...object, health: { ...object.health, ready } }));
  return { ...state, status: { ...state.status, objects } };
}
