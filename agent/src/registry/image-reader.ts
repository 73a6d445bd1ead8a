import { createHash } from 'node:crypto';
import { WeavefluxError } from '@weaveflux/shared';
import type { RegistryClient } from './client.ts';
import { MANIFEST_TYPES, readCreated, readManifest, readPlatform } from './manifests.ts';
import type { ListTarget } from './tag-list.ts';
import { type Answer, first } from './transport.ts';

/** What an image says about itself. */
export interface ImageFacts {
  /** Of what the tag points to: of an index its own, not its platforms'. */
  readonly digest: string;
  /** RFC 3339; absent where the image does not say. */
  readonly created?: string;
  /** `os/architecture` with or without `/variant`; empty = it does not say, absent = not known. */
  readonly platforms?: readonly string[];
}

/** How to read one image. */
export interface ImageRead {
  readonly target: ListTarget;
  readonly tag: string;
  /** Facts of an image that is already known by its digest. */
  readonly knownAs: (digest: string) => ImageFacts | undefined;
  /** Whether the label's time goes before the config's. */
  readonly labelFirst: boolean;
}

const MANIFEST_BYTES = 4 * 1024 * 1024;
const CONFIG_BYTES = 8 * 1024 * 1024;
/** An index may hold indexes; nobody builds them deeper. */
const MAX_DEPTH = 3;

/** Reads an image's manifest and config: two requests, three for several platforms, one where the digest is known. */
export async function readImage(client: RegistryClient, read: ImageRead, signal: AbortSignal): Promise<ImageFacts> {
  const answer = await client.ask(manifestQuestion(read, read.tag), signal);
  const digest = verified(answer, claimedDigest(answer), read);
  const known = read.knownAs(digest);
  if (known !== undefined) return known;
  return { digest, ...(await contentOf(client, read, answer.body, 1, signal)) };
}

/** The digest that a tag points to now: one request that counts as no pull. `undefined` where the registry does not say. */
export async function readDigest(
  client: RegistryClient,
  read: ImageRead,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return claimedDigest(await client.ask({ ...manifestQuestion(read, read.tag), method: 'HEAD' }, signal));
  } catch (error) {
    // A registry that knows no HEAD; whether the tag is there is found out by what comes next.
    if (error instanceof WeavefluxError && error.code === 'INVALID_REQUEST') return undefined;
    throw error;
  }
}

async function contentOf(
  client: RegistryClient,
  read: ImageRead,
  body: Buffer,
  depth: number,
  signal: AbortSignal,
): Promise<Omit<ImageFacts, 'digest'>> {
  const manifest = understood(read, () => readManifest(body.toString('utf8')));
  if (manifest.kind === 'unsupported') return { platforms: [] };
  const { created } = manifest;
  const stated = { ...(created === undefined ? {} : { created }), platforms: [] };
  if (manifest.kind === 'image') {
    if (manifest.config === undefined) return stated;
    return { ...stated, ...(await contentOfConfig(client, read, manifest.config, signal)) };
  }
  const { platforms } = manifest;
  if (manifest.child === undefined || depth >= MAX_DEPTH) return { ...stated, platforms };
  const answer = await client.ask(manifestQuestion(read, manifest.child), signal);
  verified(answer, manifest.child, read);
  return { ...stated, ...(await contentOf(client, read, answer.body, depth + 1, signal)), platforms };
}

async function contentOfConfig(
  client: RegistryClient,
  read: ImageRead,
  digest: string,
  signal: AbortSignal,
): Promise<Omit<ImageFacts, 'digest'>> {
  const path = `/v2/${read.target.place.path}/blobs/${digest}`;
  const answer = await client.ask({ ...read.target, target: path, limit: CONFIG_BYTES }, signal);
  verified(answer, digest, read);
  const text = answer.body.toString('utf8');
  const created = understood(read, () => readCreated(text, read.labelFirst));
  const platform = readPlatform(text);
  return { ...(created === undefined ? {} : { created }), platforms: platform === undefined ? [] : [platform] };
}

function manifestQuestion({ target }: ImageRead, reference: string) {
  const path = `/v2/${target.place.path}/manifests/${reference}`;
  return { ...target, target: path, headers: { accept: MANIFEST_TYPES }, limit: MANIFEST_BYTES };
}

function claimedDigest(answer: Answer): string | undefined {
  const claimed = first(answer.headers['docker-content-digest']);
  return claimed !== undefined && /^sha(?:256|512):[0-9a-f]{64,128}$/.test(claimed) ? claimed : undefined;
}

/** The content's digest, computed here; REGISTRY_FAILED where the registry, or who asked, expected another. */
function verified(answer: Answer, expected: string | undefined, { target, tag }: ImageRead): string {
  const algorithm = expected?.startsWith('sha512:') ? 'sha512' : 'sha256';
  const actual = `${algorithm}:${createHash(algorithm).update(answer.body).digest('hex')}`;
  if (expected === undefined || actual === expected) return actual;
  const what = `${target.place.name}:${tag}`;
  throw new WeavefluxError(
    'REGISTRY_FAILED',
    `${target.place.host} sent content for ${what} that is not what its digest says; it is not used.`,
  );
}

/** What `parse` gives; where it cannot, the error says of which image. */
function understood<T>({ target, tag }: ImageRead, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const { host, name } = target.place;
    throw new WeavefluxError(
      'REGISTRY_FAILED',
      `What ${host} sent for ${name}:${tag} cannot be understood as an image; the tag is left alone for ten minutes.`,
      { cause },
    );
  }
}
