import { randomUUID } from 'node:crypto';
import type { Agent } from 'node:http';
import * as z from 'zod';
import { type Event, eventSchema } from '../src/api/events.ts';
import {
  type ImageExplanation,
  imageExplanationSchema,
  imageStatusSchema,
  type Tag,
  tagSchema,
} from '../src/api/images.ts';
import * as api from '../src/api/requests.ts';
import { type Status, type Suspension, statusSchema, suspensionSchema } from '../src/api/status.ts';
import { WeavefluxError } from '../src/errors.ts';
import { bySchema, type Reader, remembering } from './answers.ts';
import { refusal, subject, unreachable, wasCut, wasNotTaken } from './api-errors.ts';
import { readFrames } from './event-frames.ts';
import { type HttpAnswer, sendRequest } from './http.ts';
import { systemConnections } from './http-connections.ts';

/** What a token is for: to read, or to act upon the environment. */
export type Use = 'read' | 'act';

/** How an agent is reached: an address on this machine, or one that the connections of a port-forward make so. */
export interface AgentConnection {
  /** `http://127.0.0.1:3030`. */
  readonly url: string;
  /** Opens connections in another way than to the address. */
  readonly connections?: Agent;
  /** How people know it; absent = by its address. */
  readonly name?: string;
  /** The token to send now; it is asked for at every request, and once more where the last one was `refused`. */
  token(signal: AbortSignal | undefined, use: Use, refused: boolean): Promise<string>;
}

/** What an event stream gives: events, and `reset` when some were missed and the status must be read again. */
export type StreamItem = { readonly kind: 'event'; readonly event: Event } | { readonly kind: 'reset' };

export interface StreamOptions {
  readonly signal: AbortSignal;
  /** Resume after this event. */
  readonly lastEventId?: string | undefined;
  /** Hears that the stream flows, at first and each time again. */
  readonly onOpen?: () => void;
  /** Hears why the stream was lost, before it is tried again. */
  readonly onLost?: (error: WeavefluxError) => void;
}

/** Which images and tags are to be explained. */
export interface ImageQuestion {
  readonly workload: string;
  readonly container?: string | undefined;
  readonly tag?: string | undefined;
  /** Up to 10,000. */
  readonly limit?: number | undefined;
}

/** The agent's API for people, typed. Every method throws WeavefluxErrors: the agent's own, or API_UNREACHABLE. */
export interface ApiClient {
  status(signal?: AbortSignal): Promise<Status>;
  images(signal?: AbortSignal): Promise<z.infer<typeof imageStatusSchema>[]>;
  /** The newest tags of an image repository (canonical name), with digest and time as far as its registry tells. */
  tags(repository: string, limit: number, signal?: AbortSignal): Promise<Tag[]>;
  /** Why each tag of a workload's images, or of one container's, was or was not chosen; newest first, at most `limit` (default 100). */
  explainImages(question: ImageQuestion, signal?: AbortSignal): Promise<ImageExplanation[]>;
  /** The last 1,000 events, oldest first. */
  recentEvents(signal?: AbortSignal): Promise<Event[]>;
  /** Follows the events, across lost connections, until the signal is aborted. */
  events(options: StreamOptions): AsyncGenerator<StreamItem, void, undefined>;
  sync(request: api.SyncRequest, signal?: AbortSignal): Promise<api.Job>;
  /** A lost connection is tried once more with the same key, so that nothing is done twice. */
  changes(request: api.ChangesRequest, signal?: AbortSignal, idempotencyKey?: string): Promise<api.Job>;
  job(id: string, signal?: AbortSignal): Promise<api.Job>;
  /** Waits until the job has succeeded or failed. */
  finishedJob(id: string, signal?: AbortSignal): Promise<api.Job>;
  object(name: string, signal?: AbortSignal): Promise<api.ObjectDetail>;
  history(workload: string | undefined, limit: number, signal?: AbortSignal): Promise<api.HistoryEntry[]>;
  explain(subject: string, signal?: AbortSignal): Promise<api.Explanation>;
  plan(request: api.PlanRequest, signal?: AbortSignal): Promise<api.PlanResponse>;
  suspend(request: api.SuspendRequest, signal?: AbortSignal): Promise<Suspension>;
  resume(request: api.ResumeRequest, signal?: AbortSignal): Promise<void>;
  adopt(request: api.AdoptRequest, signal?: AbortSignal): Promise<void>;
  /** The public key, or `undefined` where the agent uses https. */
  identity(signal?: AbortSignal): Promise<string | undefined>;
}

interface Call {
  readonly method?: 'GET' | 'POST';
  readonly query?: Record<string, string | undefined>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the agent must have begun to answer. */
  readonly deadline?: number;
  readonly tries?: number;
  /** Absent = as its method says: GET reads, POST acts. */
  readonly use?: Use;
}

/** Milliseconds: the agent's own deadlines are shorter, so that its sentence arrives. */
const DEADLINE = 90_000;
const PLAN_DEADLINE = 6 * 60_000;
/** The agent shows that a stream lives every 15 s. */
const SILENCE = 45_000;
const FIRST_RETRY = 500;
const LONGEST_RETRY = 30_000;

/** An agent, and the connections to it. */
type Reached = AgentConnection & { readonly connections: Agent };

/** Makes the client of one agent. It keeps no state but its connections, and the last status and images to know them again. */
export function createApiClient(agent: AgentConnection): ApiClient {
  const connection: Reached = { ...agent, connections: agent.connections ?? systemConnections() };
  const read = <T>(reader: Reader<T>, path: string, call: Call = {}) =>
    callAgent(connection, reader, path, { tries: 2, ...call });
  const get = <S extends z.ZodType>(schema: S, path: string, call: Call = {}) => read(bySchema(schema), path, call);
  const post = <S extends z.ZodType>(schema: S, path: string, body: unknown, call: Call) =>
    callAgent(connection, bySchema(schema), path, { method: 'POST', body, ...call });
  const job = (id: string, wait: string, signal: AbortSignal | undefined) =>
    get(api.jobSchema, `jobs/${encodeURIComponent(id)}`, { query: { wait }, signal });
  const statuses = remembering(bySchema(statusSchema));
  const images = remembering(bySchema(z.array(imageStatusSchema)));
  return {
    status: (signal) => read(statuses, 'status', { signal }),
    images: (signal) => read(images, 'images', { signal }),
    explainImages: ({ workload, container, tag, limit }, signal) =>
      get(z.array(imageExplanationSchema), 'images/explain', {
        query: { workload, container, tag, limit: limit?.toString() },
        signal,
      }),
    tags: (repository, limit, signal) =>
      get(z.array(tagSchema), 'images/tags', { query: { repository, limit: limit.toString() }, signal }),
    recentEvents: async (signal) => (await get(z.array(z.unknown()), 'events', { signal })).flatMap(knownEvent),
    events: (options) => follow(connection, options),
    sync: (body, signal) => post(api.jobSchema, 'sync', body, { signal }),
    changes: (body, signal, key = randomUUID()) =>
      post(api.jobSchema, 'changes', body, { signal, headers: { 'idempotency-key': key }, tries: 2 }),
    job: (id, signal) => job(id, '0s', signal),
    finishedJob: async (id, signal) => {
      for (;;) {
        const now = await job(id, '30s', signal);
        if (now.state === 'succeeded' || now.state === 'failed') return now;
      }
    },
    object: (name, signal) => get(api.objectDetailSchema, `objects/${encodeURIComponent(name)}`, { signal }),
    history: (workload, limit, signal) =>
      get(z.array(api.historyEntrySchema), 'history', { query: { workload, limit: String(limit) }, signal }),
    explain: (subject, signal) => get(api.explanationSchema, 'explain', { query: { subject }, signal }),
    plan: (body, signal) =>
      post(api.planResponseSchema, 'plan', body, {
        signal,
        deadline: PLAN_DEADLINE,
        use: 'documents' in body ? 'act' : 'read',
      }),
    suspend: (body, signal) => post(suspensionSchema, 'suspend', body, { signal }),
    resume: (body, signal) => post(z.undefined(), 'resume', body, { signal }),
    adopt: (body, signal) => post(z.undefined(), 'adopt', body, { signal }),
    identity: async (signal) => (await get(api.identitySchema, 'identity', { signal })).publicKey,
  };
}

async function callAgent<T>(connection: Reached, read: Reader<T>, path: string, call: Call): Promise<T> {
  for (let left = (call.tries ?? 1) - 1, unheard = 1; ; ) {
    try {
      const response = await send(connection, path, call, 'application/json');
      const answer = read(response.status === 204 ? response.leave() : await response.text());
      if (answer.success) return answer.data;
    } catch (error) {
      const failed = unreachable(connection, error, call.signal);
      if (wasNotTaken(error) && unheard-- > 0) continue;
      if (wasCut(error) && left-- > 0) continue;
      throw failed;
    }
    const message = `${subject(connection)} answered /${path} in a way this version does not understand; use the same version of both.`;
    throw new WeavefluxError('NOT_SUPPORTED', message);
  }
}

/** Sends a request, once more with a new token where the first is refused. */
async function send(connection: Reached, path: string, call: Call, accept: string) {
  const use = call.use ?? (call.method === 'POST' ? 'act' : 'read');
  const first = await connection.token(call.signal, use, false);
  const response = await sendWith(first, connection, path, call, accept);
  if (response.status !== 401) return accepted(connection, response);
  const second = await connection.token(call.signal, use, true);
  if (second === first) return accepted(connection, response);
  response.leave();
  return accepted(connection, await sendWith(second, connection, path, call, accept));
}

async function accepted(connection: AgentConnection, response: HttpAnswer) {
  if (response.status >= 400) throw await refusal(connection, response);
  return response;
}

function sendWith(token: string, connection: Reached, path: string, call: Call, accept: string) {
  const query = Object.entries(call.query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = query.length === 0 ? '' : `?${new URLSearchParams(query)}`;
  const deadline = call.deadline ?? DEADLINE;
  return sendRequest({
    url: new URL(`${connection.url}/api/v1/${path}${search}`),
    method: call.method ?? 'GET',
    headers: {
      accept,
      authorization: `Bearer ${token}`,
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    agent: connection.connections,
    signal: call.signal,
    deadline,
    silence: accept === 'text/event-stream' ? SILENCE : deadline,
  });
}

/** A newer agent may tell of things that this version has no word for. */
function knownEvent(value: unknown): Event[] {
  const event = eventSchema.safeParse(value);
  return event.success ? [event.data] : [];
}

async function* follow(connection: Reached, options: StreamOptions): AsyncGenerator<StreamItem, void, undefined> {
  const { signal } = options;
  let lastId = options.lastEventId;
  let pause = FIRST_RETRY;
  while (!signal.aborted) {
    try {
      const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
      const response = await send(connection, 'events', { headers, signal }, 'text/event-stream');
      pause = FIRST_RETRY;
      options.onOpen?.();
      for await (const frame of readFrames(response.chunks)) {
        lastId = frame.id ?? lastId;
        if (frame.event === 'reset') yield { kind: 'reset' };
        else for (const event of knownEvent(frame.data)) yield { kind: 'event', event };
      }
    } catch (error) {
      if (signal.aborted) return;
      const lost = unreachable(connection, error, signal);
      if (lost.code === 'UNAUTHORIZED' || lost.code === 'FORBIDDEN') throw lost;
      options.onLost?.(lost);
    }
    await rest(pause * (0.75 + Math.random() / 2), signal);
    pause = Math.min(pause * 2, LONGEST_RETRY);
  }
}

/** Waits, but no longer than until the signal is aborted. */
function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
