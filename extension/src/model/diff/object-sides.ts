import * as l10n from '@vscode/l10n';
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
  return { left: commented(isGuess ? [notCompared()] : [], printYaml(pair.left)), right };
}

function notCompared(): string {
  return l10n.t(
    'The values cannot be compared, as the commit that was applied is not in this clone; fetch, then show it again.',
  );
}

/** Why nothing of the cluster can be shown. */
function absence({ name, detail, status, isOutside }: ObjectComparison): string[] {
  if (isOutside) return [l10n.t('{0} stands in a folder that the agent does not read.', name)];
  if (detail === undefined) {
    return [l10n.t('{0} is new in the working copy: the agent creates it when it is pushed.', name)];
  }
  const problem = status?.problem?.message;
  const isForeign = status?.problem?.code === 'FOREIGN_OBJECT';
  const what = isForeign
    ? l10n.t("{0} is not this environment's, so what the cluster has is not shown.", name)
    : l10n.t('{0} is not in the cluster.', name);
  return problem === undefined ? [what] : [what, problem];
}
