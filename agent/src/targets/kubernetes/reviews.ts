import { type JsonObject, objectAt, stringAt, valueAt } from '@weaveflux/shared';
import type { ClusterAccess } from '@weaveflux/shared/node';
import type { Verb } from '../../api/authorizer.ts';
import type { Reviewed, Reviews } from '../../api/review-authorizer.ts';
import { type ClientOptions, createClient, type KubernetesClient } from './client.ts';

/** Which environment people ask to do something with; `namespace` is the agent's. */
export interface ReviewSubject {
  readonly environment: string;
  readonly namespace: string;
}

const TOKEN_REVIEWS = { group: 'authentication.k8s.io', resource: 'tokenreviews' } as const;
const ACCESS_REVIEWS = { group: 'authorization.k8s.io', resource: 'subjectaccessreviews' } as const;

/** Reviews whose connections can be ended. */
export interface ClosableReviews extends Reviews {
  close(): Promise<void>;
}

/** Reviews by the agent's own access. Connects at the first one. */
export function openReviews(
  access: ClusterAccess,
  subject: ReviewSubject,
  options: Pick<ClientOptions, 'onRequest'> = {},
): ClosableReviews {
  const client = createClient(access, options);
  return { ...createReviews(client, subject), close: () => client.close() };
}

/**
 * Asks the cluster who carries a token (TokenReview) and what they may do (SubjectAccessReview). The client must be the
 * agent's own, bound to `system:auth-delegator`. Errors: FORBIDDEN without that binding; those of the client.
 */
export function createReviews(client: KubernetesClient, { environment, namespace }: ReviewSubject): Reviews {
  async function review(
    about: typeof TOKEN_REVIEWS | typeof ACCESS_REVIEWS,
    kind: string,
    spec: JsonObject,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const apiVersion = `${about.group}/v1`;
    const { body } = await client.request({
      method: 'POST',
      path: `/apis/${apiVersion}/${about.resource}`,
      body: { apiVersion, kind, spec },
      // The API's own words could quote the token.
      about: { object: 'the review of a person', verb: 'create', secret: true, ...about },
      signal,
    });
    return objectAt(body, ['status']);
  }

  return {
    async bearer(token, audience, signal) {
      const status = await review(TOKEN_REVIEWS, 'TokenReview', { token, audiences: [audience] }, signal);
      // A cluster whose check knows no audiences answers without any: that is no proof that the token is for us.
      const isForUs = textsAt(status, ['audiences']).includes(audience);
      return valueAt(status, ['authenticated']) === true && isForUs ? reviewed(objectAt(status, ['user'])) : undefined;
    },
    async mayDo(who, verb, signal) {
      const spec = {
        user: who.user,
        ...(who.uid === undefined ? {} : { uid: who.uid }),
        groups: [...who.groups],
        extra: Object.fromEntries(Object.entries(who.extra).map(([key, values]) => [key, [...values]])),
        resourceAttributes: attributes(verb),
      };
      const status = await review(ACCESS_REVIEWS, 'SubjectAccessReview', spec, signal);
      return valueAt(status, ['allowed']) === true && valueAt(status, ['denied']) !== true;
    },
  };

  function attributes(verb: Verb): JsonObject {
    return { group: 'weaveflux.dev', resource: 'environments', name: environment, namespace, verb };
  }
}

function reviewed(user: JsonObject): Reviewed | undefined {
  const name = stringAt(user, ['username']) ?? '';
  if (name === '') return undefined;
  const extra = Object.keys(objectAt(user, ['extra'])).map((key) => [key, textsAt(user, ['extra', key])] as const);
  return {
    user: name,
    uid: stringAt(user, ['uid']),
    groups: textsAt(user, ['groups']),
    extra: Object.fromEntries(extra),
  };
}

function textsAt(value: JsonObject, path: readonly string[]): string[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found.filter((text) => typeof text === 'string') : [];
}
