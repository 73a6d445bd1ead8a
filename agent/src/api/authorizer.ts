import { HttpError } from './http-error.ts';
import { bearerOf, tokensMatch } from './token.ts';

/** What a person may be allowed to do: a verb on the environment, `environments.weaveflux.dev`. */
export type Verb = 'get' | 'watch' | 'sync' | 'plan' | 'release' | 'policy' | 'suspend';

/** Someone whose token was accepted. */
export interface Caller {
  /** Milliseconds until the token ends; Infinity where it does not. */
  remaining(): number;
  /** Resolves when every verb is allowed. Errors: 403; 503 where that cannot be found out. */
  require(verbs: readonly Verb[], signal: AbortSignal): Promise<void>;
}

/** Knows who asks and what they may do. It never shows a token. */
export interface Authorizer {
  /** Who carries this `Authorization` header. Errors: 401; 503 where that cannot be found out. */
  authenticate(header: string | undefined, signal: AbortSignal): Promise<Caller>;
}

/** Takes this one token, which allows everything: for an agent on its user's own machine. */
export function createTokenAuthorizer(token: string): Authorizer {
  const owner: Caller = { remaining: () => Number.POSITIVE_INFINITY, require: async () => {} };
  return {
    async authenticate(header) {
      if (tokensMatch(bearerOf(header), token)) return owner;
      throw unauthorized("A token is required: send the agent file's token as Authorization: Bearer <token>.");
    },
  };
}

/** The answer to a request whose token is missing or not accepted. */
export function unauthorized(message: string): HttpError {
  return new HttpError(401, 'UNAUTHORIZED', message, { 'www-authenticate': 'Bearer' });
}
