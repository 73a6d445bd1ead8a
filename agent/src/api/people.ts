import type { IncomingMessage, ServerResponse } from 'node:http';
import { asWeavefluxError, eventSchema, WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';
import { streamEvents } from './event-stream.ts';
import { guard, isLoopback } from './guard.ts';
import { HttpError } from './http-error.ts';
import { check, readJson } from './input.ts';
import { type ApiServer, DEFAULT_LIMITS, type ListenerLimits, startListener } from './listener.ts';
import { openApi } from './openapi.ts';
import { sendError, sendJson } from './reply.ts';
import { type Route, route } from './route.ts';
import { matchRoute, splitTarget } from './router.ts';
import { ROUTES } from './routes.ts';
import type { AgentService } from './service.ts';

export interface PeopleApiOptions {
  readonly service: AgentService;
  /** `host:port` on loopback; port 0 takes any free one. */
  readonly listen: string;
  readonly token: string;
  readonly version: string;
  /** Hears of errors that were not foreseen; people get only a general sentence. */
  readonly onError?: (error: WeavefluxError) => void;
  /** Milliseconds in which a request is answered, where its route says nothing else; absent = 60 s. */
  readonly deadline?: number;
  /** Milliseconds between signs of life on an event stream; absent = 15 s. */
  readonly heartbeat?: number;
  readonly limits?: Partial<ListenerLimits>;
}

const BODY_LIMIT = 1024 * 1024;
const EVENTS_PATH = '/api/v1/events';

/** Starts the API for people: on loopback only, never without the token. Errors: INVALID_SETTINGS. */
export async function startPeopleApi(options: PeopleApiOptions): Promise<ApiServer> {
  if (!isLoopback(options.listen)) {
    const message = `--listen got "${options.listen}"; it takes a loopback address, as in 127.0.0.1:3030.`;
    throw new WeavefluxError('INVALID_SETTINGS', message);
  }
  const routes = peopleRoutes(options.version);
  const handler = async (request: IncomingMessage, response: ServerResponse, closing: AbortSignal) => {
    try {
      guard(request, options.token);
      const target = splitTarget(request.url ?? '/');
      if (target.path === EVENTS_PATH && wantsStream(request)) {
        check(z.object({}), target.query, 'query');
        return await streamEvents(options.service.events, request, response, options.heartbeat ?? 15_000, closing);
      }
      const { route: matched, name } = matchRoute(routes, request.method ?? 'GET', target.path);
      await answer(matched, name, target.query, request, response, closing, options);
    } catch (thrown) {
      if (response.destroyed) return;
      const error = asWeavefluxError(thrown);
      if (error.code === 'INTERNAL') options.onError?.(error);
      sendError(response, error);
    }
  };
  return startListener(options.listen, 'listen', handler, { ...DEFAULT_LIMITS, ...options.limits });
}

async function answer(
  matched: Route,
  name: string,
  givenQuery: Record<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
  options: PeopleApiOptions,
): Promise<void> {
  const query = check(matched.query ?? z.object({}), givenQuery, 'query');
  const body = matched.body
    ? check(matched.body, await readJson(request, matched.bodyLimit ?? BODY_LIMIT), 'body')
    : undefined;
  const idempotencyKey = matched.idempotent ? idempotencyKeyOf(request) : undefined;
  const ended = endings(response, closing, matched.deadline ?? options.deadline ?? 60_000);
  try {
    const input = { service: options.service, name, query, body, idempotencyKey, signal: ended.signal };
    const value = await Promise.race([ended.promise, matched.answer(input)]);
    if (matched.response === undefined) sendNothing(response);
    else sendJson(response, matched.status ?? 200, value);
  } finally {
    ended.clear();
  }
}

/** A promise and a signal for whatever ends a request early, so that none hangs even if what it waits for does. */
function endings(response: ServerResponse, closing: AbortSignal, deadline: number) {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  // Someone else may have won the race: then nobody listens.
  promise.catch(() => undefined);
  const end = (code: 'CANCELLED' | 'TIMEOUT', message: string) => () => {
    const error = new WeavefluxError(code, message);
    controller.abort(error);
    reject(error);
  };
  const gone = end('CANCELLED', 'The client went away.');
  const stopping = end('CANCELLED', 'The agent is stopping; ask again in a moment.');
  const late = end('TIMEOUT', `There was no answer within ${deadline / 1000} seconds; ask again later.`);
  const timer = setTimeout(late, deadline);
  response.once('close', gone);
  closing.addEventListener('abort', stopping, { once: true });
  if (closing.aborted) stopping();
  const clear = () => {
    clearTimeout(timer);
    response.off('close', gone);
    closing.removeEventListener('abort', stopping);
  };
  return { promise, signal: controller.signal, clear };
}

function idempotencyKeyOf(request: IncomingMessage): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new HttpError(400, 'INVALID_REQUEST', 'Idempotency-Key takes 1 to 200 printable characters without blanks.');
}

/** Everyone gets the stream but who asks for JSON by name. */
function wantsStream(request: IncomingMessage): boolean {
  return request.method === 'GET' && request.headers.accept !== 'application/json';
}

function sendNothing(response: ServerResponse): void {
  response.writeHead(204, { 'cache-control': 'no-store' }).end();
}

/** All routes of this API, in the order of their description. */
export function peopleRoutes(version: string): readonly Route[] {
  return [...ROUTES, eventsRoute(), descriptionRoute(version)];
}

function eventsRoute(): Route {
  return route({
    method: 'GET',
    path: EVENTS_PATH,
    summary:
      'Server-sent events; `Last-Event-ID` resumes, else an event `reset` comes first. With `Accept: application/json`: the last 1,000, oldest first.',
    response: z.array(eventSchema),
    answer: ({ service }) => service.events.recent(),
  });
}

function descriptionRoute(version: string): Route {
  return route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This description.',
    response: z.record(z.string(), z.unknown()),
    answer: () => openApi(peopleRoutes(version), version),
  });
}
