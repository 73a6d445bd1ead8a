import type { TokenCredential } from '@azure/identity';
import { WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { parseJson } from '../parse-json.ts';
import type { Place } from '../place.ts';
import type { Transport } from '../transport.ts';
import type { Cloud } from './cloud.ts';
import { createKeptLogins, type GivenLogin } from './kept-logins.ts';

/** Azure Container Registry, of the public and the sovereign clouds. */
const HOST = /^[a-z0-9-]+\.azurecr\.(?:io|cn|us|de)$/;
/** Good for registries only: what a registry is handed opens nothing else. */
const SCOPE = 'https://containerregistry.azure.net/.default';
/** Milliseconds that a refresh token of a registry lasts: three hours. */
const LIFETIME = 3 * 3_600_000;
/** Milliseconds after which an identity is looked for again where there was none. */
const NOBODY = 10 * 60_000;
const ANSWER_LIMIT = 256 * 1024;

const answerSchema = z.object({ refresh_token: z.string().min(1) });

/** An access token of the environment's identity for registries; `undefined` where there is no identity. */
export type AskAzure = (signal: AbortSignal) => Promise<string | undefined>;

/**
 * Azure's registries, by the identity of the cluster: its access token is exchanged at each registry for a refresh token, with
 * which the registry is asked as any other (Azure Container Registry, "Authentication API").
 */
export function createAzure(ask: AskAzure, transport: Transport, clock: Clock): Cloud {
  const logins = createKeptLogins(clock);

  async function login(place: Place, signal: AbortSignal): Promise<GivenLogin> {
    const now = clock.now();
    const token = await ask(signal);
    if (token === undefined) return { credential: undefined, expiresAt: now + NOBODY };
    return {
      credential: { kind: 'identity', token: await exchange(place, token, transport, signal) },
      expiresAt: now + LIFETIME,
    };
  }

  return {
    covers: ({ hostname }) => HOST.test(hostname),
    login: (place, signal) => logins.get(place.host, (until) => login(place, until), signal),
  };
}

async function exchange(place: Place, token: string, transport: Transport, signal: AbortSignal): Promise<string> {
  const answer = await transport.send(
    {
      method: 'POST',
      url: new URL(`https://${place.host}/oauth2/exchange`),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      trust: 'own',
      limit: ANSWER_LIMIT,
      body: new URLSearchParams({ grant_type: 'access_token', service: place.host, access_token: token }).toString(),
    },
    signal,
  );
  const read = answerSchema.safeParse(answer.status === 200 ? parseJson(answer.body) : undefined);
  if (read.success) return read.data.refresh_token;
  throw new WeavefluxError(
    'REGISTRY_AUTH',
    `${place.host} does not take the Azure identity of this environment (${answer.status}); give it the role AcrPull there.`,
  );
}

/**
 * Asks by Azure's own library, which is loaded at the first call: workload identity where the pod has one, else what the
 * variables AZURE_… name, else the managed identity of the machine.
 */
export function createAzureToken(env: NodeJS.ProcessEnv): AskAzure {
  let credential: TokenCredential | undefined;
  return async (signal) => {
    credential ??= await openIdentity(env);
    try {
      return (await credential.getToken(SCOPE, { abortSignal: signal }))?.token;
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'CredentialUnavailableError') return undefined;
      if (cause instanceof Error && cause.name === 'AggregateAuthenticationError') return undefined;
      const message =
        'Azure gave no token for its registries; check the workload identity of the agent’s service account.';
      throw new WeavefluxError('REGISTRY_AUTH', message, { cause });
    }
  };
}

async function openIdentity(env: NodeJS.ProcessEnv): Promise<TokenCredential> {
  const { ChainedTokenCredential, EnvironmentCredential, ManagedIdentityCredential, WorkloadIdentityCredential } =
    await import('@azure/identity');
  if (env.AZURE_FEDERATED_TOKEN_FILE) return new WorkloadIdentityCredential();
  const { AZURE_CLIENT_ID: clientId } = env;
  return new ChainedTokenCredential(
    new EnvironmentCredential(),
    clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential(),
  );
}
