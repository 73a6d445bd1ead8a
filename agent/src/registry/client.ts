import { WeavefluxError } from '@weaveflux/shared';
import { type Challenge, chooseChallenge, parseChallenges } from './challenge.ts';
import { type Credential, fingerprint } from './credentials.ts';
import type { Endpoint, Endpoints } from './endpoint.ts';
import type { Login, LoginRequest } from './login.ts';
import type { Place } from './place.ts';
import { type Answer, type Ask, first, type Transport } from './transport.ts';

/** One question to a registry about one image repository. */
export interface Question {
  readonly place: Place;
  /** To be tried in this order; none = ask as nobody. */
  readonly credentials: readonly Credential[];
  readonly method?: 'GET' | 'HEAD';
  /** A path with its query, or a whole URL that an earlier answer named. */
  readonly target: string | URL;
  readonly headers?: Record<string, string>;
  /** Largest body, bytes. */
  readonly limit: number;
}

/** Asks registries with what they ask for in return. */
export interface RegistryClient {
  /**
   * The answer, 2xx or 304. Errors: NOT_FOUND (404), REGISTRY_AUTH (401, 403), INVALID_REQUEST (another 4xx),
   * REGISTRY_FAILED, and those of the transport.
   */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
}

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const ANONYMOUS: Credential = { kind: 'anonymous' };

/** What a client is made of. */
export interface ClientOptions {
  readonly transport: Transport;
  readonly endpoints: Endpoints;
  readonly login: Login;
}

/** Makes a client; which credential a repository took is remembered. */
export function createClient({ transport, endpoints, login }: ClientOptions): RegistryClient {
  const accepted = new Map<string, string>();

  async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const { place } = question;
    const candidates = inOrder(question.credentials, accepted.get(place.name));
    let refusal: WeavefluxError | undefined;
    for (const credential of candidates) {
      try {
        const answer = await askAs(question, credential, signal);
        accepted.set(place.name, fingerprint(credential));
        return answer;
      } catch (error) {
        if (!(error instanceof WeavefluxError)) throw error;
        if (error.code === 'REGISTRY_UNREACHABLE') endpoints.forget(place);
        if (error.code !== 'REGISTRY_AUTH') throw error;
        refusal ??= error;
      }
    }
    throw refusal ?? new WeavefluxError('INTERNAL', `Nobody asked ${place.host}.`);
  }

  async function askAs(question: Question, credential: Credential, signal: AbortSignal): Promise<Answer> {
    const { place } = question;
    const endpoint = await endpoints.of(place, signal);
    const sent = await authorization(place, endpoint.challenge, credential, signal);
    const answer = await follow(question, endpoint, sent, signal);
    if (answer.status !== 401 || answer.url.host !== new URL(endpoint.base).host) return judge(answer, question, sent);
    const challenge = chooseChallenge(parseChallenges(answer.headers['www-authenticate']));
    if (challenge === undefined) return judge(answer, question, sent);
    endpoints.learn(place, challenge);
    login.forget(loginRequest(place, challenge, credential));
    const renewed = await authorization(place, challenge, credential, signal);
    if (renewed === sent) return judge(answer, question, sent);
    return judge(await follow(question, endpoint, renewed, signal), question, renewed);
  }

  function loginRequest(place: Place, challenge: Challenge, credential: Credential): LoginRequest {
    const withSecrets = credential.kind !== 'anonymous';
    const trustOf = (realm: URL) => endpoints.trustOf(realm, place, withSecrets);
    return { challenge, credential, scope: scopeOf(challenge, place), trustOf };
  }

  async function authorization(
    place: Place,
    challenge: Challenge | undefined,
    credential: Credential,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    return challenge === undefined ? undefined : login.authorize(loginRequest(place, challenge, credential), signal);
  }

  /** Follows redirects; the Authorization header goes to the registry's own scheme, host and port only. */
  async function follow(
    question: Question,
    endpoint: Endpoint,
    sent: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const own = new URL(endpoint.base).origin;
    let url = new URL(String(question.target), endpoint.base);
    for (let hops = 0; ; hops += 1) {
      const isOwn = url.origin === own;
      const trust = isOwn ? endpoint.trust : await endpoints.trustOf(url, question.place, false);
      const answer = await transport.send(request(question, url, trust, isOwn ? sent : undefined), signal);
      const location = REDIRECTS.has(answer.status) ? first(answer.headers.location) : undefined;
      if (location === undefined) return answer;
      const next = URL.parse(location, url.href);
      if (next === null || hops >= MAX_REDIRECTS || isDowngrade(url, next)) throw lost(question.place);
      url = next;
    }
  }

  return { ask };
}

function request(question: Question, url: URL, trust: Ask['trust'], authorization: string | undefined): Ask {
  const headers = { ...question.headers, ...(authorization === undefined ? {} : { authorization }) };
  return { method: question.method ?? 'GET', url, headers, trust, limit: question.limit };
}

function isDowngrade(from: URL, to: URL): boolean {
  return to.protocol !== 'https:' && (to.protocol !== 'http:' || from.protocol !== 'http:');
}

function inOrder(credentials: readonly Credential[], accepted: string | undefined): readonly Credential[] {
  if (credentials.length === 0) return [ANONYMOUS];
  if (credentials.length === 1 || accepted === undefined) return credentials;
  const known = credentials.filter((credential) => fingerprint(credential) === accepted);
  return [...known, ...credentials.filter((credential) => !known.includes(credential))];
}

/** The challenge's own scope where it asks for no more than reading (a proxy may name the repository otherwise), else ours. */
function scopeOf(challenge: Challenge, place: Place): string {
  const asked = challenge.params.get('scope');
  return asked !== undefined && /^repository:[^\s,]+:pull$/.test(asked) && asked.includes(place.path)
    ? asked
    : `repository:${place.path}:pull`;
}

function judge(answer: Answer, question: Question, sent: string | undefined): Answer {
  const { status } = answer;
  const { name } = question.place;
  if ((status >= 200 && status < 300) || status === 304) return answer;
  if (status === 404)
    throw new WeavefluxError('NOT_FOUND', `${name} is not at its registry; check the name, or push it.`);
  if (status === 401 || status === 403) throw refused(name, status, sent !== undefined);
  if (status >= 400) throw new WeavefluxError('INVALID_REQUEST', `The registry answered ${status} for ${name}.`);
  throw new WeavefluxError(
    'REGISTRY_FAILED',
    `The registry answered ${status} for ${name}, which makes no sense here.`,
  );
}

function refused(name: string, status: number, asSomebody: boolean): WeavefluxError {
  const message = asSomebody
    ? `The registry does not let these credentials read ${name} (${status}); check its pull secret.`
    : `The registry lets nobody read ${name} without credentials (${status}); add an imagePullSecret or --docker-config for it.`;
  return new WeavefluxError('REGISTRY_AUTH', message);
}

function lost(place: Place): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_FAILED',
    `${place.host} redirects in circles or to where it is not safe to follow.`,
  );
}
