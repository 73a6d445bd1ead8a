import {
  type Change,
  type ChangeRequest,
  findWorkload,
  type Manifest,
  type MarkedImage,
  type Tag,
  type Workload,
} from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import type { Registry } from '../../registry/types.ts';
import type { Subject } from '../subjects.ts';
import { createCredentials } from './credentials.ts';
import { learnSignatures } from './learn-signatures.ts';
import { createScanner } from './scan.ts';
import type { SignatureGate } from './signed.ts';

/** Milliseconds that a person waits for registries; then any tag is believed. */
const PATIENCE = 15_000;

/** The revision that changes are made on. */
interface Revision {
  readonly manifests: readonly Manifest[];
  readonly marked: readonly MarkedImage[];
  readonly subjects: readonly Subject[];
  /** What it requires of signatures. */
  readonly signed: SignatureGate | undefined;
  previousTag(object: string, container: string): string | undefined;
}

/** Asks the registries what these changes depend on: whether the tags are there, and what policies choose. */
export async function learnFor(
  { env, registry, signal }: { env: Environment; registry: Registry; signal: AbortSignal },
  changes: readonly Change[],
  revision: Revision,
): Promise<Pick<ChangeRequest, 'tagsFor' | 'chosenTag' | 'signatureOf'>> {
  const subjects = new Map<Subject, Set<string>>();
  for (const change of changes) {
    if (!needsTags(change)) continue;
    const key = workloadOf(change, revision)?.key;
    for (const subject of revision.subjects) {
      if (subject.place.object !== key || !concerns(change, subject)) continue;
      const tag = tagOf(change) ?? revision.previousTag(key, subject.place.container);
      subjects.set(subject, (subjects.get(subject) ?? new Set()).add(tag ?? ''));
    }
  }
  if (subjects.size === 0) return known(new Map(), new Map());
  const sources = { env, registry, signed: revision.signed };
  if (env.config.registryDisableScanning) {
    const signatureOf = await learnSignatures(sources, subjects, new Map(), signal);
    return { ...known(new Map(), new Map()), signatureOf };
  }

  const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  // A person may ask for what the policy chooses also where nothing is released without being asked.
  const asked = [...subjects.keys()].map(freed);
  const decided = await createScanner(env, registry, { signed: revision.signed }).decideAll(asked, [], until);
  signal.throwIfAborted();
  const chosen = new Map(
    decided.flatMap(({ subject: { place }, decision }) =>
      decision.chosen === undefined ? [] : [[`${place.object} ${place.container}`, decision.chosen] as const],
    ),
  );
  const lists = new Map<string, Map<string, Tag>>();
  for (const { subject, tags, problem } of decided) {
    if (problem !== undefined) continue;
    lists.set(subject.image.canonicalName, new Map(tags().map((tag) => [tag.tag, tag])));
  }
  await readDigests(env, registry, subjects, lists, until);
  const wishes = new Map([...subjects].map(([subject, tags]) => [subject, withChosen(subject, tags, chosen)]));
  const signatureOf = await learnSignatures(sources, wishes, lists, until);
  const facts = known(new Map([...lists].map(([name, tags]) => [name, [...tags.values()]])), chosen);
  return { ...facts, signatureOf };
}

function withChosen(
  { place }: Subject,
  tags: ReadonlySet<string>,
  chosen: ReadonlyMap<string, Tag>,
): ReadonlySet<string> {
  const tag = chosen.get(`${place.object} ${place.container}`)?.tag;
  return tag === undefined ? tags : new Set([...tags, tag]);
}

function known(lists: ReadonlyMap<string, readonly Tag[]>, chosen: ReadonlyMap<string, Tag>) {
  return {
    tagsFor: (repository: string) => lists.get(repository),
    chosenTag: (object: string, container: string) => chosen.get(`${object} ${container}`),
  };
}

/** The digests of the tags that are asked for by name, where a digest is written beside them. */
async function readDigests(
  { target }: Environment,
  registry: Registry,
  subjects: ReadonlyMap<Subject, ReadonlySet<string>>,
  lists: ReadonlyMap<string, Map<string, Tag>>,
  signal: AbortSignal,
): Promise<void> {
  const credentials = createCredentials(target, signal);
  for (const [subject, tags] of subjects) {
    const { image, policy } = subject;
    const list = lists.get(image.canonicalName);
    const wanted = [...tags].filter((tag) => list?.has(tag));
    if (wanted.length === 0 || (image.digest === undefined && !policy.followDigest)) continue;
    const repository = { name: image.canonicalName, credentials: (await credentials.of([subject])).texts };
    for (const tag of await registry.describe(repository, wanted, signal, { refresh: true })) list?.set(tag.tag, tag);
  }
}

function needsTags(change: Change): boolean {
  if (change.kind === 'release' || change.kind === 'rollback') return true;
  return change.kind === 'pin' ? change.tag !== undefined : change.kind === 'automate' && change.fromNow === true;
}

function tagOf(change: Change): string | undefined {
  if (change.kind === 'rollback') return change.to;
  return change.kind === 'release' || change.kind === 'pin' ? change.tag : undefined;
}

function concerns(change: Change, { place }: Subject): boolean {
  return !('container' in change) || change.container === undefined || change.container === place.container;
}

/** What cannot be found is refused later, with its reason. */
function workloadOf({ workload }: Change, { manifests, marked }: Revision): Workload | undefined {
  try {
    return findWorkload(manifests, workload, marked);
  } catch {
    return undefined;
  }
}

function freed(subject: Subject): Subject {
  return { ...subject, automated: true, ignored: false, policy: { ...subject.policy, pinned: false } };
}
