import type * as z from 'zod';
import type { Verb } from './authorizer.ts';
import type { AgentService } from './service.ts';

/** What a route gets to answer with: inputs already checked by its schemas. */
export interface RouteInput<Query, Body> {
  readonly service: AgentService;
  /** The part of the path in braces, decoded; '' where the route has none. */
  readonly name: string;
  readonly query: Query;
  readonly body: Body;
  readonly idempotencyKey: string | undefined;
  /** Aborted when the client has gone, the deadline is over or the API ends. */
  readonly signal: AbortSignal;
}

/** The verbs that a body asks for, all of which are needed, and in words which these are. */
export interface ByBody<Body> {
  readonly words: string;
  of(body: Body): readonly Verb[];
}

/** One request that the people's API answers. The router, the checks and the OpenAPI document are made from it. */
export interface Route<Query = unknown, Body = unknown> {
  readonly method: 'GET' | 'POST';
  /** A `{name}` stands for the rest of the path. */
  readonly path: string;
  /** One sentence. */
  readonly summary: string;
  /** What the caller must be allowed; a function where it depends on what is asked for. */
  readonly verb: Verb | ByBody<Body>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Bytes that the body may have; absent = 1 MiB. */
  readonly bodyLimit?: number;
  /** Milliseconds; absent = the API's. */
  readonly deadline?: number;
  /** The status of success; absent = 200. */
  readonly status?: number;
  readonly idempotent?: boolean;
  /** What is answered; absent = nothing, with status 204. */
  readonly response?: z.ZodType;
  answer(input: RouteInput<Query, Body>): unknown;
}

/** Ties the types of a route's schemas to what its answer gets, then forgets them for the table. */
export function route<Query, Body>(definition: Route<Query, Body>): Route {
  return definition as Route;
}
