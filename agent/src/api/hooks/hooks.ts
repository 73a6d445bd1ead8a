import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from '../http-error.ts';
import { readJson } from '../input.ts';
import { sendJson } from '../reply.ts';
import { bearerOf, tokensMatch } from '../token.ts';
import { type Notice, readFluxNotify, readNotify, readRegistryEvents } from './notices.ts';

/** What is begun because of a notice. */
export interface Looked {
  /** Canonical names of the image repositories that are looked up: those of the notice that the environment has. */
  readonly images: readonly string[];
  readonly git: boolean;
}

/** What hooks need. */
export interface HookDoor {
  /** Looks up what the notice names, soon and at most once for many; `undefined` where this replica does not work. */
  noticed(notice: Notice): Looked | undefined;
  /** The secret that callers must know, read anew for each call; `undefined` = none is set. */
  secret(): Promise<string | undefined>;
}

interface Hook {
  readonly read: (body: unknown) => Notice;
  /** Whether callers on this machine, such as in the same pod, need no secret. */
  readonly openToLoopback: boolean;
  /** Whether the sender does not say that its body is JSON. */
  readonly untyped?: boolean;
}

/** Where Flux v1 takes its `notify`; flux-recv and the scripts around it send it there. */
export const FLUX_NOTIFY = '/api/flux/v11/notify';

const BODY_LIMIT = 1024 * 1024;

/** By path; each takes POST. */
export const HOOKS: Readonly<Record<string, Hook>> = {
  '/api/v1/notify': { read: readNotify, openToLoopback: true },
  [FLUX_NOTIFY]: { read: readFluxNotify, openToLoopback: true, untyped: true },
  '/hooks/registry': { read: readRegistryEvents, openToLoopback: false },
};

/** Answers a hook: 202 with what is looked up. Errors: 401, 403, 405, 413, 415, INVALID_REQUEST, 503 on a standby. */
export async function answerHook(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  door: HookDoor,
): Promise<void> {
  const hook = HOOKS[path];
  if (hook === undefined) throw new HttpError(404, 'NOT_FOUND', `There is no hook at ${path}.`);
  if (request.method !== 'POST') {
    throw new HttpError(405, 'INVALID_REQUEST', `${path} takes POST, not ${request.method}.`, { allow: 'POST' });
  }
  if (!(hook.openToLoopback && isFromLoopback(request))) await checkSecret(request, door);
  const body = await readJson(request, BODY_LIMIT, { untyped: hook.untyped === true });
  const looked = door.noticed(hook.read(body));
  if (looked === undefined) {
    throw new HttpError(503, 'CANCELLED', 'Another replica works; send it again.', { 'retry-after': '5' });
  }
  sendJson(response, 202, looked);
}

async function checkSecret(request: IncomingMessage, door: HookDoor): Promise<void> {
  const secret = await door.secret();
  if (secret === undefined) {
    throw new HttpError(
      403,
      'FORBIDDEN',
      'No secret for hooks is set; name a file that holds one in --hook-secret-file.',
    );
  }
  if (tokensMatch(bearerOf(request.headers.authorization), secret)) return;
  const challenge = { 'www-authenticate': 'Bearer realm="weaveflux"' };
  throw new HttpError(
    401,
    'UNAUTHORIZED',
    'Send the secret of the hooks as Authorization: Bearer <secret>.',
    challenge,
  );
}

/** Whether a program on this machine speaks for itself. A proxy here speaks for others, and says so; so does a browser for a page. */
export function isFromLoopback({ socket, headers }: IncomingMessage): boolean {
  const others = [headers['x-forwarded-for'], headers.forwarded, headers.origin];
  if (others.some((header) => header !== undefined)) return false;
  return /^(?:127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');
}
