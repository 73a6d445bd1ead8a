import {
  isObject,
  type JsonObject,
  type Manifest,
  type ObjectDetail,
  type ObjectStatus,
  printYaml,
} from '@weaveflux/shared';
import { isSecret, withoutAdded, withoutServerFields, withSecretData } from './bookkeeping.ts';
import { commented, type Sides } from './document.ts';
import { projectLive } from './project-live.ts';
import { maskPair } from './secret-values.ts';

/** What is compared: an object of the working copy with the one in the cluster. */
export interface ObjectComparison {
  readonly manifest: Manifest;
  /** `namespace:kind/name`. */
  readonly name: string;
  /** Absent = the agent knows no such object. */
  readonly detail?: ObjectDetail | undefined;
  readonly status?: ObjectStatus | undefined;
  /** Whether its file lies in a folder that the agent does not read. */
  readonly isOutside?: boolean;
  /** Of a Secret: its manifest at the revision that was last delivered; absent where that is not at hand. */
  readonly delivered?: JsonObject | undefined;
}

/** An object as it is in the cluster, and as the working copy has it: so that only what differs is seen to differ. */
export function objectSides(comparison: ObjectComparison): Sides {
  const { manifest, detail, delivered } = comparison;
  const wanted = withSecretData(withoutServerFields(manifest.value));
  const differences = detail?.differences ?? [];
  const live = detail !== undefined && isObject(detail.live) ? withoutServerFields(detail.live) : undefined;
  const desired = detail !== undefined && isObject(detail.desired) ? withoutAdded(detail.desired) : undefined;
  const left = live === undefined ? {} : projectLive(live, wanted, { desired, differences });
  const pair = maskPair({ left, right: wanted }, { wanted, delivered, differences });
  const right = printYaml(pair.right);
  if (live === undefined) return { left: commented(absence(comparison), ''), right };
  const isGuess = isSecret(wanted) && delivered === undefined;
  return { left: commented(isGuess ? NOT_COMPARED : [], printYaml(pair.left)), right };
}

const NOT_COMPARED = [
  'The values cannot be compared, as the commit that was applied is not in this clone; fetch, then show it again.',
];

/** Why nothing of the cluster can be shown. */
function absence({ name, detail, status, isOutside }: ObjectComparison): string[] {
  if (isOutside) return [`${name} stands in a folder that the agent does not read.`];
  if (detail === undefined) return [`${name} is new in the working copy: the agent creates it when it is pushed.`];
  const problem = status?.problem?.message;
  const isForeign = status?.problem?.code === 'FOREIGN_OBJECT';
  const what = isForeign
    ? `${name} is not this environment's, so what the cluster has is not shown.`
    : `${name} is not in the cluster.`;
  return problem === undefined ? [what] : [what, problem];
}
