import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The bundled agent, which `npm run build` makes. */
export const BUNDLE = fileURLToPath(new URL('../../agent/dist/weaveflux.mjs', import.meta.url));

/** What its image sets (`deploy/Dockerfile`): fewer pools of glibc's, each of which keeps what it once needed. */
export const IMAGE_ENV = { MALLOC_ARENA_MAX: '2' };

/** What Node is told where the bundle is started by its name: the flags of its first line. */
export function shippedFlags(): string[] {
  const [first = ''] = readFileSync(BUNDLE, 'utf8').split('\n', 1);
  return first.split(' ').filter((word) => word.startsWith('--'));
}
