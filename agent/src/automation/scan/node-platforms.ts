import { isDeepStrictEqual } from 'node:util';
import {
  asWeavefluxError,
  type ImageSettings,
  type Json,
  objectAt,
  type Problem,
  SETTINGS_FILE,
  type WeavefluxError,
  warning,
} from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import type { ClusterNode } from '../../targets/kubernetes/types.ts';
import type { Subject } from '../subjects.ts';
import { mayRunOn } from './node-selection.ts';
import type { Decided } from './scan.ts';

/** Milliseconds after which the nodes are read again, while something goes by them. */
const KEPT = 300_000;

const OS = 'kubernetes.io/os';
const ARCHITECTURE = 'kubernetes.io/arch';

/** Knows on which platforms the pods of workloads may run, where that is asked for. */
export interface NodePlatforms {
  /**
   * Subjects with the platforms of the nodes that their pods may run on, where their annotation or the settings ask for these;
   * the same list for the same nodes. Nothing is read where nothing asks. Where nodes cannot be read, those known from before
   * count. Errors: those of the API while none were ever known, but for FORBIDDEN: then the subjects stay as they are. `problem`
   * says so.
   */
  settle(subjects: readonly Subject[], images: ImageSettings, signal: AbortSignal): Promise<readonly Subject[]>;
  /**
   * Whether the nodes are others than those that a decision to release went by, so that it has to be made anew. They are read for
   * it once for the same releases.
   */
  isOutdated(decided: readonly Decided[], signal: AbortSignal): Promise<boolean>;
  /** Why what is asked for is not known, or may be old. */
  readonly problem: Problem | undefined;
}

/** The nodes of an environment's cluster, about which nothing is known yet. */
export function createNodePlatforms({ target, now }: Pick<Environment, 'target' | 'now'>): NodePlatforms {
  let nodes: readonly ClusterNode[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let failed: WeavefluxError | undefined;
  /** What asks for the platforms, for people to find. */
  let asker: Subject | undefined;
  /** The releases that the nodes were last read for. */
  let looked = '';
  const settled = new WeakMap<readonly Subject[], { by: unknown; asked: unknown; list: readonly Subject[] }>();

  async function read(signal: AbortSignal): Promise<void> {
    try {
      const found = await target.nodes(signal);
      if (!isDeepStrictEqual(found, nodes)) nodes = found;
      readAt = now().getTime();
      failed = undefined;
    } catch (error) {
      signal.throwIfAborted();
      failed = asWeavefluxError(error);
      if (nodes === undefined && failed.code !== 'FORBIDDEN') throw failed;
    }
  }

  return {
    async settle(subjects, images, signal) {
      const asking = subjects.filter((subject) => asksForNodes(subject, images));
      [asker] = asking;
      if (asker === undefined) return subjects;
      if (failed !== undefined || now().getTime() - readAt >= KEPT) await read(signal);
      const before = settled.get(subjects);
      if (before !== undefined && before.by === nodes && before.asked === images.platforms) return before.list;
      const list = withPlatforms(subjects, new Set(asking), nodes);
      settled.set(subjects, { by: nodes, asked: images.platforms, list });
      return list;
    },
    async isOutdated(decided, signal) {
      const releases = decided.filter(({ subject, decision }) => subject.platforms && decision.state === 'update');
      if (releases.length === 0) return false;
      const names = releases.map(({ subject: { place }, decision }) => `${place.object} ${decision.to}`).join('\n');
      if (names === looked) return false;
      looked = names;
      const before = nodes;
      await read(signal);
      return nodes !== before;
    },
    get problem() {
      return failed === undefined || asker === undefined ? undefined : unread(failed, nodes !== undefined, asker);
    },
  };
}

/** The platforms of the nodes that a pod of this template may run on; of none, that which its node selector names itself. */
export function platformsFor(podTemplate: Json | undefined, nodes: readonly ClusterNode[]): string[] {
  const spec = objectAt(podTemplate, ['spec']);
  const found = nodes.filter((node) => mayRunOn(spec, node)).flatMap(({ labels }) => platformIn(labels, labels[OS]));
  if (found.length > 0) return [...new Set(found)].sort();
  const selector = objectAt(spec, ['nodeSelector']);
  return platformIn(selector, selector[OS] ?? 'linux');
}

function platformIn(labels: Readonly<Record<string, unknown>>, os: unknown): string[] {
  const architecture = labels[ARCHITECTURE];
  return typeof os === 'string' && typeof architecture === 'string' ? [`${os}/${architecture}`] : [];
}

function asksForNodes({ policy }: Subject, { platforms }: ImageSettings): boolean {
  return (policy.platform ?? platforms) === 'nodes';
}

/** Pods with the same rules share what is found out. */
function withPlatforms(
  subjects: readonly Subject[],
  asking: ReadonlySet<Subject>,
  nodes: readonly ClusterNode[] | undefined,
): readonly Subject[] {
  if (nodes === undefined) return subjects;
  return subjects.map((subject) =>
    asking.has(subject) ? { ...subject, platforms: platformsFor(subject.podTemplate, nodes) } : subject,
  );
}

function unread({ code, message }: WeavefluxError, isKnown: boolean, { place, line, policy }: Subject): Problem {
  const about = policy.platform === undefined ? { file: SETTINGS_FILE } : { file: place.file, line };
  const so = isKnown
    ? 'Images go by the nodes as they were, because these cannot be read'
    : 'Images are released whatever platforms they are for, because the nodes cannot be read';
  return warning(code, `${so}: ${message}`, about);
}
