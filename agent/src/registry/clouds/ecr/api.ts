import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { WeavefluxError } from '@weaveflux/shared';
import type { EcrHost } from './host.ts';

/** A login for the registries of a region. */
export interface EcrToken {
  readonly username: string;
  readonly password: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** An image as ECR tells of it. */
export interface EcrImage {
  readonly tags: readonly string[];
  readonly digest: string;
  /** RFC 3339. */
  readonly pushed?: string;
}

/** What is asked of AWS's API. Throws what AWS's client throws. */
export interface EcrApi {
  token(host: EcrHost, signal: AbortSignal): Promise<EcrToken>;
  /** One page of the images that have tags; `next` = there is another page. */
  images(
    host: EcrHost,
    repository: string,
    page: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly images: readonly EcrImage[]; readonly next: string | undefined }>;
  close(): void;
}

/** The most that one page of DescribeImages may hold. */
const PAGE_SIZE = 1000;
/** Attempts of one call; AWS's client slows down by itself when it is throttled. */
const ATTEMPTS = 5;

/**
 * AWS's API by its own client and its standard chain of identities: keys, web identity, Pod Identity, instance. The client is
 * loaded at the first call; `env` names proxies.
 */
export function createEcrApi(env: NodeJS.ProcessEnv): EcrApi {
  const clients = new Map<string, Promise<ECRClient>>();

  async function open({ region, fips }: EcrHost): Promise<ECRClient> {
    const { ECRClient } = await import('@aws-sdk/client-ecr');
    const requestHandler = {
      httpAgent: new HttpAgent({ keepAlive: true, proxyEnv: env }),
      httpsAgent: new HttpsAgent({ keepAlive: true, proxyEnv: env }),
    };
    return new ECRClient({
      region,
      useFipsEndpoint: fips,
      maxAttempts: ATTEMPTS,
      retryMode: 'adaptive',
      requestHandler,
    });
  }

  function clientOf(host: EcrHost): Promise<ECRClient> {
    const key = `${host.region} ${host.fips}`;
    const client = clients.get(key) ?? open(host);
    clients.set(key, client);
    return client;
  }

  return {
    async token(host, signal) {
      const { GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
      const client = await clientOf(host);
      const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: signal });
      const [data] = answer.authorizationData ?? [];
      return readToken(data?.authorizationToken, data?.expiresAt);
    },
    async images(host, repository, page, signal) {
      const { DescribeImagesCommand } = await import('@aws-sdk/client-ecr');
      const client = await clientOf(host);
      const answer = await client.send(
        new DescribeImagesCommand({
          registryId: host.account,
          repositoryName: repository,
          maxResults: PAGE_SIZE,
          filter: { tagStatus: 'TAGGED' },
          ...(page === undefined ? {} : { nextToken: page }),
        }),
        { abortSignal: signal },
      );
      const images = (answer.imageDetails ?? []).flatMap(
        ({ imageTags = [], imageDigest, imagePushedAt }): EcrImage[] =>
          imageDigest === undefined
            ? []
            : [{ tags: imageTags, digest: imageDigest, ...(imagePushedAt && { pushed: imagePushedAt.toISOString() }) }],
      );
      return { images, next: answer.nextToken };
    },
    close() {
      for (const client of clients.values())
        client.then(
          (open) => open.destroy(),
          () => undefined,
        );
    },
  };
}

/** The token is `user:password` in base64 (ECR API, AuthorizationData). */
function readToken(text: string | undefined, expiresAt: Date | undefined): EcrToken {
  const plain = Buffer.from(text ?? '', 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  if (colon < 1 || expiresAt === undefined) {
    throw new WeavefluxError('REGISTRY_FAILED', 'AWS answered without a token for ECR.');
  }
  return { username: plain.slice(0, colon), password: plain.slice(colon + 1), expiresAt: expiresAt.getTime() };
}
