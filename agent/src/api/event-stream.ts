import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Event } from '@weaveflux/shared';
import type { EventSource } from './service.ts';

/** What may wait in memory for a reader that is too slow; beyond it the stream ends, and the reader resumes it. */
const BACKLOG = 1024 * 1024;

/**
 * Answers with server-sent events until the client goes or `closing` is aborted. After a `Last-Event-ID` that is
 * still known come the events since; in every other case an event `reset`, upon which the client reads the status
 * again. `heartbeat` (milliseconds): how often a comment shows that the stream lives.
 */
export function streamEvents(
  source: EventSource,
  request: IncomingMessage,
  response: ServerResponse,
  heartbeat: number,
  closing: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const send = (text: string) => {
    response.write(text);
    if (response.writableLength > BACKLOG) response.destroy();
  };
  // Subscribing and replaying happen in one turn, so that no event falls between them or comes twice.
  const unsubscribe = source.subscribe((event) => send(frame(event)));
  send(opening(source.recent(), request.headers['last-event-id']));
  const beat = setInterval(() => send(': alive\n\n'), heartbeat);
  const end = () => response.end();
  closing.addEventListener('abort', end, { once: true });
  response.once('close', () => {
    clearInterval(beat);
    unsubscribe();
    closing.removeEventListener('abort', end);
    resolve();
  });
  if (closing.aborted) end();
  return promise;
}

function opening(recent: readonly Event[], lastId: string | string[] | undefined): string {
  const known = recent.findIndex((event) => event.id === lastId);
  if (known >= 0)
    return `: resumed\n\n${recent
      .slice(known + 1)
      .map(frame)
      .join('')}`;
  const latest = recent.at(-1);
  // With the latest id, a client that is cut off before the next event resumes instead of starting over.
  return `${latest === undefined ? '' : `id: ${latest.id}\n`}event: reset\ndata: {}\n\n`;
}

function frame(event: Event): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
