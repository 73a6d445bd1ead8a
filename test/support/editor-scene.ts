import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWorkbench, temporaryDirectory, type Workbench, type WorkbenchOptions, waitFor } from '../rig/index.ts';
import type { EditorEnvironment, EditorWorld } from './editor-world.ts';

/** Where the pictures of the READMEs are; written only when asked for, as they differ in each run. */
const PICTURES = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

/** A workbench on an environment's working copy, as the environment's person has it. */
export function openEnvironments(
  world: EditorWorld,
  environments: readonly EditorEnvironment[],
  options: Omit<WorkbenchOptions, 'folders'>,
): Promise<Workbench> {
  const folders = environments.map(({ person }) => person.dir);
  return startWorkbench({ ...options, folders, env: { ...world.env, ...options.env } });
}

/** Takes a picture for people: kept with `WEAVEFLUX_PICTURES=true`, else only proved to be possible. */
export async function picture(workbench: Workbench, name: string): Promise<void> {
  const folder = process.env.WEAVEFLUX_PICTURES === 'true' ? PICTURES : temporaryDirectory('pictures');
  await mkdir(folder, { recursive: true });
  await workbench.screenshot(join(folder, `${name}.png`));
}

/** Waits until the file at the branch's head contains a text, or no longer does; gives the file. */
export function untilCommitted(
  { repository, agent }: EditorEnvironment,
  file: string,
  text: string,
  isThere = true,
): Promise<string> {
  const what = `${file} at the head ${isThere ? 'to contain' : 'to be without'} ${text}`;
  return waitFor({ what, deadline: 60_000, interval: 200 }, async () => {
    const content = await repository.read(file);
    if (content.includes(text) === isThere) return content;
    throw new Error(`${content}\n${agent.process.tail(5)}`);
  });
}

/** Waits until the active editor's document contains a text. */
export function untilEdited(workbench: Workbench, text: string | RegExp): Promise<string> {
  const isThere = (content: string) => (typeof text === 'string' ? content.includes(text) : text.test(content));
  return waitFor({ what: `the editor to contain ${text}`, deadline: 60_000, interval: 100 }, async () => {
    const content = await workbench.editorText();
    if (isThere(content)) return content;
    throw new Error(content);
  });
}
