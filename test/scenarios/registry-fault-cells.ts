import type { Fault } from '../rig/registry/faults.ts';

/** One kind of request that reading an image repository takes. */
export interface Call {
  readonly name: string;
  /** Of `GET /v2/team/app/tags/list?n=1000`. */
  readonly match: RegExp;
  /** The largest body that is read, in bytes; absent where the answer has none. */
  readonly limit?: number;
  /** An answer whose content is not what its digest says; `undefined` where nothing vouches for the content. */
  readonly lie?: (digest: string) => Pick<Fault, 'headers' | 'body'>;
}

const MEGABYTE = 1024 * 1024;
const OTHER_IMAGE = JSON.stringify({ schemaVersion: 2, config: { digest: `sha256:${'e'.repeat(64)}` }, layers: [] });
const OTHER_CONFIG = JSON.stringify({ created: '2030-01-01T00:00:00Z' });

/** `new` is the tag that is read for the first time; all others are only looked at again. */
export const CALLS: readonly Call[] = [
  { name: 'the ping', match: /^GET \/v2\/$/, limit: 64 * 1024 },
  { name: 'the token', match: /^GET \/token\?/, limit: 256 * 1024 },
  { name: 'the first page', match: /^GET [^?]*\/tags\/list\?n=\d+$/, limit: 32 * MEGABYTE },
  { name: 'the second page', match: /\/tags\/list\?.*last=/, limit: 32 * MEGABYTE },
  {
    name: 'the digest of a tag (HEAD)',
    match: /^HEAD .*\/manifests\/old-1$/,
    lie: () => ({ headers: { 'docker-content-digest': `sha256:${'f'.repeat(64)}` } }),
  },
  {
    name: 'the manifest of a tag',
    match: /^GET .*\/manifests\/new$/,
    limit: 4 * MEGABYTE,
    lie: (digest) => ({ headers: { 'docker-content-digest': digest }, body: OTHER_IMAGE }),
  },
  {
    name: 'the manifest of a platform',
    match: /^GET .*\/manifests\/sha256:/,
    limit: 4 * MEGABYTE,
    lie: () => ({ body: OTHER_IMAGE }),
  },
  { name: 'the config', match: /^GET .*\/blobs\//, limit: 8 * MEGABYTE, lie: () => ({ body: OTHER_CONFIG }) },
];

/** Something that goes wrong with a request, or every time with this kind of request. */
export interface Kind {
  readonly name: string;
  /** `undefined` = cannot happen to this call. */
  readonly fault: (call: Call, about: { digest: string; elsewhere: string }) => Omit<Fault, 'match'> | undefined;
  /** Codes of the problem that is told; none = it is not noticed. */
  readonly codes: readonly string[];
  /** Calls that can do without an answer that makes sense. */
  readonly harmlessFor?: readonly string[];
}

const HTML = '<!doctype html><title>Sign in</title><p>Please sign in to the network.';

export const KINDS: readonly Kind[] = [
  {
    name: '429 once, with Retry-After',
    fault: () => ({ times: 1, status: 429, headers: { 'retry-after': '2' } }),
    codes: [],
  },
  { name: '429 once, without', fault: () => ({ times: 1, status: 429 }), codes: [] },
  {
    name: '429 always, with Retry-After',
    fault: () => ({ status: 429, headers: { 'retry-after': '3600' } }),
    codes: ['REGISTRY_RATE_LIMIT'],
  },
  { name: '429 always, without', fault: () => ({ status: 429 }), codes: ['REGISTRY_RATE_LIMIT'] },
  {
    name: '503 always, with Retry-After',
    fault: () => ({ status: 503, headers: { 'retry-after': '3600' } }),
    codes: ['REGISTRY_RATE_LIMIT'],
  },
  { name: '500 once', fault: () => ({ times: 1, status: 500 }), codes: [] },
  { name: '500 always', fault: () => ({ status: 500 }), codes: ['REGISTRY_FAILED'] },
  { name: 'slow', fault: () => ({ delay: 100 }), codes: [] },
  { name: 'cut once', fault: () => ({ times: 1, cut: true }), codes: [] },
  { name: 'cut always', fault: () => ({ cut: true }), codes: ['REGISTRY_UNREACHABLE'] },
  {
    name: 'content that is not what its digest says',
    fault: ({ lie }, { digest }) => lie && { status: 200, ...lie(digest) },
    codes: ['REGISTRY_FAILED'],
    // The digest of a HEAD is only a reason to read what there is.
    harmlessFor: ['the digest of a tag (HEAD)'],
  },
  {
    name: 'a huge body',
    fault: ({ limit }) => (limit === undefined ? undefined : { status: 200, body: ' '.repeat(limit + 1) }),
    codes: ['REGISTRY_FAILED'],
  },
  {
    name: 'HTML',
    fault: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: HTML }),
    codes: ['REGISTRY_FAILED'],
    // What to log in with is learned from the next answer; without a digest the image is read.
    harmlessFor: ['the ping', 'the digest of a tag (HEAD)'],
  },
  {
    name: 'a redirect to another host',
    fault: (_, { elsewhere }) => ({ status: 307, headers: { location: elsewhere } }),
    codes: ['REGISTRY_AUTH', 'REGISTRY_FAILED'],
    harmlessFor: ['the ping'],
  },
];
