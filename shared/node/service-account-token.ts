import * as z from 'zod';
import { WeavefluxError } from '../src/errors.ts';
import type { Use } from './api-client.ts';
import type { ClusterClient } from './cluster-client.ts';
import { lacking } from './permissions.ts';

/** Tokens for an agent's API, as a person may have them. */
export interface AccountTokens {
  /**
   * A token for this use that holds for a while yet; another than before where that was `refused`. Errors: FORBIDDEN with
   * the role to ask for, NOT_FOUND, those of the client.
   */
  token(use: Use, signal: AbortSignal, refused?: boolean): Promise<string>;
}

/** The audience that an agent asks for. */
const AUDIENCE = 'weaveflux';
const SECONDS = 600;
/** Milliseconds before its end at which a token is not used any more. */
const MARGIN = 60_000;

const answerSchema = z.object({ status: z.object({ token: z.string().min(1) }) });
const claimsSchema = z.object({ iat: z.number(), exp: z.number() });

interface Held {
  readonly token: Promise<string>;
  /** By the clock of `now`; until the token is here, forever. */
  until: number;
}

/**
 * Asks for tokens of `weaveflux-viewer` to read with and of `weaveflux-operator` to act with (TokenRequest); who may only
 * have the operator's reads with that. `now`: milliseconds of a clock that only goes forward.
 */
export function createAccountTokens(client: ClusterClient, namespace: string, now: () => number): AccountTokens {
  const held = new Map<string, Held>();

  async function tokenOf(account: string, signal: AbortSignal, refused: boolean): Promise<string> {
    const known = held.get(account);
    if (known !== undefined && !refused && now() < known.until) {
      // Whoever asked for it may have left: then the next one asks for itself.
      const token = await known.token.catch(() => undefined);
      if (token !== undefined) return token;
    }
    const began = now();
    const asked: Held = {
      token: request(client, namespace, account, signal),
      until: Number.POSITIVE_INFINITY,
    };
    held.set(account, asked);
    try {
      const token = await asked.token;
      asked.until = began + lifetime(token) - MARGIN;
      return token;
    } catch (error) {
      if (held.get(account) === asked) held.delete(account);
      throw error;
    }
  }

  return {
    async token(use, signal, refused = false) {
      if (use === 'act') return tokenOf('weaveflux-operator', signal, refused);
      try {
        return await tokenOf('weaveflux-viewer', signal, refused);
      } catch (error) {
        if (!(error instanceof WeavefluxError) || error.code !== 'FORBIDDEN') throw error;
        return await tokenOf('weaveflux-operator', signal, refused).catch(() => {
          throw error;
        });
      }
    },
  };
}

async function request(
  client: ClusterClient,
  namespace: string,
  account: string,
  signal: AbortSignal,
): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${account}/token`;
  const { status, body } = await client.request('POST', path, signal, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [AUDIENCE], expirationSeconds: SECONDS },
  });
  if (status === 403)
    throw lacking(`create a token of ${account}`, account === 'weaveflux-viewer' ? 'view' : 'operate', namespace);
  if (status === 404) {
    const message = `There is no service account ${account} in namespace ${namespace}: apply the agent's manifests again.`;
    throw new WeavefluxError('NOT_FOUND', message);
  }
  const answer = answerSchema.safeParse(body);
  if (answer.success) return answer.data.status.token;
  const message = `The cluster gave no token of ${account} in namespace ${namespace} (HTTP ${status}); try again in a moment.`;
  throw new WeavefluxError('API_UNREACHABLE', message);
}

/** Milliseconds, by the token's own words: the cluster may have given less, and its clock is not ours. */
function lifetime(token: string): number {
  try {
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { iat, exp } = claimsSchema.parse(JSON.parse(text));
    return (exp - iat) * 1000;
  } catch {
    return SECONDS * 1000;
  }
}
