import type { ForgeKind } from './types.ts';

/** A host as its Git URL tells of it. */
export interface Located {
  /** Absent where the host's name does not tell. */
  readonly kind: ForgeKind | undefined;
  /** `host` or `host:port` of the web; empty of a folder. */
  readonly host: string;
  /** Without `.git`. */
  readonly path: string;
}

const HOSTS: readonly (readonly [RegExp, ForgeKind])[] = [
  [/^(ssh\.)?github\.com$|^github\./, 'github'],
  [/^(altssh\.)?gitlab\.com$|^gitlab\./, 'gitlab'],
  [/^codeberg\.org$|^(gitea|forgejo)\./, 'gitea'],
  [/^(altssh\.)?bitbucket\.org$/, 'bitbucket'],
  [/^(ssh\.)?dev\.azure\.com$/, 'azure'],
];

/** Reads a Git URL that `parseRemote` took. */
export function locate(gitUrl: string): Located {
  const scp = /^(?:[^@/]+@)?(\[[^\]]+\]|[^:/[]+):(?!\/\/)(.+)$/.exec(gitUrl);
  const url = scp === null && URL.canParse(gitUrl) ? new URL(gitUrl) : undefined;
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  // The port of ssh is not the web's.
  const host = (scp?.[1] ?? (isHttp ? url?.host : url?.hostname) ?? '').toLowerCase();
  const path = decodeURI(scp?.[2] ?? url?.pathname ?? '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  const kind = HOSTS.find(([pattern]) => pattern.test(host.replace(/:\d+$/, '')))?.[1];
  return { kind, host, path };
}

/** The address of a host's API, where it is not named. */
export function apiOf(kind: ForgeKind, host: string): string {
  const web = host.replace(/^(alt)?ssh\.(?=(github|gitlab|bitbucket|dev\.azure)\.)/, '');
  if (kind === 'github') return web === 'github.com' ? 'https://api.github.com' : `https://${web}/api/v3`;
  if (kind === 'gitlab') return `https://${web}/api/v4`;
  if (kind === 'gitea') return `https://${web}/api/v1`;
  if (kind === 'bitbucket') return 'https://api.bitbucket.org/2.0';
  return `https://${web}`;
}

/** The repository's path as the host's API has it; `undefined` where the URL does not name one. */
export function repositoryOf(kind: ForgeKind, path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  // `v3/organization/project/name` by ssh, `organization/project/_git/name` by https.
  if (kind === 'azure') {
    const [organization, project, name] = parts.filter(
      (part, index) => part !== '_git' && !(index === 0 && part === 'v3'),
    );
    if (organization === undefined || project === undefined) return undefined;
    return [organization, project, name ?? project].join('/');
  }
  if (parts.length < 2) return undefined;
  return kind === 'gitlab' ? parts.join('/') : parts.slice(-2).join('/');
}
