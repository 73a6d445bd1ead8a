import { WeavefluxError } from '@weaveflux/shared';
import { type Dispatcher, request } from 'undici';
import type * as z from 'zod';
import { textOf } from '../git/secret.ts';
import { oneLine, QUOTED } from '../text/one-line.ts';
import { redact } from '../text/redact.ts';
import type { ForgeConfig } from './types.ts';

/** Milliseconds that one answer may take. */
const DEADLINE = 20_000;
/** Bytes that an answer may have. */
const LIMIT = 4 * 1024 * 1024;

/** One request to a host's API. */
export interface ForgeCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the API's address, encoded, with its query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Sends calls with the token of now, and reads the answers. */
export interface ForgeHttp {
  /** The answer of a 2xx, as the schema reads it. Errors: see `Forge`. */
  send<T>(call: ForgeCall, answer: z.ZodType<T>, signal: AbortSignal): Promise<T>;
}

/** What the calls are made with. */
export interface ForgeHttpParts {
  readonly config: Pick<ForgeConfig, 'url' | 'tokenFile'>;
  readonly dispatcher: Dispatcher;
  /** The headers of every call, with this token. */
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  /** Milliseconds; 20 seconds unless told. */
  readonly deadline?: number | undefined;
}

/** Calls to one host. Redirects are not followed: the token is for this host alone. */
export function createForgeHttp({ config, dispatcher, headers, deadline = DEADLINE }: ForgeHttpParts): ForgeHttp {
  const host = new URL(config.url).host;

  async function token(): Promise<string> {
    const text = (await textOf(config.tokenFile))?.split(/\r?\n/, 1)[0]?.trim() ?? '';
    if (text !== '') return text;
    throw new WeavefluxError(
      'GIT_AUTH',
      `--forge-token-file names ${config.tokenFile}, which cannot be read or is empty.`,
    );
  }

  return {
    async send({ method, path, body }, answer, signal) {
      const secret = await token();
      const limit = AbortSignal.timeout(deadline);
      try {
        const response = await request(`${config.url}${path}`, {
          method,
          dispatcher,
          signal: AbortSignal.any([signal, limit]),
          headers: {
            'user-agent': 'weaveflux',
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers(secret),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await readBody(response.body, host);
        if (response.statusCode < 200 || response.statusCode > 299)
          throw refusal(host, response.statusCode, redact(text, [secret]));
        return read(text, answer, host);
      } catch (error) {
        throw failure(error, host, { cancelled: signal.aborted, late: limit.aborted, deadline });
      }
    },
  };
}

async function readBody(body: AsyncIterable<Buffer>, host: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LIMIT) throw new WeavefluxError('GIT_FAILED', `${host} answers with more than can be read at once.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function read<T>(text: string, answer: z.ZodType<T>, host: string): T {
  let value: unknown;
  try {
    value = text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new WeavefluxError('GIT_FAILED', `${host} answers with something that is no JSON; check --forge-url.`);
  }
  const parsed = answer.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new WeavefluxError(
    'GIT_FAILED',
    `${host} answers about a pull or merge request in a form that is not known (at ${JSON.stringify(where)}); check --forge and --forge-url.`,
  );
}

function refusal(host: string, status: number, text: string): WeavefluxError {
  const said = oneLine(text, QUOTED);
  const words = said === '' ? '' : `: ${said}`;
  if (status === 401 || status === 403)
    return new WeavefluxError(
      'GIT_AUTH',
      `${host} refuses the token of --forge-token-file (${status}); give it the right to read and write pull or merge requests${words}`,
    );
  if (status === 404)
    return new WeavefluxError(
      'NOT_FOUND',
      `${host} does not know the repository, or the token of --forge-token-file may not see it (404); check --forge-url and the token's access.`,
    );
  const code = status >= 500 || status === 429 ? 'GIT_UNREACHABLE' : 'GIT_FAILED';
  return new WeavefluxError(code, `${host} refused a pull or merge request (${status})${words}`);
}

function failure(
  error: unknown,
  host: string,
  { cancelled, late, deadline }: { cancelled: boolean; late: boolean; deadline: number },
): WeavefluxError {
  if (error instanceof WeavefluxError) return error;
  if (cancelled) return new WeavefluxError('CANCELLED', `The call to ${host} was cancelled.`);
  if (late)
    return new WeavefluxError('TIMEOUT', `${host} gave no answer within ${deadline / 1000}s; check the network.`);
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new WeavefluxError(
    'GIT_UNREACHABLE',
    `${host} cannot be reached for pull or merge requests${code}; check --forge-url, the network and its proxy.`,
  );
}
