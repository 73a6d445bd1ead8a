import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type OpenRepository, openRepository, type RepositoryDeps, type RepositoryOptions } from '@weaveflux/agent';
import { WeavefluxError } from '@weaveflux/shared';
import { temporaryDirectory } from '../rig/index.ts';

export const never: AbortSignal = new AbortController().signal;

/** An opened repository that closes with its scope, and the folders it works in. */
export interface Client extends AsyncDisposable {
  readonly repository: OpenRepository;
  readonly dataDir: string;
  /** Where the Secret is mounted; `put` writes a key of it. */
  put(key: string, text: string): void;
}

/** Opens a repository as the agent does, with an empty Secret mounted. */
export async function openClient(
  url: string,
  options: Partial<RepositoryOptions> = {},
  deps: RepositoryDeps = {},
  secret: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const base = temporaryDirectory('git-client');
  const [dataDir, secretFolder] = [join(base, 'data'), join(base, 'secret')];
  mkdirSync(secretFolder);
  const put = (key: string, text: string) => writeFileSync(join(secretFolder, key), text, { mode: 0o644 });
  for (const [key, text] of Object.entries(secret)) put(key, text);
  const standard = { timeout: 20_000, user: 'Weaveflux', email: 'w@example.com', setAuthor: false, readonly: false };
  const repository = await openRepository(
    { url, dataDir, secretFolder, secretKey: 'identity', ...standard, ...options },
    deps,
  );
  return { repository, dataDir, put, [Symbol.asyncDispose]: () => repository.close() };
}

/** Expects a rejection of this code whose sentence fits; nothing that was seeded may be anywhere in it. */
export async function refused(
  work: Promise<unknown>,
  code: string,
  says: RegExp,
  secrets: readonly string[] = [],
): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert(error instanceof WeavefluxError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, says);
    const whole = inspect(error, { depth: 10, showHidden: true });
    for (const secret of secrets) assert(!whole.includes(secret), `a secret is in the error: ${error.code}`);
    return true;
  });
}

/** Whether a text stands in any file below a folder. */
export function stands(text: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}
