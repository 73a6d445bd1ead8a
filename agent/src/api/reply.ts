import type { ServerResponse } from 'node:http';
import { toProblem, WeavefluxError } from '@weaveflux/shared';
import { HttpError, httpStatus } from './http-error.ts';

const COMMON = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

/** Sends a value as JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown, headers = {}): void {
  sendText(response, status, `${JSON.stringify(value)}\n`, { 'content-type': 'application/json', ...headers });
}

/** Sends a text; its `content-type` is plain text unless `headers` say otherwise. */
export function sendText(response: ServerResponse, status: number, text: string, headers = {}): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...COMMON,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

/**
 * Sends an error as `{error: Problem}`. What was not foreseen is told to the log and only named here: its message
 * may quote anything.
 */
export function sendError(response: ServerResponse, error: WeavefluxError): void {
  const told =
    error.code === 'INTERNAL'
      ? new WeavefluxError('INTERNAL', 'The agent failed to answer this request; its log says why.')
      : error;
  const headers = error instanceof HttpError ? error.headers : {};
  // A request whose body was not read to its end cannot share its connection with a next one.
  const ending = response.req.complete ? {} : { connection: 'close' };
  sendJson(response, httpStatus(error), { error: toProblem(told) }, { ...headers, ...ending });
}
