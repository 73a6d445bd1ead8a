import { execFile } from 'node:child_process';
import { WeavefluxError } from '@weaveflux/shared';
import * as z from 'zod';
import type { Clock } from './clock.ts';
import { type Credential, DOCKER_HUB, sameRegistry } from './credentials.ts';
import { parseJson } from './parse-json.ts';
import type { Place } from './place.ts';
import { createSharedWork } from './shared-work.ts';

/** Logins that helper programs give, by the docker config of the agent: programs that a pull secret names are never run. */
export interface Helpers {
  /** The login of a registry; `undefined` where no helper is named, or it knows none. Errors: REGISTRY_AUTH. */
  of(config: string | undefined, place: Place): Promise<Credential | undefined>;
}

/** How long a helper's login is kept, in milliseconds: helpers keep tokens themselves. */
const KEPT = 60_000;

/** Makes them; each helper is asked once a minute for each registry, by all who want its login. */
export function createHelpers(env: NodeJS.ProcessEnv, clock: Clock): Helpers {
  const asked = createSharedWork<{ readonly credential: Credential | undefined; readonly until: number }>(
    ({ until }) => clock.now() < until,
  );
  return {
    async of(config, place) {
      const name = config === undefined ? undefined : helperFor(config, place);
      if (name === undefined) return undefined;
      const { credential } = await asked.get(`${name} ${place.host}`, async () => {
        return { credential: await askHelper(name, place, env), until: clock.now() + KEPT };
      });
      return credential;
    },
  };
}

const configSchema = z.object({
  credHelpers: z.record(z.string(), z.unknown()).default({}),
  credsStore: z.string().optional(),
});

const answerSchema = z.object({ Username: z.string(), Secret: z.string() });

/** A suffix of a program's name, so that a file cannot name a path. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const DEADLINE = 30_000;
const ANSWER_LIMIT = 1024 * 1024;

/** Which helper program knows the login of a registry, as a docker config says it (`credHelpers`, else `credsStore`); `undefined` = none. */
export function helperFor(text: string, place: Place): string | undefined {
  const config = configSchema.safeParse(parseJson(text));
  if (!config.success) return undefined;
  const { credHelpers, credsStore } = config.data;
  const own = Object.entries(credHelpers).find(([host]) => sameRegistry(host, place))?.[1];
  const name = typeof own === 'string' && own !== '' ? own : credsStore;
  return name === undefined || name === '' ? undefined : name;
}

/**
 * Asks `docker-credential-<name> get` (docker-credential-helpers, "Development") on the PATH of `env`. `undefined` where it knows no
 * login of this registry. Errors: REGISTRY_AUTH, in a sentence that holds nothing of what it printed.
 */
export async function askHelper(name: string, place: Place, env: NodeJS.ProcessEnv): Promise<Credential | undefined> {
  if (!NAME.test(name)) throw failed(place, 'a credential helper whose name is no name of a program');
  const server = place.host === DOCKER_HUB ? `https://${DOCKER_HUB}/v1/` : place.host;
  const { code, output } = await runGet(`docker-credential-${name}`, server, env);
  if (code === 'ENOENT') throw failed(place, `docker-credential-${name}, which is not on the agent’s PATH`);
  // Helpers say it on stdout, and end with 1 as for every other failure.
  if (code !== 0 && /credentials not found/i.test(output)) return undefined;
  const answer = answerSchema.safeParse(code === 0 ? parseJson(output) : undefined);
  if (!answer.success) throw failed(place, `docker-credential-${name}, which gave no login`);
  const { Username: username, Secret: secret } = answer.data;
  return username === '<token>'
    ? { kind: 'identity', token: secret }
    : { kind: 'password', username, password: secret };
}

function runGet(
  program: string,
  input: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: string | number; readonly output: string }> {
  return new Promise((resolve) => {
    const options = { env, timeout: DEADLINE, killSignal: 'SIGKILL', maxBuffer: ANSWER_LIMIT } as const;
    const child = execFile(program, ['get'], options, (error, output) => {
      resolve({ code: error === null ? 0 : (error.code ?? 'killed'), output });
    });
    // A helper that ends before it has read is judged by its end.
    child.stdin?.once('error', () => undefined);
    child.stdin?.end(`${input}\n`);
  });
}

function failed({ host }: Place, what: string): WeavefluxError {
  return new WeavefluxError('REGISTRY_AUTH', `The docker config names for ${host} ${what}; check --docker-config.`);
}
