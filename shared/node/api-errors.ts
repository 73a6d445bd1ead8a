import { errorResponseSchema } from '../src/api/requests.ts';
import { asWeavefluxError, WeavefluxError } from '../src/errors.ts';
import type { AgentConnection } from './api-client.ts';
import type { HttpAnswer } from './http.ts';

/** The agent's own error, or a sentence about whoever answered in its place. */
export async function refusal(connection: AgentConnection, response: HttpAnswer): Promise<WeavefluxError> {
  const body = errorResponseSchema.safeParse(await jsonIn(response));
  if (!body.success) {
    const where = connection.name === undefined ? `at ${connection.url}` : `for ${connection.name}`;
    const message = `What answers ${where} (HTTP ${response.status}) is no Weaveflux agent, or a newer one.`;
    return new WeavefluxError('API_UNREACHABLE', message);
  }
  const { code, message, object, file, line } = body.data.error;
  return new WeavefluxError(code, message, { about: { object, file, line } });
}

/** Why there was no answer. */
export function unreachable(
  connection: AgentConnection,
  error: unknown,
  signal: AbortSignal | undefined,
): WeavefluxError {
  if (error instanceof WeavefluxError) return error;
  if (signal?.aborted) return asWeavefluxError(signal.reason);
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const message = `${subject(connection)} does not answer (${reason}); is it running?`;
  return new WeavefluxError('API_UNREACHABLE', message, { cause: error });
}

/** The agent at the beginning of a sentence. */
export function subject({ name, url }: AgentConnection): string {
  return name === undefined ? `The agent at ${url}` : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Whether a forward found nobody in the pod, so that nothing was heard: the next one goes to another pod. */
export function wasNotTaken(error: unknown): boolean {
  const cause = error instanceof WeavefluxError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}

/** Whether the connection ended under a request, so that nobody knows whether it was heard. */
export function wasCut(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

async function jsonIn(response: HttpAnswer): Promise<unknown> {
  try {
    return JSON.parse(await response.text());
  } catch {
    // Not the agent's words, whoever said them.
    return undefined;
  }
}
