import { WeavefluxError } from '@weaveflux/shared';
import type { GoogleAuth } from 'google-auth-library';
import { untilAborted } from '../../concurrency/until-aborted.ts';
import type { Clock } from '../clock.ts';
import type { Cloud } from './cloud.ts';
import { createKeptLogins, type GivenLogin } from './kept-logins.ts';

/** Container Registry and Artifact Registry. */
const HOST = /^(?:(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev)$/;
/** Artifact Registry has no narrower scope that reads. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform.read-only';
/** The user that goes with an access token as password. */
const USERNAME = 'oauth2accesstoken';
/** Milliseconds that a token serves whose end is not told, and after which an identity is looked for again where there was none. */
const TEN_MINUTES = 10 * 60_000;

/** An identity's access token; `undefined` where there is no identity. */
export interface GoogleToken {
  readonly token: string;
  /** Milliseconds since 1970, where it is told. */
  readonly expiresAt: number | undefined;
}

/**
 * Google's registries, by the identity of the cluster: workload identity, the node's service account, or what
 * GOOGLE_APPLICATION_CREDENTIALS names. Without one they are asked as nobody, since many of their images are public.
 */
export function createGoogle(ask: () => Promise<GoogleToken | undefined>, clock: Clock): Cloud {
  const logins = createKeptLogins(clock);

  async function login(signal: AbortSignal): Promise<GivenLogin> {
    const until = clock.now() + TEN_MINUTES;
    // Google's library takes no signal.
    const found = await untilAborted(ask(), signal);
    if (found === undefined) return { credential: undefined, expiresAt: until };
    const { token, expiresAt } = found;
    return { credential: { kind: 'password', username: USERNAME, password: token }, expiresAt: expiresAt ?? until };
  }

  return {
    covers: ({ hostname }) => HOST.test(hostname),
    login: (_, signal) => logins.get('google', login, signal),
  };
}

/** Asks by Google's own library, which is loaded at the first call. Errors: REGISTRY_AUTH. */
export function createGoogleToken(): () => Promise<GoogleToken | undefined> {
  let auth: GoogleAuth | undefined;
  return async () => {
    const { GoogleAuth } = await import('google-auth-library');
    auth ??= new GoogleAuth({ scopes: [SCOPE] });
    const client = await auth.getClient().catch(nobody);
    if (client === undefined) return undefined;
    try {
      const { token } = await client.getAccessToken();
      const expiresAt = client.credentials.expiry_date ?? undefined;
      return token ? { token, expiresAt } : undefined;
    } catch (cause) {
      const message =
        'Google gave no token for its registries; check the workload identity of the agent’s service account, or that of the node.';
      throw new WeavefluxError('REGISTRY_AUTH', message, { cause });
    }
  };
}

/** Its only error that means "there is no identity here" has no code. */
function nobody(error: unknown): undefined {
  if (error instanceof Error && /default credentials/i.test(error.message)) return undefined;
  const message = 'The credentials that GOOGLE_APPLICATION_CREDENTIALS names cannot be used; check the file.';
  throw new WeavefluxError('REGISTRY_AUTH', message, { cause: error });
}
