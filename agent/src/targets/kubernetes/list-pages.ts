import { type JsonObject, stringAt } from '@weaveflux/shared';
import type { ApiRequest, KubernetesClient } from './client.ts';

/** Items that the API is asked for at a time. */
const PAGE = 500;

/** The answers to a list request, page by page (`limit` and `continue` of the Kubernetes API). Errors: those of the client. */
export async function* listPages(
  client: KubernetesClient,
  request: Omit<ApiRequest, 'method'>,
): AsyncGenerator<JsonObject, void, undefined> {
  let next: string | undefined;
  do {
    const query = { ...request.query, limit: PAGE, continue: next };
    const { body } = await client.request({ ...request, method: 'GET', query });
    yield body;
    next = stringAt(body, ['metadata', 'continue']) || undefined;
  } while (next !== undefined);
}
