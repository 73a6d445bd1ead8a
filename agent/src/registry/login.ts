import { WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';
import { untilAborted } from '../concurrency/until-aborted.ts';
import type { Trust } from './agents.ts';
import type { Challenge } from './challenge.ts';
import type { Clock } from './clock.ts';
import { type Credential, fingerprint } from './credentials.ts';
import { parseJson } from './parse-json.ts';
import { createSharedWork } from './shared-work.ts';
import type { Answer, Transport } from './transport.ts';

/** What a challenge asks for, at one image repository. */
export interface LoginRequest {
  readonly challenge: Challenge;
  readonly credential: Credential;
  /** `repository:team/app:pull`. */
  readonly scope: string;
  /** How far the auth server of this challenge may be trusted; throws where it may not be asked at all. */
  readonly trustOf: (realm: URL) => Promise<Trust>;
}

/** Turns challenges and credentials into `Authorization` headers; tokens are kept until shortly before they end. */
export interface Login {
  /** The header's value; `undefined` to ask as nobody. REGISTRY_AUTH where the auth server refuses the credential. */
  authorize(request: LoginRequest, signal: AbortSignal): Promise<string | undefined>;
  /** Forgets a token that the registry no longer takes. */
  forget(request: LoginRequest): void;
}

interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const tokenSchema = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});

/** Seconds, where the auth server does not say (distribution's token specification). */
const DEFAULT_LIFE = 60;
const MAX_LIFE = 24 * 3600;
/** A token is renewed when a tenth of its life is left. */
const USABLE_PART = 0.9;
const TOKEN_LIMIT = 256 * 1024;
const DEADLINE = 60_000;

/** Makes the login of one registry side, for all hosts. */
export function createLogin(transport: Transport, clock: Clock): Login {
  const tokens = createSharedWork<Token>((token) => clock.now() < token.until);
  return {
    async authorize(request, signal) {
      const { challenge, credential } = request;
      if (credential.kind === 'registry') return `Bearer ${printable(credential.token)}`;
      if (challenge.scheme === 'basic') return basic(credential);
      const deadline = AbortSignal.timeout(DEADLINE);
      const work = tokens.get(keyOf(request), () => fetchToken(request, transport, clock, deadline));
      return `Bearer ${(await untilAborted(work, signal)).value}`;
    },
    forget(request) {
      tokens.forget(keyOf(request));
    },
  };
}

function basic(credential: Credential): string | undefined {
  if (credential.kind !== 'password') return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
}

function keyOf({ challenge, credential, scope }: LoginRequest): string {
  return JSON.stringify([
    challenge.params.get('realm'),
    challenge.params.get('service'),
    scope,
    fingerprint(credential),
  ]);
}

/** Docker Registry v2 token authentication: GET with a password, POST (OAuth2) with a refresh token. */
async function fetchToken(
  request: LoginRequest,
  transport: Transport,
  clock: Clock,
  signal: AbortSignal,
): Promise<Token> {
  const { credential } = request;
  const realm = URL.parse(request.challenge.params.get('realm') ?? '');
  if (realm === null || !/^https?:$/.test(realm.protocol)) throw noRealm();
  realm.username = '';
  realm.password = '';
  const trust = await request.trustOf(realm);
  const service = request.challenge.params.get('service');
  const question = { ...(service === undefined ? {} : { service }), scope: request.scope };
  const asked = clock.now();
  const answer = await transport.send(
    credential.kind === 'identity'
      ? refreshRequest(realm, trust, question, credential.token)
      : passwordRequest(realm, trust, question, basic(credential)),
    signal,
  );
  return readToken(answer, asked);
}

type Question = Record<string, string>;

function passwordRequest(realm: URL, trust: Trust, question: Question, authorization: string | undefined) {
  const url = new URL(realm);
  for (const [name, value] of Object.entries(question)) url.searchParams.set(name, value);
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  return { method: 'GET', url, headers, trust, limit: TOKEN_LIMIT } as const;
}

function refreshRequest(realm: URL, trust: Trust, question: Question, token: string) {
  const form = { grant_type: 'refresh_token', client_id: 'weaveflux', refresh_token: token, ...question };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  return { method: 'POST', url: realm, headers, trust, limit: TOKEN_LIMIT, body } as const;
}

function readToken(answer: Answer, asked: number): Token {
  const { host } = answer.url;
  if (answer.status !== 200) {
    throw new WeavefluxError(
      'REGISTRY_AUTH',
      `The auth server ${host} refused the credentials (${answer.status}); check the pull secret.`,
    );
  }
  const read = tokenSchema.safeParse(parseJson(answer.body));
  const value = read.success ? read.data.token || read.data.access_token : undefined;
  if (!value) throw new WeavefluxError('REGISTRY_FAILED', `The auth server ${host} answered without a token.`);
  const seconds = Math.min(Math.max(read.data?.expires_in ?? DEFAULT_LIFE, 0), MAX_LIFE);
  return { value: printable(value), until: asked + seconds * 1000 * USABLE_PART };
}

/** A header's value must not end the header. */
function printable(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new WeavefluxError(
    'REGISTRY_AUTH',
    'A registry token holds characters that no token has; check the pull secret.',
  );
}

function noRealm(): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_FAILED',
    'The registry names no usable auth server in its WWW-Authenticate header.',
  );
}
