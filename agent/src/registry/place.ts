import { tryParseImage, WeavefluxError } from '@weaveflux/shared';

/** An image repository as its registry knows it. */
export interface Place {
  /** Canonical name: `index.docker.io/library/nginx`. */
  readonly name: string;
  /** Host with its port where one is written: `127.0.0.1:5000`. */
  readonly host: string;
  /** Without port, lower case, an IPv6 address in brackets. */
  readonly hostname: string;
  /** The path at the registry: `library/nginx`. */
  readonly path: string;
}

/** Where a canonical name points to; INVALID_REQUEST when it cannot be asked for safely. */
export function parsePlace(name: string): Place {
  const wrong = new WeavefluxError('INVALID_REQUEST', `"${name.slice(0, 300)}" is no name of an image repository.`);
  const reference = tryParseImage(name);
  if (reference?.canonicalName !== name) throw wrong; // Also refuses a name with a tag or a digest.
  const url = URL.parse(`https://${reference.registry}/`);
  if (url === null) throw wrong;
  return { name, host: reference.registry.toLowerCase(), hostname: url.hostname, path: reference.repository };
}
