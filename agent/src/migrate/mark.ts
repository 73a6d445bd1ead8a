import { createHash } from 'node:crypto';
import { displayName, type ObjectId } from '@weaveflux/shared';

/** The label that fluxd puts on everything it applies. */
export const MARK_LABEL = 'fluxcd.io/sync-gc-mark';

/** What one fluxd syncs, as it enters the marks of its objects. */
export interface SyncSet {
  /** As fluxd got it, with its user. */
  readonly gitUrl: string;
  readonly branch: string;
  /** In the order of the flags. */
  readonly paths: readonly string[];
}

/** `host:path` with or without a user, where nothing before the colon is a scheme or a folder. */
const SCP = /^(?:([^@/:]+)@)?([^/:@]+|\[[^\]]*\]):(?!\/\/)(.+)$/;

/**
 * The marks that fluxd may have given this object. It hashes the set (URL without password, branch, paths), then the
 * set with the object's name, so that a mark fits one object of one set only. Its releases spell a URL without a user in
 * two ways, so there are several.
 */
export function marksOf(set: SyncSet, id: ObjectId): readonly string[] {
  return urlSpellings(set.gitUrl).map((url) => {
    const name = hash(url, set.branch, ...set.paths);
    return `sha256.${hash(name, displayName(id))}`;
  });
}

/** How fluxd's releases write a URL that they show: no password, `ssh://` for `git@host:path`, `file://` for a path. */
export function urlSpellings(url: string): readonly string[] {
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(url) ?? [];
  if (scheme !== undefined && rest !== undefined) return ofTransport(scheme.toLowerCase(), rest);
  const asFile = [`file://${printable(url)}`, `file://@${printable(url)}`];
  const [, user, host, path] = SCP.exec(url) ?? [];
  if (host === undefined || path === undefined) return asFile;
  const rooted = `/${path.replace(/^\//, '')}`;
  return [...withUser('ssh', user, `${host}${printable(rooted)}`), ...asFile];
}

function ofTransport(scheme: string, rest: string): readonly string[] {
  const slash = rest.search(/[/?#]/);
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash);
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : authority.slice(0, at).replace(/:.*$/s, '');
  return withUser(scheme, user, `${authority.slice(at + 1)}${printable(path)}`);
}

/** Without a user newer releases write none and older ones an empty one. */
function withUser(scheme: string, user: string | undefined, rest: string): readonly string[] {
  const empty = `${scheme}://@${rest}`;
  if (user === '') return [empty];
  return user === undefined ? [`${scheme}://${rest}`, empty] : [`${scheme}://${user}@${rest}`];
}

/** What no URL may hold is percent-encoded. */
function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]+/gu, (part) => encodeURIComponent(part));
}

function hash(...parts: readonly string[]): string {
  const sha256 = createHash('sha256');
  for (const part of parts) sha256.update(part);
  return sha256.digest('base64url');
}
