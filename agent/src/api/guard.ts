import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** Whether a `host:port` is this machine's own. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/**
 * Refuses a name that is not this machine's own: a page whose DNS was rebound to loopback carries its own name. Any port
 * is taken, because a port-forward has another.
 */
export function checkHost(request: IncomingMessage): void {
  if (isLoopback(request.headers.host ?? '')) return;
  throw new HttpError(403, 'FORBIDDEN', 'This API answers only to the names localhost, 127.0.0.1 and [::1].');
}
