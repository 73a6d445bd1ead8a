import { join } from 'node:path';
import { asWeavefluxError, failure, type Problem, toProblem, WeavefluxError } from '@weaveflux/shared';
import { createAgents } from './agents.ts';
import { type ArtifactReader, createArtifactReader } from './artifacts.ts';
import { createClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { createAzure, createAzureToken } from './clouds/azure.ts';
import type { Cloud } from './clouds/cloud.ts';
import { createEcrApi } from './clouds/ecr/api.ts';
import { createEcr } from './clouds/ecr/ecr.ts';
import type { EcrScope } from './clouds/ecr/scope.ts';
import { createGoogle, createGoogleToken } from './clouds/google.ts';
import { createHelpers } from './credential-helper.ts';
import { findCredentials } from './credentials.ts';
import { describeTags } from './describe.ts';
import { openDockerConfig } from './docker-config-file.ts';
import { createEndpoints } from './endpoint.ts';
import { findGlob } from './globs.ts';
import { createLogin } from './login.ts';
import { type Place, parsePlace } from './place.ts';
import { readProxies } from './proxies.ts';
import { reasonNotToScan, type ScanScope } from './scope.ts';
import { openStore } from './store.ts';
import { type ListTarget, listTags } from './tag-list.ts';
import { applyList, confirm, type TagRecord, toKnown, toScan, toTag } from './tag-record.ts';
import { createTransport, type RequestListener } from './transport.ts';
import type { ImageRepository, Registry, Scan } from './types.ts';

/** What the registry side is made of. */
export interface RegistryOptions extends ScanScope, RequestListener {
  /** Requests a second to one host. */
  readonly rps: number;
  /** Requests at once to one host. */
  readonly burst: number;
  /** Hosts, with or without port, that may be spoken to without TLS checks and by http. */
  readonly insecureHosts: readonly string[];
  /** Which private registries of Amazon ECR are asked; all where the environment's identity may, unless told. */
  readonly ecr?: EcrScope | undefined;
  /** Path of a docker config with credentials, or credential helpers, for whatever the workloads' own do not cover. */
  readonly dockerConfig?: string | undefined;
  /** The tag store is `<dataDir>/tags`. */
  readonly dataDir: string;
  readonly now: () => Date;
  /** Takes one sentence for the log. */
  readonly warn?: (message: string) => void;
  /** A PEM file of more certificate authorities; default SSL_CERT_FILE. */
  readonly caFile?: string | undefined;
  /** A folder with certificates of registry hosts, in the layout of Docker's `certs.d`. */
  readonly certificates?: string | undefined;
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are read; default that of the process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Globs of image repositories whose label says better than the config when an image was built. */
  readonly useLabels?: readonly string[];
  /** In [0, 1); spreads repetitions. */
  readonly random?: () => number;
  /** Waits before repetitions and for a host's pauses; default the machine's timers. */
  readonly sleep?: Clock['sleep'] | undefined;
}

/** A registry side whose connections can be ended. */
export interface ClosableRegistry extends Registry {
  /** What lies beside images. */
  readonly artifacts: ArtifactReader;
  close(): Promise<void>;
}

/** A scan that is not through after this long reports that, whatever a registry still has to list. */
const SCAN_DEADLINE = 5 * 60_000;
/** How long a tag that could not be read is left alone. */
const REST = 10 * 60_000;
/** How often, in milliseconds, a list that may have been cut without a word is asked on for. */
const END_CHECK = 60 * 60_000;
const MAX_WIDTH = 8;
const ALL_OF_ECR: EcrScope = { regions: [], includeIds: [], excludeIds: [] };

/** Where and as whom to ask, and the cloud whose registry it is. */
interface Target extends ListTarget {
  readonly cloud: Cloud | undefined;
  /** How many docker configs could not be read. */
  readonly unreadable: number;
}

/** Opens the registry side; nothing is asked before the first scan. */
export function createRegistry(options: RegistryOptions): ClosableRegistry {
  const { now, warn = () => undefined } = options;
  const clock = systemClock(() => now().getTime(), options.sleep);
  const requests = { total: 0, rateLimitWaits: 0 };
  const env = options.env ?? process.env;
  const agents = createAgents({
    caFile: options.caFile ?? env.SSL_CERT_FILE,
    proxies: readProxies(env),
    certificates: options.certificates,
    now: clock.now,
  });
  const random = options.random ?? Math.random;
  const { rps, burst, onRequest, onWait } = options;
  const transport = createTransport({ rps, burst, agents, clock, random, counters: requests, onRequest, onWait });
  const endpoints = createEndpoints(transport, options.insecureHosts);
  const client = createClient({ transport, endpoints, login: createLogin(transport, clock) });
  const store = openStore({ directory: join(options.dataDir, 'tags'), warn });
  const dockerConfig = options.dockerConfig ? openDockerConfig(options.dockerConfig) : undefined;
  const helpers = createHelpers(env, clock);
  const clouds: readonly Cloud[] = [
    createEcr(createEcrApi(env), options.ecr ?? ALL_OF_ECR, clock),
    createGoogle(createGoogleToken(), clock),
    createAzure(createAzureToken(env), transport, clock),
  ];
  const resting = new Map<string, number>();
  /** When it was last made sure that a repository's list is whole. */
  const endChecked = new Map<string, number>();
  /** Hosts that name next pages by themselves. */
  const announcing = new Set<string>();

  /** The credentials of docker configs go first; what a helper or a cloud could not give counts only where there are none. */
  async function targetOf(place: Place, repository: ImageRepository, signal: AbortSignal): Promise<Target> {
    const shared = await dockerConfig?.read();
    const texts = [...repository.credentials, ...(shared === undefined ? [] : [shared])];
    const { found, unreadable } = findCredentials(texts, place);
    const cloud = clouds.find((one) => one.covers(place));
    const given = await Promise.allSettled([helpers.of(shared, place), cloud?.login(place, signal)]);
    const [, login] = given;
    const more = given.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
    const failed = given.find((one) => one.status === 'rejected');
    const credentials = [...found, ...more];
    if (credentials.length === 0 && failed !== undefined) throw failed.reason;
    return { place, credentials, unreadable, cloud: login.status === 'fulfilled' ? cloud : undefined };
  }

  /** Runs with the record of a repository that may be asked; what goes wrong is noted there. */
  async function attempt(
    repository: ImageRepository,
    signal: AbortSignal,
    run: (record: TagRecord, target: Target) => Promise<void>,
  ): Promise<TagRecord> {
    const record = store.record(repository.name);
    try {
      const place = parsePlace(repository.name);
      const refused = reasonNotToScan(place, options) ?? clouds.find((cloud) => cloud.covers(place))?.refuses?.(place);
      if (refused !== undefined) {
        record.problem = refused;
        return record;
      }
      const target = await targetOf(place, repository, signal);
      try {
        await run(record, target);
      } catch (error) {
        throw target.unreadable > 0 ? withHint(error, target.unreadable) : error;
      }
    } catch (error) {
      record.problem = problemOf(error, repository.name, signal);
    }
    return record;
  }

  async function list(record: TagRecord, target: Target, signal: AbortSignal): Promise<void> {
    const { host } = target.place;
    const checkedAt = endChecked.get(record.name) ?? Number.NEGATIVE_INFINITY;
    const checkEnd = !announcing.has(host) && checkedAt + END_CHECK <= clock.now();
    // The first page of a list that was cut may stay what it was.
    const before = { count: record.listed.size, etag: checkEnd ? undefined : record.etag, page: record.page, checkEnd };
    const limited = AbortSignal.any([signal, AbortSignal.timeout(SCAN_DEADLINE)]);
    const told = await target.cloud?.list?.(target.place, limited);
    const found = told ?? (await listTags(client, target, before, limited));
    const at = now().toISOString();
    if (checkEnd) endChecked.set(record.name, clock.now());
    if (told === undefined && found?.announces === true) announcing.add(host);
    if (found === undefined) confirm(record, at);
    else if (applyList(record, found, at)) await store.save(record);
  }

  return {
    requests,
    artifacts: createArtifactReader({
      client,
      targetOf: (repository, signal) => targetOf(parsePlace(repository.name), repository, signal),
    }),
    async scan(repository, signal) {
      const record = await attempt(repository, signal, (known, target) => list(known, target, signal));
      return toScan(record, now().toISOString());
    },
    async describe(repository, tags, signal, { refresh = false, platforms = false } = {}) {
      const { name } = repository;
      const labelFirst = findGlob(options.useLabels ?? [], name) !== undefined;
      const record = await attempt(repository, signal, (known, target) =>
        describeTags(
          client,
          {
            record: known,
            target,
            tags,
            refresh,
            platforms,
            labelFirst,
            width: Math.max(1, Math.min(burst, MAX_WIDTH)),
            isResting: (tag) => (resting.get(`${name}:${tag}`) ?? 0) > clock.now(),
            rest: (tag) => {
              for (const [other, until] of resting) if (until <= clock.now()) resting.delete(other);
              resting.set(`${name}:${tag}`, clock.now() + REST);
            },
            save: () => store.save(known),
          },
          signal,
        ),
      );
      return tags.map((tag) => toTag(tag, record.listed.get(tag) ?? record.deleted.get(tag) ?? {}));
    },
    known(name): Scan | undefined {
      const record = store.record(name);
      const isKnown = record.scannedAt !== undefined || record.problem !== undefined || record.listed.size > 0;
      return isKnown ? toKnown(record, now().toISOString()) : undefined;
    },
    spacing: (name) => transport.spacing(hostOf(name)),
    async close() {
      for (const cloud of clouds) cloud.close?.();
      await agents.close();
    },
  };
}

function hostOf(name: string): string {
  try {
    return parsePlace(name).host;
  } catch {
    return '';
  }
}

function withHint(error: unknown, unreadable: number): unknown {
  if (!(error instanceof WeavefluxError) || error.code !== 'REGISTRY_AUTH') return error;
  return new WeavefluxError(
    error.code,
    `${error.message} ${unreadable} of its docker configs cannot be read as JSON.`,
    { cause: error },
  );
}

function problemOf(error: unknown, name: string, signal: AbortSignal): Problem {
  if (signal.aborted) return failure('CANCELLED', `The scan of ${name} was stopped.`);
  const known = asWeavefluxError(error);
  if (known.code === 'TIMEOUT')
    return failure('TIMEOUT', `The scan of ${name} took too long and was given up; what was known before stays.`);
  return known.code === 'INTERNAL' ? failure('INTERNAL', `The scan of ${name} failed unexpectedly.`) : toProblem(known);
}
