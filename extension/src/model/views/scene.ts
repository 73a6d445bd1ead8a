import * as l10n from '@vscode/l10n';
import type { ImageStatus, ObjectStatus, Status, Suspension } from '@weaveflux/shared';
import { isWorkload } from '../agent/object-state.ts';
import type { AgentState } from '../agent/state.ts';
import type { Target } from '../target.ts';
import type { Calendar } from './calendar.ts';
import { once } from './once.ts';

/** What this clone of the repository tells of the commits that an agent names. */
export interface GitFacts {
  /** The branch and the commit that are checked out. */
  readonly branch?: string | undefined;
  readonly head?: string | undefined;
  /** By how many commits the environment is behind the branch; absent where that cannot be told here. */
  readonly behind?: number | undefined;
  /** By how many commits the working copy is ahead of and behind what the agent has seen; absent where that cannot be told. */
  readonly workingAhead?: number | undefined;
  readonly workingBehind?: number | undefined;
  /** First lines of commits, by revision, as far as they are known. */
  readonly subjects: ReadonlyMap<string, string>;
}

/** One environment, as the view Environments is given it. */
export interface EnvironmentFacts {
  /** `Environment.id`. */
  readonly id: string;
  readonly name: string;
  readonly state: AgentState;
  readonly git: GitFacts;
}

/** The names of the lines of objects' tooltips. */
export type TooltipLabels = Readonly<Record<'state' | 'images' | 'delivery' | 'drift' | 'file', string>>;

/** What the rows of one environment are made from; what is dear is made when first asked for, and once. */
export interface Scene {
  readonly id: string;
  readonly status: Status;
  readonly git: GitFacts;
  readonly calendar: Calendar;
  /** What stands before the lines of objects' tooltips; each is in many of them. */
  readonly labels: () => TooltipLabels;
  imagesOf(key: string): readonly ImageStatus[];
  /** Why a workload is left alone. */
  suspensionOf(key: string): Suspension | undefined;
  workloads(): readonly ObjectStatus[];
  otherObjects(): readonly ObjectStatus[];
  /** The target of commands about an object of this environment. */
  targetOf(object: Pick<ObjectStatus, 'key' | 'file' | 'line'>): Target;
}

/** A scene of an environment whose status is known. */
export function createScene({ id, state, git }: EnvironmentFacts, status: Status, calendar: Calendar): Scene {
  const images = once(() => Map.groupBy(state.images, ({ object }) => object));
  const suspensions = once(
    () => new Map(status.suspensions.flatMap((each) => (each.object ? [[each.object, each]] : []))),
  );
  const sorted = once(() => Map.groupBy(status.objects, isWorkload));
  return {
    id,
    status,
    git,
    calendar,
    labels: once(tooltipLabels),
    imagesOf: (key) => images().get(key) ?? [],
    suspensionOf: (key) => suspensions().get(key),
    workloads: () => sorted().get(true) ?? [],
    otherObjects: () => sorted().get(false) ?? [],
    targetOf: ({ key, file, line }) => ({ environment: id, workload: key, ...placeOf({ file, line }) }),
  };
}

function tooltipLabels(): TooltipLabels {
  return {
    state: l10n.t('State'),
    images: l10n.t('Images'),
    delivery: l10n.t('Last delivery'),
    drift: l10n.t('Drift'),
    file: l10n.t('File'),
  };
}

/** File and line, where there are any. */
export function placeOf({ file, line }: { file?: string | undefined; line?: number | undefined }): Target {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
