import { tryParseImage } from '@weaveflux/shared';
import { matchesGlob } from '../registry/globs.ts';

const HUB = 'index.docker.io';
/** Other names of Docker Hub's registry. */
const HUB_HOSTS = new Set([HUB, 'docker.io', 'registry-1.docker.io']);
/** What may stand in place of a `*`, to see whether a glob can fit anything. */
const STAND_INS = ['a', '1', '/a', 'a/', ''];

/** Whether a glob is about an image repository (canonical name), however its host is written. */
export function isAbout(globs: readonly string[], name: string): boolean {
  const spellings = spellingsOf(name);
  return globs.some((glob) => {
    const one = plain(glob);
    return spellings.some((spelling) => matchesGlob(one, spelling));
  });
}

/** Whether a glob can fit an image repository at all: not with a tag, `https://`, a blank, or capitals in its path. */
export function canFit(glob: string): boolean {
  return STAND_INS.some((text) => isRepository(plain(glob).replaceAll('*', text)));
}

function isRepository(text: string): boolean {
  const image = tryParseImage(text);
  if (image === undefined || image.tag !== undefined || image.digest !== undefined) return false;
  return image.registry === image.registry.toLowerCase();
}

/** What people write for a repository: at Docker Hub the host, and the folder of official images, may be left out. */
function spellingsOf(name: string): string[] {
  const canonical = plain(name);
  const hub = 'docker.io/';
  if (!canonical.startsWith(hub)) return [...new Set([name, canonical])];
  const path = canonical.slice(hub.length);
  const short = path.startsWith('library/') ? [path.slice('library/'.length)] : [];
  return [name, `${HUB}/${path}`, canonical, path, ...short, ...short.map((one) => `${hub}${one}`)];
}

/** With the host in lower case, without the port that it has anyway, and Docker Hub by its short name. */
function plain(name: string): string {
  const slash = name.indexOf('/');
  const head = slash < 0 ? '' : name.slice(0, slash);
  if (!/[.:]/.test(head)) return name;
  const host = head.toLowerCase().replace(/:0*(?:443|80)$/, '');
  return `${HUB_HOSTS.has(host) ? 'docker.io' : host}${name.slice(slash)}`;
}
