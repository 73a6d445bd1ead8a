import { asWeavefluxError, isObject } from '@weaveflux/shared';
import { untilAborted } from '../concurrency/until-aborted.ts';
import { createAnswers } from './answers.ts';
import { type Authorizer, type Caller, unauthorized, type Verb } from './authorizer.ts';
import { HttpError } from './http-error.ts';
import { bearerOf, fingerprint } from './token.ts';

/** The audience that a token for this API names. */
export const AUDIENCE = 'weaveflux';

/** Whom the cluster knows a token's bearer as. */
export interface Reviewed {
  readonly user: string;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** What the cluster answers about people. Rejections are WeavefluxErrors. */
export interface Reviews {
  /** Who carries the token, or `undefined` where the cluster does not accept it for this audience. */
  bearer(token: string, audience: string, signal: AbortSignal): Promise<Reviewed | undefined>;
  /** Whether they may do this with the environment. */
  mayDo(who: Reviewed, verb: Verb, signal: AbortSignal): Promise<boolean>;
}

export interface ReviewAuthorizerOptions {
  readonly environment: string;
  /** The agent's. */
  readonly namespace: string;
  readonly now: () => Date;
}

/** Milliseconds: for so long a right that was taken away still holds, and one that was given does not yet. */
const KEEP_YES = 10_000;
const KEEP_NO = 2_000;
/** Milliseconds for one question to the cluster. */
const DEADLINE = 10_000;
const NEVER = Number.POSITIVE_INFINITY;
const TOKENS = 256;
const VERDICTS = 1_024;

const VIEWS: ReadonlySet<Verb> = new Set(['get', 'watch']);

/**
 * Lets the cluster say who carries a token and what they may do with `environments.weaveflux.dev` of this name. Answers
 * are kept for seconds, by the token's digest, and none beyond the token's own end.
 */
export function createReviewAuthorizer(reviews: Reviews, options: ReviewAuthorizerOptions): Authorizer {
  const { environment, namespace } = options;
  const now = () => options.now().getTime();
  const bearers = createAnswers<Reviewed | undefined>(TOKENS, now);
  const verdicts = createAnswers<boolean>(VERDICTS, now);

  function keep(isYes: boolean, expiresAt: number): number {
    return isYes ? Math.min(KEEP_YES, Math.max(expiresAt - now(), 0)) : KEEP_NO;
  }

  function bearer(token: string, expiresAt: number): Promise<Reviewed | undefined> {
    return bearers.get(fingerprint(token), async () => {
      const value = await ask(namespace, (signal) => reviews.bearer(token, AUDIENCE, signal));
      return { value, keep: keep(value !== undefined, expiresAt) };
    });
  }

  function verdict(who: Reviewed, verb: Verb, digest: string, expiresAt: number): Promise<boolean> {
    return verdicts.get(`${verb} ${digest}`, async () => {
      const value = await ask(namespace, (signal) => reviews.mayDo(who, verb, signal));
      return { value, keep: keep(value, expiresAt) };
    });
  }

  return {
    async authenticate(header, signal) {
      const token = bearerOf(header);
      if (token === '') throw unauthorized(`A token is required: ${HOW_TO_ASK}.`);
      const expiresAt = endOf(token);
      const who = await untilAborted(bearer(token, expiresAt), signal);
      if (who === undefined)
        throw unauthorized(`The cluster does not accept this token here, ${WHY_NOT}: ${HOW_TO_ASK}.`);
      const digest = fingerprint(token);
      const caller: Caller = {
        remaining: () => expiresAt - now(),
        async require(verbs, asking) {
          const found = verbs.map(async (verb) => ((await verdict(who, verb, digest, expiresAt)) ? [] : [verb]));
          const missing = (await untilAborted(Promise.all(found), asking)).flat();
          if (missing.length > 0) throw denied(who, missing, environment, namespace);
        },
      };
      return caller;
    },
  };
}

const HOW_TO_ASK = `ask for one of weaveflux-viewer or weaveflux-operator with audience ${AUDIENCE}`;
const WHY_NOT = 'as it has ended, was not issued by it or is for another audience';

function denied(who: Reviewed, verbs: readonly Verb[], environment: string, namespace: string): HttpError {
  const role = verbs.every((verb) => VIEWS.has(verb)) ? 'weaveflux-view' : 'weaveflux-operate';
  const what = `${verbs.join(', ')} environments.weaveflux.dev "${environment}" in namespace ${namespace}`;
  return new HttpError(403, 'FORBIDDEN', `${who.user} may not ${what}: the role ${role} lets people do it.`);
}

/** One question, for all who wait for its answer: none of them can end it. Errors: 503. */
async function ask<T>(namespace: string, question: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await question(AbortSignal.timeout(DEADLINE));
  } catch (thrown) {
    const error = asWeavefluxError(thrown);
    if (error.code === 'FORBIDDEN') {
      const message = `The agent may not ask the cluster who you are: bind its service account in namespace ${namespace} to the ClusterRole system:auth-delegator; it delivers meanwhile.`;
      throw new HttpError(503, 'FORBIDDEN', message);
    }
    const reason = error.code === 'INTERNAL' ? 'something that was not foreseen' : error.message;
    const message = `The agent could not ask the cluster who you are, try again in a moment: ${reason}`;
    throw new HttpError(503, 'API_UNREACHABLE', message);
  }
}

/** When a token says it ends (RFC 7519), in milliseconds since 1970; the cluster has checked it where it accepted it. */
function endOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isObject(claims) && typeof claims.exp === 'number' ? claims.exp * 1000 : NEVER;
  } catch {
    return NEVER;
  }
}
