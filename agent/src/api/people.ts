import type { IncomingMessage, ServerResponse } from 'node:http';
import { asWeavefluxError, eventSchema, WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';
import type { Authorizer, Caller } from './authorizer.ts';
import { type Endings, endings } from './endings.ts';
import { streamEvents } from './event-stream.ts';
import { checkHost, isLoopback } from './guard.ts';
import { answerHook, FLUX_NOTIFY, isFromLoopback } from './hooks/hooks.ts';
import { HttpError } from './http-error.ts';
import { check, readJson } from './input.ts';
import { type ApiServer, DEFAULT_LIMITS, type ListenerLimits, startListener } from './listener.ts';
import { openApi } from './openapi.ts';
import { sendError, sendJson } from './reply.ts';
import { type Route, route } from './route.ts';
import { matchRoute, splitTarget } from './router.ts';
import { ROUTES } from './routes.ts';
import type { AgentService } from './service.ts';
import { whileAllowed } from './while-allowed.ts';

export interface PeopleApiOptions {
  readonly service: AgentService;
  /** `host:port` on loopback; port 0 takes any free one. */
  readonly listen: string;
  /** Knows who asks and what they may do. */
  readonly authorizer: Authorizer;
  readonly version: string;
  /** Hears of errors that were not foreseen; people get only a general sentence. */
  readonly onError?: (error: WeavefluxError) => void;
  /** Milliseconds in which a request is answered, where its route says nothing else; absent = 60 s. */
  readonly deadline?: number;
  /** Milliseconds between signs of life on an event stream; absent = 15 s. */
  readonly heartbeat?: number;
  /** Milliseconds after which it is asked again whether the reader of an event stream may still watch; absent = a minute. */
  readonly recheck?: number;
  readonly limits?: Partial<ListenerLimits>;
}

const BODY_LIMIT = 1024 * 1024;
const DEADLINE = 60_000;
const HEARTBEAT = 15_000;
const RECHECK = 60_000;
const EVENTS_PATH = '/api/v1/events';

/** Starts the API for people: on loopback only, for nobody unknown. Errors: INVALID_SETTINGS. */
export async function startPeopleApi(options: PeopleApiOptions): Promise<ApiServer> {
  if (!isLoopback(options.listen)) {
    const message = `--listen got "${options.listen}"; it takes a loopback address, as in 127.0.0.1:3030.`;
    throw new WeavefluxError('INVALID_SETTINGS', message);
  }
  const routes = peopleRoutes(options.version);
  const handler = async (request: IncomingMessage, response: ServerResponse, closing: AbortSignal) => {
    const ended = endings(response, closing);
    ended.within(options.deadline ?? DEADLINE);
    try {
      await answer({ options, routes, request, response, closing, ended });
    } catch (thrown) {
      if (response.destroyed) return;
      const error = asWeavefluxError(thrown);
      if (error.code === 'INTERNAL') options.onError?.(error);
      sendError(response, error);
    } finally {
      ended.clear();
    }
  };
  return startListener(options.listen, 'listen', handler, { ...DEFAULT_LIMITS, ...options.limits });
}

/** One request and all that its answer needs. */
interface Exchange {
  readonly options: PeopleApiOptions;
  readonly routes: readonly Route[];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly closing: AbortSignal;
  readonly ended: Endings;
}

/**
 * Nothing is looked at, least of all a body, before it is known who asks; but for Flux v1's `notify`, which the machines'
 * listener takes from this machine without a secret, too: at most it has something looked up a little earlier.
 */
async function answer(exchange: Exchange): Promise<void> {
  const { options, routes, request, response, ended } = exchange;
  checkHost(request);
  if (request.url === FLUX_NOTIFY && isFromLoopback(request)) {
    const { noticed } = options.service;
    await answerHook(FLUX_NOTIFY, request, response, { noticed, secret: async () => undefined });
    return;
  }
  const caller = await options.authorizer.authenticate(request.headers.authorization, ended.signal);
  const { path, query } = splitTarget(request.url ?? '/');
  if (path === EVENTS_PATH && wantsStream(request)) {
    check(z.object({}), query, 'query');
    await stream(exchange, caller);
    return;
  }
  const { route: matched, name } = matchRoute(routes, request.method ?? 'GET', path);
  await answerRoute(exchange, caller, matched, name, query);
}

async function answerRoute(
  { options, request, response, ended }: Exchange,
  caller: Caller,
  matched: Route,
  name: string,
  givenQuery: Record<string, string>,
): Promise<void> {
  const { verb } = matched;
  if (typeof verb === 'string') await caller.require([verb], ended.signal);
  const query = check(matched.query ?? z.object({}), givenQuery, 'query');
  const body = matched.body
    ? check(matched.body, await readJson(request, matched.bodyLimit ?? BODY_LIMIT), 'body')
    : undefined;
  if (typeof verb === 'object') await caller.require(verb.of(body), ended.signal);
  const idempotencyKey = matched.idempotent ? idempotencyKeyOf(request) : undefined;
  ended.within(matched.deadline ?? options.deadline ?? DEADLINE);
  const input = { service: options.service, name, query, body, idempotencyKey, signal: ended.signal };
  const value = await Promise.race([ended.promise, matched.answer(input)]);
  if (matched.response === undefined) sendNothing(response);
  else sendJson(response, matched.status ?? 200, value);
}

/** Streams the events for as long as the caller may watch; afterwards they come again with a new token. */
async function stream({ options, request, response, closing, ended }: Exchange, caller: Caller): Promise<void> {
  const { authorizer, service } = options;
  await caller.require(['watch'], ended.signal);
  ended.clear();
  const header = request.headers.authorization;
  const allowed = whileAllowed({ authorizer, header, caller, verb: 'watch', every: options.recheck ?? RECHECK });
  const ending = AbortSignal.any([closing, allowed.signal]);
  try {
    await streamEvents(service.events, request, response, options.heartbeat ?? HEARTBEAT, ending);
  } finally {
    allowed.clear();
  }
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
    verb: { words: 'watch; get for the list', of: () => ['get'] },
    response: z.array(eventSchema),
    answer: ({ service }) => service.events.recent(),
  });
}

function descriptionRoute(version: string): Route {
  return route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This description.',
    verb: 'get',
    response: z.record(z.string(), z.unknown()),
    answer: () => openApi(peopleRoutes(version), version),
  });
}
