import { readFile } from 'node:fs/promises';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { WeavefluxError } from '@weaveflux/shared';
import { parseJson } from '../registry/parse-json.ts';
import type { Sigstore } from './sigstore.ts';

/** Where the trusted root comes from. */
export interface TrustedRootOptions {
  /** A file with one in JSON, read anew each time; absent = that of Sigstore's public instance. */
  readonly file: string | undefined;
  /** Where the public one is kept between starts. */
  readonly folder: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** For how long, in milliseconds, the public root counts before it is asked for again. */
const FRESH = 24 * 60 * 60_000;
/** How long it is left alone when it could not be had. */
const REST = 5 * 60_000;

/** Gives the trusted root; rejects with UNREADABLE_FILE, or REGISTRY_UNREACHABLE where the public one cannot be had. */
export function createTrustedRoot(
  { file, folder, now }: TrustedRootOptions,
  fetchRoot: (folder: string) => Promise<TrustedRoot> = fetchPublicRoot,
): (sigstore: Sigstore) => Promise<TrustedRoot> {
  let kept: { root: TrustedRoot; until: number } | undefined;
  let failed: { error: WeavefluxError; until: number } | undefined;
  let asked: Promise<TrustedRoot> | undefined;

  async function ask(): Promise<TrustedRoot> {
    try {
      const root = await fetchRoot(folder);
      kept = { root, until: now() + FRESH };
      failed = undefined;
      return root;
    } catch (cause) {
      const message = `The trusted root of Sigstore's public instance cannot be had; allow tuf-repo-cdn.sigstore.dev, or give --sigstore-trusted-root.`;
      const error = new WeavefluxError('REGISTRY_UNREACHABLE', message, { cause });
      failed = { error, until: now() + REST };
      if (kept !== undefined) return kept.root;
      throw error;
    } finally {
      asked = undefined;
    }
  }

  return async (sigstore) => {
    if (file !== undefined) return readRoot(file, sigstore);
    if (kept !== undefined && now() < kept.until) return kept.root;
    if (failed !== undefined && now() < failed.until) {
      if (kept !== undefined) return kept.root;
      throw failed.error;
    }
    asked ??= ask();
    return asked;
  };
}

async function readRoot(file: string, sigstore: Sigstore): Promise<TrustedRoot> {
  try {
    const json = parseJson(await readFile(file));
    if (typeof json !== 'object' || json === null) throw new Error('it is no JSON object');
    return sigstore.readRoot(json);
  } catch (cause) {
    const message = `${file} cannot be read as a trusted root of Sigstore; check --sigstore-trusted-root.`;
    throw new WeavefluxError('UNREADABLE_FILE', message, { cause });
  }
}

async function fetchPublicRoot(folder: string): Promise<TrustedRoot> {
  const { getTrustedRoot } = await import('@sigstore/tuf');
  return getTrustedRoot({ cachePath: folder, timeout: 10_000, retry: { retries: 1 } });
}
