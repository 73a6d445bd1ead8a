import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';

/** Why a request failed, said to the person whose request it was and not to an agent. */
export function reasonOf(error: unknown): string {
  const { code, message } = asWeavefluxError(error);
  if (code !== 'FORBIDDEN') return message;
  return message.replace(/^The agent may not/, 'You may not').replace(/; give its service account.*$/, '.');
}

/** The same as an error. */
export function asPersons(error: unknown): WeavefluxError {
  const known = asWeavefluxError(error);
  return known.code === 'FORBIDDEN' ? new WeavefluxError('FORBIDDEN', reasonOf(known), { cause: known }) : known;
}
