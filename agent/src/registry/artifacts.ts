import { createHash } from 'node:crypto';
import { type ErrorCode, WeavefluxError } from '@weaveflux/shared';
import type { RegistryClient } from './client.ts';
import { MANIFEST_TYPES } from './manifests.ts';
import type { ListTarget } from './tag-list.ts';
import type { ImageRepository } from './types.ts';

/** Reads what lies beside images in a registry, such as their signatures. */
export interface ArtifactReader {
  /**
   * A manifest or index by tag or digest; `undefined` where there is none. Errors: those of the client, and REGISTRY_FAILED where
   * the content is not what its digest says.
   */
  manifest(repository: ImageRepository, reference: string, signal: AbortSignal): Promise<Buffer | undefined>;
  /** A blob of `limit` bytes at most, as its digest says. Errors: as for a manifest, and NOT_FOUND. */
  blob(repository: ImageRepository, digest: string, limit: number, signal: AbortSignal): Promise<Buffer>;
  /** The index of what refers to a digest, of one artifact type where the registry can tell; `undefined` where it has no such API. */
  referrers(
    repository: ImageRepository,
    digest: string,
    artifactType: string,
    signal: AbortSignal,
  ): Promise<Buffer | undefined>;
}

/** What reading draws on: whom to ask, and where and as whom. */
export interface ArtifactSources {
  readonly client: RegistryClient;
  targetOf(repository: ImageRepository, signal: AbortSignal): Promise<ListTarget>;
}

const MANIFEST_BYTES = 4 * 1024 * 1024;

/** What a registry without a manifest answers. */
const ABSENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NOT_FOUND', 'INVALID_REQUEST']);
/** Some refuse to everybody what they have no API for. */
const NO_API: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...ABSENT, 'REGISTRY_AUTH']);

/** Reads by the same client as all else, so that its credentials and limits hold. */
export function createArtifactReader({ client, targetOf }: ArtifactSources): ArtifactReader {
  async function ask(repository: ImageRepository, path: string, limit: number, signal: AbortSignal): Promise<Buffer> {
    const target = await targetOf(repository, signal);
    const question = {
      ...target,
      target: `/v2/${target.place.path}/${path}`,
      headers: { accept: MANIFEST_TYPES },
      limit,
    };
    return (await client.ask(question, signal)).body;
  }

  return {
    async manifest(repository, reference, signal) {
      const body = await absentAs(ask(repository, `manifests/${reference}`, MANIFEST_BYTES, signal));
      if (body !== undefined && reference.includes(':')) verify(repository, reference, body);
      return body;
    },
    async blob(repository, digest, limit, signal) {
      const body = await ask(repository, `blobs/${digest}`, limit, signal);
      verify(repository, digest, body);
      return body;
    },
    referrers(repository, digest, artifactType, signal) {
      const path = `referrers/${digest}?artifactType=${encodeURIComponent(artifactType)}`;
      return absentAs(ask(repository, path, MANIFEST_BYTES, signal), NO_API);
    },
  };
}

async function absentAs(asked: Promise<Buffer>, absent = ABSENT): Promise<Buffer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WeavefluxError && absent.has(error.code)) return undefined;
    throw error;
  }
}

function verify({ name }: ImageRepository, digest: string, body: Buffer): void {
  const [algorithm = '', expected] = digest.split(':');
  if (/^sha(?:256|512)$/.test(algorithm) && createHash(algorithm).update(body).digest('hex') === expected) return;
  throw new WeavefluxError('REGISTRY_FAILED', `The registry sent content of ${name} that is not what its digest says.`);
}
