import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWorkbench, temporaryDirectory, type Workbench, type WorkbenchOptions, waitFor } from '../rig/index.ts';
import type { EditorEnvironment, EditorWorld } from './editor-world.ts';

/** Where the documents and READMEs have their pictures. */
const PICTURES = fileURLToPath(new URL('../../docs/pictures', import.meta.url));

/** A workbench on an environment's working copy, as the environment's person has it. */
export function openEnvironments(
  world: EditorWorld,
  environments: readonly EditorEnvironment[],
  options: Omit<WorkbenchOptions, 'folders'>,
): Promise<Workbench> {
  const folders = environments.map(({ person }) => person.dir);
  return startWorkbench({ ...options, folders, env: { ...world.env, ...options.env } });
}

/**
 * Takes a picture of the window, as `docs/pictures/<name>.png` where WEAVEFLUX_PICTURES is `true`, else where it is
 * thrown away: that it can be taken is tested always, and the kept ones change only on asking.
 */
export async function takePicture(workbench: Workbench, name: string): Promise<void> {
  const folder = process.env.WEAVEFLUX_PICTURES === 'true' ? PICTURES : temporaryDirectory('pictures');
  const file = join(folder, `${name}.png`);
  await mkdir(dirname(file), { recursive: true });
  await workbench.screenshot(file);
}

/** Waits for a commit after this one; gives the first, also where others have followed it by then. */
export async function untilCommitted(
  { repository }: Pick<EditorEnvironment, 'repository'>,
  before: string,
): Promise<string> {
  return waitFor({ what: `a commit after ${before.slice(0, 7)}`, deadline: 60_000, interval: 100 }, async () => {
    const [first] = (await repository.git(['rev-list', '--reverse', `${before}..main`])).trim().split('\n');
    return first;
  });
}

/** Waits until the active editor's text has this; gives the whole text. */
export async function untilEdited(workbench: Workbench, part: string | RegExp): Promise<string> {
  return waitFor({ what: `the editor to have ${part}`, deadline: 60_000, interval: 100 }, async () => {
    const text = await workbench.editorText();
    return (typeof part === 'string' ? text.includes(part) : part.test(text)) ? text : undefined;
  });
}
