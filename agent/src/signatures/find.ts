import { isRetryable, WeavefluxError } from '@weaveflux/shared';
import type { ArtifactReader } from '../registry/artifacts.ts';
import type { ImageRepository } from '../registry/types.ts';
import {
  BUNDLE_TYPE,
  bundleLayer,
  bundleManifests,
  type ClassicLayer,
  classicLayers,
  classicTag,
  referrersTag,
} from './layouts.ts';
import type { Found } from './types.ts';

/** Whose signatures are looked for. */
export interface Signed {
  readonly repository: ImageRepository;
  readonly digest: string;
}

/** At most so many signatures of an image are read, of each layout. */
const MOST = 32;
const PAYLOAD_BYTES = 64 * 1024;
const BUNDLE_BYTES = 1024 * 1024;

/**
 * The signatures that the registry has of an image, read one after the other as they are asked for. One that is damaged is told
 * as that. Errors: those of the registry, where it cannot be asked.
 */
export async function* findSignatures(
  reader: ArtifactReader,
  signed: Signed,
  signal: AbortSignal,
): AsyncGenerator<Found, void, undefined> {
  yield* findClassic(reader, signed, signal);
  yield* findBundles(reader, signed, signal);
}

async function* findClassic(reader: ArtifactReader, { repository, digest }: Signed, signal: AbortSignal) {
  const tag = classicTag(digest);
  const manifest = await reader.manifest(repository, tag, signal);
  if (manifest === undefined) return;
  const layers = classicLayers(manifest);
  if (layers === undefined) yield damaged(`the manifest ${tag} cannot be understood`);
  for (const layer of layers?.slice(0, MOST) ?? []) {
    yield await unlessBroken(async () =>
      toFound(layer, await reader.blob(repository, layer.digest, PAYLOAD_BYTES, signal)),
    );
  }
}

function toFound({ signature, certificate, logged, stamped }: ClassicLayer, payload: Buffer): Found {
  return { kind: 'classic', payload, signature: Buffer.from(signature, 'base64'), certificate, logged, stamped };
}

/** Registries without an API for what refers to an image keep the same list under a tag. */
async function* findBundles(reader: ArtifactReader, { repository, digest }: Signed, signal: AbortSignal) {
  const index =
    (await reader.referrers(repository, digest, BUNDLE_TYPE, signal)) ??
    (await reader.manifest(repository, referrersTag(digest), signal));
  if (index === undefined) return;
  const manifests = bundleManifests(index);
  if (manifests === undefined) yield damaged('the list of what refers to it cannot be understood');
  for (const manifest of [...new Set(manifests)].slice(0, MOST)) {
    const found = await unlessBroken(() => readBundle(reader, repository, manifest, signal));
    if (found !== undefined) yield found;
  }
}

/** `undefined` where the manifest is of something else. */
async function readBundle(
  reader: ArtifactReader,
  repository: ImageRepository,
  reference: string,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const manifest = await reader.manifest(repository, reference, signal);
  const layer = manifest && bundleLayer(manifest);
  if (layer === undefined) return undefined;
  const bundle = await reader.blob(repository, layer, BUNDLE_BYTES, signal);
  return { kind: 'bundle', text: bundle.toString('utf8') };
}

/** One signature that cannot be read stops no other; what concerns the whole registry does. */
async function unlessBroken<T extends Found | undefined>(read: () => Promise<T>): Promise<T | Found> {
  try {
    return await read();
  } catch (error) {
    const isOwn = error instanceof WeavefluxError && (error.code === 'REGISTRY_FAILED' || !isRetryable(error.code));
    if (isOwn) return damaged(error.message.replace(/\.$/, ''));
    throw error;
  }
}

function damaged(why: string): Found {
  return { kind: 'damaged', why };
}
