import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Place } from './place.ts';

/** How to prove who asks at one registry. Never printed. */
export type Credential =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, as `docker login` with a browser stores it. */
  | { readonly kind: 'identity'; readonly token: string }
  /** A token that is sent as it is. */
  | { readonly kind: 'registry'; readonly token: string };

/** The credentials of some docker configs for one image repository, the best first. */
export interface Credentials {
  readonly found: readonly Credential[];
  /** How many of the texts could not be read. */
  readonly unreadable: number;
}

const entrySchema = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
type Entry = z.infer<typeof entrySchema>;

const entriesSchema = z.record(z.string(), z.unknown());
const configSchema = z.object({ auths: entriesSchema });

/** Docker Hub as image references and docker configs name it. */
export const DOCKER_HUB = 'index.docker.io';
const DOCKER_HUB_SPELLINGS = new Set(['docker.io', DOCKER_HUB, 'registry-1.docker.io', 'registry.hub.docker.com']);

/**
 * Finds credentials in docker config texts (`config.json` or the older `.dockercfg`): texts in their order, within one
 * text the entry with the longest matching path first, as Kubernetes does.
 */
export function findCredentials(texts: readonly string[], place: Place): Credentials {
  const found = new Map<string, Credential>();
  let unreadable = 0;
  for (const text of texts) {
    const entries = readEntries(text);
    if (entries === undefined) unreadable += 1;
    else for (const credential of matching(entries, place)) found.set(fingerprint(credential), credential);
  }
  return { found: [...found.values()], unreadable };
}

/** A short name for a credential that does not tell what it is; for keys of caches. */
export function fingerprint(credential: Credential): string {
  return createHash('sha256').update(JSON.stringify(credential)).digest('hex');
}

function readEntries(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const config = configSchema.safeParse(json);
    if (config.success) return config.data.auths;
    const legacy = entriesSchema.safeParse(json);
    return legacy.success ? legacy.data : undefined;
  } catch {
    return undefined; // The parser's message quotes the text, which holds passwords.
  }
}

function matching(entries: Record<string, unknown>, place: Place): Credential[] {
  return Object.entries(entries)
    .flatMap(([key, value]) => {
      const scope = parseKey(key);
      const entry = entrySchema.safeParse(value);
      if (scope === undefined || !entry.success || !covers(scope, place)) return [];
      const credential = readEntry(entry.data);
      return credential === undefined
        ? []
        : [{ length: scope.path.length, exact: !scope.host.includes('*'), credential }];
    })
    .sort((a, b) => b.length - a.length || Number(b.exact) - Number(a.exact))
    .map(({ credential }) => credential);
}

interface Scope {
  readonly host: string;
  /** Without slashes at its ends; empty = the whole registry. */
  readonly path: string;
}

function parseKey(key: string): Scope | undefined {
  const bare = key.trim().replace(/^https?:\/\//i, '');
  const slash = bare.indexOf('/');
  const host = (slash < 0 ? bare : bare.slice(0, slash)).toLowerCase().replace(/:443$/, '');
  const path =
    slash < 0
      ? ''
      : bare
          .slice(slash)
          .replace(/^\/v[12](?=\/|$)/, '')
          .replaceAll(/^\/+|\/+$/g, '');
  if (host === '') return undefined;
  return { host: DOCKER_HUB_SPELLINGS.has(host) ? DOCKER_HUB : host, path };
}

/** Whether a key of a docker config means the registry of this image repository, whatever its path. */
export function sameRegistry(key: string, place: Place): boolean {
  const scope = parseKey(key);
  return scope !== undefined && covers({ ...scope, path: '' }, place);
}

function covers(scope: Scope, place: Place): boolean {
  const host = place.host.replace(/:443$/, '');
  if (!sameHost(scope.host, host)) return false;
  return scope.path === '' || place.path === scope.path || place.path.startsWith(`${scope.path}/`);
}

/** Equal label by label; `*` in a label stands for any part of that label, as in Kubernetes. */
function sameHost(pattern: string, host: string): boolean {
  if (!pattern.includes('*')) return pattern === host;
  const labels = pattern.split('.');
  const actual = host.split('.');
  return labels.length === actual.length && labels.every((label, index) => labelMatches(label, actual[index] ?? ''));
}

function labelMatches(pattern: string, label: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === label;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return (
    !tail.includes('*') && label.length >= head.length + tail.length && label.startsWith(head) && label.endsWith(tail)
  );
}

function readEntry(entry: Entry): Credential | undefined {
  const decoded = decodeAuth(entry.auth);
  const username = decoded?.username ?? entry.username ?? '';
  const password = decoded?.password ?? entry.password ?? '';
  if (entry.registrytoken) return { kind: 'registry', token: entry.registrytoken };
  if (entry.identitytoken) return { kind: 'identity', token: entry.identitytoken };
  if (username === '<token>' && password !== '') return { kind: 'identity', token: password };
  return username === '' && password === '' ? undefined : { kind: 'password', username, password };
}

function decodeAuth(auth: string | undefined): { username: string; password: string } | undefined {
  if (!auth) return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
