import { type Json, objectKey, type Problem, type Tag, valueAt } from '@weaveflux/shared';
import type { Environment } from '../delivery/environment.ts';
import type { ImageRepository, Registry, Scan } from '../registry/types.ts';
import { choose, type Decision } from './choose.ts';
import { type ImageHistoryEntry, pastChanges } from './history.ts';
import { compareBy, heldTags } from './holds.ts';
import type { Subject } from './subjects.ts';

/** Rounds of reading created times before a decision stands as it is. */
const ROUNDS = 60;

/** A subject with what was decided about it. */
export interface Decided {
  readonly subject: Subject;
  readonly decision: Decision;
  readonly held: ReadonlySet<string>;
  readonly tags: readonly Tag[];
  readonly scannedAt: string | undefined;
  readonly problem: Problem | undefined;
}

/** Whether a subject's registry is asked at all: what no policy may change costs nothing. */
export function isScanned({ automated, ignored, policy }: Subject): boolean {
  return automated && !ignored && !policy.pinned && policy.invalid === undefined;
}

/** Scans the image repositories of what is automated, each once, and decides about every subject. */
export async function decideAll(
  env: Environment,
  registry: Registry,
  subjects: readonly Subject[],
  history: readonly ImageHistoryEntry[],
  signal: AbortSignal,
): Promise<Decided[]> {
  const repositories = await repositoriesOf(env, subjects.filter(isScanned), signal);
  const scans = new Map(
    await Promise.all(
      [...repositories].map(async ([name, repository]) => [name, await registry.scan(repository, signal)] as const),
    ),
  );
  return Promise.all(
    subjects.map((subject) => {
      const name = subject.image.canonicalName;
      const scan = scans.get(name) ?? registry.known(name);
      return decideOne(env, registry, subject, scan, repositories.get(name), history, signal);
    }),
  );
}

async function repositoriesOf(
  env: Environment,
  subjects: readonly Subject[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ImageRepository>> {
  const secrets = new Map<string, Promise<readonly string[]>>();
  const found = new Map<string, ImageRepository>();
  for (const { namespace, podTemplate, image } of subjects) {
    const credentials = await memoized(secrets, `${namespace} ${pullKey(podTemplate)}`, () =>
      env.target.pullSecrets(namespace, podTemplate, signal),
    );
    const before = found.get(image.canonicalName)?.credentials ?? [];
    found.set(image.canonicalName, {
      name: image.canonicalName,
      credentials: [...new Set([...before, ...credentials])],
    });
  }
  return found;
}

async function decideOne(
  env: Environment,
  registry: Registry,
  subject: Subject,
  scan: Scan | undefined,
  repository: ImageRepository | undefined,
  history: readonly ImageHistoryEntry[],
  signal: AbortSignal,
): Promise<Decided> {
  let tags = scan?.tags ?? [];
  const past = pastChanges(history, {
    writtenKey: objectKey(subject.manifest.id),
    name: subject.name,
    container: subject.container,
  });
  for (let round = 1; ; round += 1) {
    const remembered = registry.known(subject.image.canonicalName)?.tags ?? [];
    const compare = compareBy(subject.policy.policy, [...tags, ...remembered]);
    const held = heldTags(
      past,
      tags.map(({ tag }) => tag),
      compare,
    );
    const decision = choose({
      workload: subject.name,
      image: subject.image,
      policy: subject.policy,
      automated: subject.automated,
      ignored: subject.ignored,
      tags: scan === undefined ? undefined : tags,
      remembered,
      held,
      now: env.now().getTime(),
    });
    const more = repository !== undefined && decision.needsMetadata.length > 0 && round <= ROUNDS;
    if (!more) return { subject, decision, held, tags, scannedAt: scan?.scannedAt, problem: scan?.problem };
    const described = await registry.describe(repository, decision.needsMetadata, signal);
    const byName = new Map(described.map((tag) => [tag.tag, tag]));
    if (byName.size === 0) return { subject, decision, held, tags, scannedAt: scan?.scannedAt, problem: scan?.problem };
    tags = tags.map((tag) => byName.get(tag.tag) ?? tag);
  }
}

async function memoized<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(key) ?? make();
  cache.set(key, known);
  return known;
}

/** Equal for pod templates that name the same pull secrets and service account. */
function pullKey(podTemplate: Json | undefined): string {
  const names = ['imagePullSecrets', 'serviceAccountName'].map(
    (field) => valueAt(podTemplate, ['spec', field]) ?? null,
  );
  return JSON.stringify(names);
}
