import { WeavefluxError } from '@weaveflux/shared';

/** Errors of TLS: another try gives the same. */
const TLS = /CERT|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO_VERIFY/;
const NO_TLS = /^(?:EPROTO|ERR_SSL_.*)$/;
/** What our own guard says of an address that is not to be asked. */
export const ADDRESS_REFUSED = 'EADDRREFUSED';

/** A request without an answer, as an error without the URL's path and query: a redirect's query holds a signature. */
export function connectionFailure(error: unknown, { host }: URL): WeavefluxError {
  if (error instanceof WeavefluxError) return error;
  if (error instanceof Error && /Timeout/.test(error.name)) {
    return new WeavefluxError('TIMEOUT', `${host} did not answer in time; is it overloaded or blocked by a firewall?`);
  }
  const code = codeOf(error);
  if (code === ADDRESS_REFUSED) return addressRefused(host);
  const why = code === undefined ? '' : ` (${code})`;
  return new WeavefluxError(
    'REGISTRY_UNREACHABLE',
    `No connection to the registry host ${host}${why}; ${advice(code)}.`,
  );
}

/** Whether the same request may well succeed a moment later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof WeavefluxError || (error instanceof Error && /Timeout/.test(error.name))) return false;
  const code = codeOf(error) ?? '';
  return code !== ADDRESS_REFUSED && !TLS.test(code) && !NO_TLS.test(code);
}

/** A place that a registry names and that is none of its business. */
export function addressRefused(host: string): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_AUTH',
    `${host} is at an address inside this network that no registry has any business sending us to; name it in --registry-insecure-host if that is meant.`,
  );
}

/** 5xx, again and again. */
export function serverFailure(host: string, status: number): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_FAILED',
    `${host} answered ${status} again and again; it is tried again at the next scan.`,
  );
}

/** 429, again and again. */
export function tooManyRequests(host: string): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_RATE_LIMIT',
    `${host} refused several requests as too many; lower --registry-rps or give it credentials with a higher limit.`,
  );
}

/** What a host takes no requests for until then, milliseconds since 1970; `asked` = how long it wanted where that is not kept. */
export function tooManyUntil(host: string, until: number, asked: number | undefined): WeavefluxError {
  const capped =
    asked === undefined ? '' : ` (it asked for ${Math.round(asked / 1000)} s; a host is left alone at most 15 minutes)`;
  return new WeavefluxError(
    'REGISTRY_RATE_LIMIT',
    `${host} allows no more requests until ${timeOfDay(until)}${capped}; lower --registry-rps or give it credentials with a higher limit.`,
  );
}

/** `17:05 UTC`, the first full minute that is not before. */
function timeOfDay(milliseconds: number): string {
  return `${new Date(Math.ceil(milliseconds / 60_000) * 60_000).toISOString().slice(11, 16)} UTC`;
}

/** An answer longer than `limit` bytes. */
export function tooLarge(host: string, limit: number): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_FAILED',
    `${host} sent more than ${limit} bytes where less is expected; it is not read.`,
  );
}

function advice(code = ''): string {
  if (TLS.test(code)) {
    return 'give its certificate authority by SSL_CERT_FILE or NODE_EXTRA_CA_CERTS, or name it in --registry-insecure-host';
  }
  if (NO_TLS.test(code)) return 'it speaks no TLS there; if plain http is meant, name it in --registry-insecure-host';
  return 'check its name and that it can be reached from here';
}

function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
}
