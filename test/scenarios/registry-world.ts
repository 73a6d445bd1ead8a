import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClosableRegistry, createRegistry, type RegistryOptions } from '@weaveflux/agent';
import type { RigRegistry } from '../rig/index.ts';

/** A scanner with a data directory of its own, and what it warned about. */
export interface Scanner extends AsyncDisposable {
  readonly registry: ClosableRegistry;
  readonly dataDir: string;
  readonly warnings: string[];
}

/** Opens the registry side as the agent does; fast enough that only a test about the rate limit waits for it. */
export async function openScanner(options: Partial<RegistryOptions> = {}): Promise<Scanner> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'weaveflux-tags-')));
  const warnings: string[] = [];
  const registry = createRegistry({
    rps: 1000,
    burst: 100,
    include: [],
    exclude: [],
    insecureHosts: [],
    now: () => new Date(),
    warn: (message) => warnings.push(message),
    ...options,
    dataDir,
  });
  return {
    registry,
    dataDir,
    warnings,
    async [Symbol.asyncDispose]() {
      await registry.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** An image repository of the rig's registry, read with its first user's password unless other configs are given. */
export function repositoryOf(rig: RigRegistry, path: string, credentials: readonly string[] = [rig.dockerConfig()]) {
  return { name: `${rig.host}/${path}`, credentials };
}

/** A signal that ends a test's scan long before the test runner would. */
export function deadline(): AbortSignal {
  return AbortSignal.timeout(120_000);
}

/** `tag-0001`, `tag-0002`, … */
export function manyTags(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `tag-${String(index + 1).padStart(4, '0')}`);
}
