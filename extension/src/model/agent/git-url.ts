/** Where a Git repository is, freed of how one logs in. */
export interface GitPlace {
  /** Empty = a folder of a machine. */
  readonly host: string;
  /** Only where it is not the transport's own. */
  readonly port: string;
  /** `ssh`, `https`, `http`, `git`; of a folder `file`. */
  readonly transport: string;
  /** Without slashes around it and without `.git`; of a folder absolute. */
  readonly path: string;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { ssh: '22', https: '443', http: '80', git: '9418' };
/** Names under which forges serve ssh on port 443. */
const ALIASES: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
};
/** Forges that do not tell upper from lower case in a repository's path. */
const CASELESS = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'dev.azure.com']);
const AZURE = new Set(['dev.azure.com', 'ssh.dev.azure.com']);
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** `git@host:path`, `[git@host:2222]:path`; not `C:\path`, and nothing with a slash before the colon. */
const SCP = /^(?:\[([^/\]]+)\]|([^/:[\]]{2,}|[^/]*@\[[^/\]]+\])):(?!\/\/)(.+)$/s;

/** Reads a remote as Git does; `undefined` where it names no repository that another machine would find. */
export function parseGitUrl(url: string): GitPlace | undefined {
  const text = url.trim();
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'file') return folder(fileUrlPath(text));
  if (scheme !== undefined) return fromUrl(scheme.replace(/^git\+/, '').replace(/\+git$/, ''), text);
  const [, bracketed, plain, path = ''] = SCP.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined) return fromUrl('ssh', `ssh://${host}/${path.replace(/^\/+/, '')}`);
  return folder(text);
}

/** Whether two remotes lead to the same repository, whichever way one gets there. */
export function isSameRepository(one: string, other: string): boolean {
  const [a, b] = [parseGitUrl(one), parseGitUrl(other)];
  if (a === undefined || b === undefined || a.host !== b.host || a.path !== b.path) return false;
  // One server listens on a port for each transport.
  return a.transport !== b.transport || a.port === b.port;
}

function fromUrl(transport: string, text: string): GitPlace | undefined {
  const parts = parseUrl(text.replace(SCHEME, 'http://'));
  if (parts === undefined || parts.hostname === '') return undefined;
  const name = parts.hostname.replace(/\.$/, '');
  const host = ALIASES[name] ?? name;
  const port = host !== name || portOf(text) === DEFAULT_PORTS[transport] ? '' : portOf(text);
  const written = trimmed(decoded(parts.pathname));
  const [place, path] = AZURE.has(host) ? azure(written) : [host, selfHosted(transport, written)];
  if (path === '') return undefined;
  return { host: place, port, transport, path: CASELESS.has(place) ? path.toLowerCase() : path };
}

/** The port as it is written: a URL's own `port` leaves out that of http. */
function portOf(text: string): string {
  return /^[^/]*\/\/[^/]*:(\d+)(?:[/?#]|$)/.exec(text)?.[1] ?? '';
}

/** `git@ssh.dev.azure.com:v3/org/project/repo` and `https://dev.azure.com/org/project/_git/repo`. */
function azure(path: string): readonly [string, string] {
  return ['dev.azure.com', path.replace(/^v3\//, '').replace('/_git/', '/')];
}

/** Bitbucket's own servers put `scm/` before the path, over http only. */
function selfHosted(transport: string, path: string): string {
  return transport.startsWith('http') ? path.replace(/^scm\/(?=[^/]+\/[^/]+$)/, '') : path;
}

function folder(path: string): GitPlace | undefined {
  const slashes = /^[A-Za-z]:[\\/]|^\\\\/.test(path) ? path.replaceAll('\\', '/') : path;
  const drive = /^\/?([A-Za-z]):(\/.*)$/.exec(slashes);
  const absolute = drive === null ? slashes : `/${drive[1]?.toLowerCase()}:${drive[2]}`;
  if (!absolute.startsWith('/')) return undefined;
  return { host: '', port: '', transport: 'file', path: `/${trimmed(withoutDots(absolute))}` };
}

function fileUrlPath(text: string): string {
  const parts = parseUrl(text);
  if (parts === undefined) return '';
  const isHere = parts.hostname === '' || parts.hostname === 'localhost';
  return isHere ? decoded(parts.pathname) : `//${parts.hostname}${decoded(parts.pathname)}`;
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '.' && part !== '') kept.push(part);
  }
  return kept.join('/');
}

function trimmed(path: string): string {
  return path
    .replace(/\/{2,}/g, '/')
    .replace(/^\/|\/$/g, '')
    .replace(/(?:\/?\.git)?$/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that is just one.
    return text;
  }
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
