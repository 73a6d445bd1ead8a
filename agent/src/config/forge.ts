import { apiOf, locate, repositoryOf } from '../forges/locate.ts';
import type { ForgeConfig, ForgeKind } from '../forges/types.ts';
import { invalid } from './arguments.ts';

/** What the flags say of the host's requests; texts as given. */
export interface ForgeFlags {
  readonly gitUrl: string;
  /** Absolute. */
  readonly tokenFile: string | undefined;
  readonly kind: ForgeKind | undefined;
  readonly url: string | undefined;
}

/** Where requests are made; `undefined` without a token. Errors: INVALID_FLAG. */
export function forgeConfig({ gitUrl, tokenFile, kind: given, url }: ForgeFlags): ForgeConfig | undefined {
  if (tokenFile === undefined) {
    if (given === undefined && url === undefined) return undefined;
    const flag = given === undefined ? '--forge-url' : '--forge';
    throw invalid(`${flag} needs --forge-token-file, the file with the token that opens pull or merge requests.`);
  }
  const located = locate(gitUrl);
  const kind = given ?? located.kind;
  if (kind === undefined)
    throw invalid('--forge-token-file needs --forge, since the host of --git-url does not tell what kind it is.');
  if (url === undefined && located.host === '')
    throw invalid('--forge-token-file needs --forge-url, since --git-url names no host.');
  const repository = repositoryOf(kind, located.path);
  if (repository === undefined)
    throw invalid('--forge-token-file cannot be used: --git-url does not name a repository below an owner.');
  return { kind, url: url === undefined ? apiOf(kind, located.host) : checkUrl(url), repository, tokenFile };
}

/** A token is not sent where others can read it. */
function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere);
  if (url !== undefined && isSafe && url.username === '' && url.search === '' && url.hash === '')
    return url.href.replace(/\/+$/, '');
  throw invalid(
    '--forge-url is not usable; it takes the https address of the API, such as https://git.example.com/api/v1.',
  );
}
