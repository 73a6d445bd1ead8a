import { WeavefluxError } from '@weaveflux/shared';

/** Where the repository is, without credentials, and how it is reached. */
export interface Remote {
  /** What git is given and people are shown. */
  readonly url: string;
  readonly kind: 'ssh' | 'https' | 'http' | 'file';
  /** `host` or `host:port` (a port only where it is not the scheme's own); empty for files. */
  readonly host: string;
  /** What stood in the URL before the `@`; never of ssh, where the user is part of the address. */
  readonly username?: string;
  readonly password?: string;
}

const SCP = /^(?:([A-Za-z0-9_.+-]+)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(?!\/\/)(.+)$/;

/**
 * Reads `ssh://`, `git@host:path`, `https://`, `http://`, `file://` and absolute paths. Everything else, above all what
 * git would take for an option or a helper program (`--upload-pack=…`, `ext::…`), is INVALID_FLAG.
 */
export function parseRemote(text: string): Remote {
  const url = text.trim();
  if (url === '') throw invalid('no repository is named');
  if (/\p{Cc}|\s/u.test(url)) throw invalid('it holds a space or a control character');
  if (url.startsWith('-') || url.includes('::')) throw invalid('git would read it as an option or a helper program');
  if (url.startsWith('/')) return { url: `file://${url}`, kind: 'file', host: '' };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return parseUrl(url);
  const scp = SCP.exec(url);
  if (scp === null) throw invalid('it is no URL');
  const [, user, host, path] = scp;
  if ([user, host, path].some((part) => part?.startsWith('-'))) throw invalid('a part of it begins with "-"');
  return { url, kind: 'ssh', host: host ?? '' };
}

function parseUrl(text: string): Remote {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw invalid('it is no valid URL');
  const kind = url.protocol.slice(0, -1);
  if (kind === 'file') return { url: `file://${decodeURIComponent(url.pathname)}`, kind, host: '' };
  if (kind !== 'ssh' && kind !== 'https' && kind !== 'http') throw invalid(`"${kind}" is not supported`);
  if (url.hostname === '') throw invalid('it names no host');
  if ([url.username, url.hostname].some((part) => decodeURIComponent(part).startsWith('-')))
    throw invalid('a part of it begins with "-"');
  const username = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  url.password = '';
  if (kind !== 'ssh') url.username = '';
  const remote = { url: url.href, kind, host: url.host } as const;
  if (kind === 'ssh' || username === '') return remote;
  return { ...remote, username, ...(password === '' ? {} : { password }) };
}

/** Refuses a branch name that git would not take or would take for something else (gitcheck-ref-format). */
export function checkBranch(name: string): string {
  const bad =
    name === '' ||
    name === '@' ||
    /^[-/]|[/.]$|\/\/|\.\.|@\{|[\p{Cc} ~^:?*[\\]/u.test(name) ||
    name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (!bad) return name;
  throw new WeavefluxError(
    'INVALID_FLAG',
    `--git-branch got ${JSON.stringify(name)}, which is no branch name; it takes a name as "git branch" shows it.`,
  );
}

function invalid(why: string): WeavefluxError {
  // The text is not repeated: it may hold a password.
  return new WeavefluxError(
    'INVALID_FLAG',
    `--git-url is not usable: ${why}; it takes ssh://git@host/path, git@host:path, https://host/path or file:///path.`,
  );
}
