import { WeavefluxError } from '../errors.ts';

/** An image reference that has been understood, by Docker's rules (distribution/reference). */
export interface ImageReference {
  /** As written. */
  readonly text: string;
  /** The name as written, without tag and digest: `nginx`, `127.0.0.1:5000/team/app`. */
  readonly name: string;
  /** Host and port where it is pulled from; `index.docker.io` where none is written. */
  readonly registry: string;
  /** The path there: `library/nginx`. */
  readonly repository: string;
  /** `registry/repository`: equal names mean the same image repository. */
  readonly canonicalName: string;
  /** Absent where none is written; Docker then means `latest`, unless a digest says it all. */
  readonly tag: string | undefined;
  /** `sha256:…`; what is deployed, whatever the tag says. */
  readonly digest: string | undefined;
}

const DOCKER_HUB = 'index.docker.io';
const DOCKER_HUB_ALIASES = new Set(['docker.io', DOCKER_HUB]);

const HOST =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
const MAX_NAME = 255;

/** Understands an image reference, or throws INVALID_MANIFEST with what is wrong with it. */
export function parseImage(text: string): ImageReference {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw refused(text, `its digest "${digest}" is not sha256: and 64 hexadecimal digits`);
  }
  const tagged = at < 0 ? text : text.slice(0, at);
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  const tag = hasTag ? tagged.slice(colon + 1) : undefined;
  if (tag !== undefined && !isTag(tag)) {
    throw refused(text, `its tag "${tag}" is not up to 128 letters, digits, "_", "." or "-"`);
  }
  const name = hasTag ? tagged.slice(0, colon) : tagged;
  return { text, name, ...canonical(text, name), tag, digest };
}

/** The reference, or `undefined` where the text is none. */
export function tryParseImage(text: string): ImageReference | undefined {
  try {
    return parseImage(text);
  } catch {
    return undefined;
  }
}

/** Whether a text can be a tag. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** The tag that a reference stands for: the written one, `latest` for a bare name, none where only a digest is written. */
export function effectiveTag(reference: ImageReference): string | undefined {
  return reference.tag ?? (reference.digest === undefined ? 'latest' : undefined);
}

/**
 * The reference with another tag, its name as written. A digest names one image whatever the tag says, so where
 * one is written the digest of the new tag must be given; NEEDS_RELEASE otherwise.
 */
export function withTag(reference: ImageReference, tag: string, digest?: string): string {
  if (!isTag(tag))
    throw refused(`${reference.name}:${tag}`, `its tag "${tag}" is not up to 128 letters, digits, "_", "." or "-"`);
  if (reference.digest !== undefined && digest === undefined) {
    throw new WeavefluxError(
      'NEEDS_RELEASE',
      `${reference.text} names its image by digest, and the digest of ${tag} is not known; scan ${reference.canonicalName} first.`,
    );
  }
  return digest === undefined ? `${reference.name}:${tag}` : `${reference.name}:${tag}@${digest}`;
}

function canonical(text: string, name: string): Pick<ImageReference, 'registry' | 'repository' | 'canonicalName'> {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hosted = /[.:[A-Z]/.test(first) || first === 'localhost';
  const path = hosted ? name.slice(slash + 1) : name;
  if (hosted && !HOST.test(first)) throw refused(text, `"${first}" is no registry host`);
  if (path.length > MAX_NAME) throw refused(text, `its name is longer than ${MAX_NAME} characters`);
  const wrong = path.split('/').find((component) => !PATH_COMPONENT.test(component));
  if (wrong !== undefined)
    throw refused(text, path === '' ? 'it has no name' : `"${wrong}" is no part of an image name`);
  const registry = !hosted || DOCKER_HUB_ALIASES.has(first) ? DOCKER_HUB : first;
  const repository = registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, canonicalName: `${registry}/${repository}` };
}

function refused(text: string, why: string): WeavefluxError {
  return new WeavefluxError('INVALID_MANIFEST', `"${text}" is no image reference: ${why}.`);
}
