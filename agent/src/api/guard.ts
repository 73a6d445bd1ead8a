import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';
import { bearerMatches } from './token.ts';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** Whether a `host:port` is this machine's own. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/**
 * Refuses what no tool of ours sends: a name that is not this machine's own (a page whose DNS was rebound to
 * loopback carries its own name; any port, because a port-forward has another), and a request without the token.
 */
export function guard(request: IncomingMessage, token: string): void {
  if (!isLoopback(request.headers.host ?? '')) {
    throw new HttpError(403, 'FORBIDDEN', 'This API answers only to the names localhost, 127.0.0.1 and [::1].');
  }
  if (!bearerMatches(request.headers.authorization, token)) {
    const message = "A token is required: send the agent file's token as Authorization: Bearer <token>.";
    throw new HttpError(401, 'UNAUTHORIZED', message, { 'www-authenticate': 'Bearer' });
  }
}
