import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WeavefluxError } from '@weaveflux/shared';

/** What a registry host wants of TLS beyond the usual; PEM. */
export interface HostCertificates {
  readonly authorities: readonly string[];
  readonly client: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * Reads `<directory>/<host>[:port]`, laid out as Docker's `certs.d`: every `*.crt` is an authority, `<name>.cert` with `<name>.key` the
 * client's. `undefined` where there is no such folder. Errors: UNREADABLE_FILE.
 */
export function readHostCertificates(directory: string, host: string): HostCertificates | undefined {
  const folder = join(directory, host);
  const names = namesIn(folder);
  if (names === undefined) return undefined;
  const read = (name: string): string => readText(join(folder, name));
  const authorities = names.filter((name) => name.endsWith('.crt')).map(read);
  const certificate = names.find((name) => name.endsWith('.cert'));
  if (certificate === undefined) return { authorities, client: undefined };
  const key = certificate.replace(/\.cert$/, '.key');
  if (!names.includes(key)) {
    throw new WeavefluxError(
      'UNREADABLE_FILE',
      `${join(folder, certificate)} has no ${key} beside it; add the client's key.`,
    );
  }
  return { authorities, client: { cert: read(certificate), key: read(key) } };
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder).sort();
  } catch {
    return undefined;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WeavefluxError('UNREADABLE_FILE', `${path} cannot be read; check --registry-certs-dir.`, { cause });
  }
}
