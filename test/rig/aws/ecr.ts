import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { type ForwardProxy, startForwardProxy } from '../proxy.ts';
import { makeImage } from '../registry/images.ts';
import type { TagOptions } from '../registry/push.ts';
import { type RigRegistry, startRegistry } from '../registry/registry.ts';
import { type Facade, openFacade } from './facade.ts';
import { startMoto } from './moto.ts';

/** moto's account; others are as good for the registry, but have no images. */
export const ACCOUNT = '123456789012';

/** What can be chosen. */
export interface EcrOptions {
  /** `eu-central-1` unless told; each is a registry of its own by name, with the same images behind. */
  readonly regions?: readonly string[];
  /** At most so many images a page of DescribeImages. */
  readonly pageSize?: number;
  /** Milliseconds that a login lasts; 12 hours unless told. */
  readonly lifetime?: number;
}

/** Amazon ECR: moto's API behind a facade, a real registry for the images, and a proxy that leads the cloud's names to it. */
export interface RigEcr extends AsyncDisposable {
  readonly registry: RigRegistry;
  readonly api: Facade;
  readonly proxy: ForwardProxy;
  /** `123456789012.dkr.ecr.<region>.amazonaws.com`, of the first region unless told. */
  host(region?: string): string;
  /** moto itself, which answers as the other services of AWS do as well. */
  readonly awsUrl: string;
  /** What a process needs to meet this ECR with keys that nobody checks. */
  readonly env: Readonly<Record<string, string>>;
  /** Pushes an image to registry and API, pushed at this time (RFC 3339). */
  push(repository: string, options: TagOptions & { readonly pushed: string; readonly region?: string }): Promise<void>;
  stop(): Promise<void>;
}

const PASSWORD = 'a-login-of-twelve-hours';
const HALF_DAY = 12 * 3_600_000;

/** Starts it on free ports of 127.0.0.1. */
export async function startEcr(options: EcrOptions = {}): Promise<RigEcr> {
  const { regions = ['eu-central-1'], pageSize = 1000, lifetime = HALF_DAY } = options;
  const host = (region = regions[0] ?? ''): string => `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com`;
  const pushed = new Map<string, Date>();
  const [moto, registry] = await Promise.all([
    startMoto(),
    startRegistry({ users: { AWS: PASSWORD }, names: regions.map((region) => host(region)) }),
  ]);
  const api = await openFacade({
    upstream: moto.url,
    password: () => PASSWORD,
    expires: () => new Date(Date.now() + lifetime),
    pageSize,
    pushed: (repository, tag) => pushed.get(`${repository}:${tag}`),
  });
  const port = Number(registry.host.split(':')[1]);
  const proxy = await startForwardProxy(Object.fromEntries(regions.map((region) => [`${host(region)}:443`, port])));
  const keys = { accessKeyId: 'rig', secretAccessKey: 'rig' };
  const clientOf = (region: string) => new ECRClient({ region, endpoint: moto.url, credentials: keys });

  async function stop(): Promise<void> {
    await Promise.all([api[Symbol.asyncDispose](), proxy[Symbol.asyncDispose]()]);
    await Promise.all([moto.process.stop(), registry.stop()]);
  }
  return {
    registry,
    api,
    proxy,
    host,
    awsUrl: moto.url,
    env: {
      AWS_ENDPOINT_URL_ECR: api.url,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      HTTPS_PROXY: proxy.url,
      NO_PROXY: '127.0.0.1,localhost',
      SSL_CERT_FILE: registry.caFile,
    },
    async push(repository, { pushed: at, region = regions[0] ?? '', ...image }) {
      const client = clientOf(region);
      pushed.set(`${repository}:${image.tag}`, new Date(at));
      await registry.pushImage(repository, image);
      await client.send(new CreateRepositoryCommand({ repositoryName: repository })).catch((error: Error) => {
        if (error.name !== 'RepositoryAlreadyExistsException') throw error;
      });
      const manifest = makeImage(repository, image.tag, image).manifests.at(-1);
      await client.send(
        new PutImageCommand({
          repositoryName: repository,
          imageTag: image.tag,
          imageManifest: manifest?.bytes.toString() ?? '',
          imageManifestMediaType: manifest?.mediaType,
        }),
      );
      client.destroy();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
