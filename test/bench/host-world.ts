import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startPeopleApi } from '@weaveflux/agent';
import { createMemoryService, type MemoryService } from '@weaveflux/agent/testing';
import type { ObjectStatus, Status } from '@weaveflux/shared';
import { agentFileDirectory, agentFilePath, writeAgentFile } from '@weaveflux/shared/node';
import { git, startWorkbench, temporaryDirectory, type Workbench } from '../rig/index.ts';
import { buildExtension } from '../support/extension-build.ts';
import { deployment, editorFile, editorState, IMAGES } from './editor-file.ts';

/** Files of the repository: one with many Deployments, the others with one each. */
export const FILES = 2000;
/** The file of 5,000 lines, and one of 25. */
export const LARGE = editorFile('documents').path;
export const SMALL = 'shop/service-300.yaml';

/** When all files were changed last; in whole seconds, so that setting it again changes nothing. */
export const WRITTEN = new Date('2020-01-01T00:00:00Z');

type Health = ObjectStatus['health'];

/** A repository of 2,000 files, an agent that keeps its 2,000 objects, and editors on it. */
export interface HostWorld extends AsyncDisposable {
  /** The working copy. */
  readonly folder: string;
  /** A window with a fresh extension host; trusted, no file open. */
  open(): Promise<Workbench>;
  /** Makes the first objects of the large file have this health, and tells it as an event. */
  tell(health: Partial<Health>): void;
}

/** Starts the agent's API on loopback; its service is kept in memory, so that it answers as fast as it can be asked. */
export async function startHostWorld(): Promise<HostWorld> {
  await using started = new AsyncDisposableStack();
  const dir = temporaryDirectory('bench-host');
  started.defer(() => rm(dir, { recursive: true, force: true }));
  const env = { HOME: join(dir, 'home'), XDG_STATE_HOME: join(dir, 'state'), KUBECONFIG: join(dir, 'none') };
  await mkdir(env.HOME);
  const { service, setHealth } = createService();
  const api = await startPeopleApi({ service, listen: '127.0.0.1:0', authorizer: ANYBODY, version: '0.1.0' });
  started.defer(() => api.close(0));
  const { environment, repository } = service.status();
  const about = { environment, repository: repository.url, branch: repository.branch, url: api.url };
  const file = agentFilePath(agentFileDirectory(env), environment);
  await writeAgentFile(file, { ...about, token: 'bench', pid: process.pid });
  const folder = join(dir, environment);
  await writeRepository(folder, repository);
  const path = await buildExtension();
  const running = started.move();
  return {
    folder,
    open: () => startWorkbench({ folders: [folder], extension: { kind: 'development', path }, env }),
    tell(health) {
      setHealth(health);
      service.controls.emit({ type: 'object-configured', environment });
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Who may do what is not measured. */
const ANYBODY: Parameters<typeof startPeopleApi>[0]['authorizer'] = {
  authenticate: async () => ({ remaining: () => Number.POSITIVE_INFINITY, require: async () => undefined }),
};

function createService(): { readonly service: MemoryService; setHealth(health: Partial<Health>): void } {
  const { status: first, images } = editorState();
  if (first === undefined || images === undefined) throw new Error('the example tells nothing');
  let status: Status = { ...first, environment: 'production' };
  return {
    service: { ...createMemoryService(), status: () => status, images: () => [...images] },
    setHealth(health) {
      const objects = status.objects.map((object, index) =>
        index < IMAGES ? { ...object, health: { ...object.health, ...health } } : object,
      );
      status = { ...status, objects };
    },
  };
}

/** Everything committed, with the remote that the agent follows. */
async function writeRepository(folder: string, { url, branch }: Status['repository']): Promise<void> {
  const write = async (path: string, text: string) => {
    await writeFile(join(folder, path), text);
    await utimes(join(folder, path), WRITTEN, WRITTEN);
  };
  await mkdir(dirname(join(folder, LARGE)), { recursive: true });
  await write(LARGE, editorFile('documents').text);
  for (let index = IMAGES; index < IMAGES + FILES - 1; index++)
    await write(`shop/service-${String(index).padStart(3, '0')}.yaml`, deployment(index));
  await git(folder, ['init', '-q', '-b', branch]);
  await git(folder, ['remote', 'add', 'origin', url]);
  // Setting back the times of access must not make git read everything again.
  await git(folder, ['config', 'core.trustctime', 'false']);
  await git(folder, ['add', '.']);
  await git(folder, ['commit', '-q', '-m', 'everything']);
}
