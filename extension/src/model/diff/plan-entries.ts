import * as l10n from '@vscode/l10n';
import {
  type JsonObject,
  type Manifest,
  type PlannedObject,
  type PlanResponse,
  type Problem,
  printYaml,
} from '@weaveflux/shared';
import { withoutServerFields } from './bookkeeping.ts';
import { commented, type Sides } from './document.ts';
import { fragmentSides, identityText } from './fragments.ts';
import { withoutSecrets } from './secret-values.ts';
import { uncut } from './uncut.ts';

/** What is planned. */
export interface Plan {
  /** The environment, as people call it. */
  readonly environment: string;
  /** What is planned in words: `the working copy`, `branch main`. */
  readonly subject: string;
  readonly response: PlanResponse;
}

/** What of an object is at hand beside the plan. */
export interface AtHand {
  /** As planned. */
  readonly manifest?: Manifest | undefined;
  /** As it is in the cluster. */
  readonly live?: unknown;
}

/** The objects of a plan that have two sides to show. */
export function shownObjects({ objects }: PlanResponse): PlannedObject[] {
  return objects.filter((object) => planSides(object, {}) !== undefined);
}

/** An object as it is, left, and as it would be, right; `undefined` where it stays, or nobody may see it. */
export function planSides(object: PlannedObject, { manifest, live }: AtHand): Sides | undefined {
  const { key, name, action } = object;
  const differences = uncut(object.differences, { live, desired: manifest?.value });
  if (action === 'configured' && differences.length > 0) return fragmentSides(key, differences);
  if (action === 'deleted')
    return { left: commented([l10n.t('{0} would be deleted.', name)], identityText(key)), right: '' };
  if (action !== 'created') return undefined;
  if (manifest === undefined)
    return { left: '', right: commented([l10n.t('{0} would be created.', name)], identityText(key)) };
  return { left: '', right: printYaml(withoutSecrets(withoutServerFields(manifest.value))) };
}

/** Whether the plan has more to say than its entries show. */
export function needsSummary({ response }: Plan): boolean {
  const { objects, problems } = response;
  return problems.length > 0 || objects.some(({ problem }) => problem !== undefined) || !objects.some(isChange);
}

/** The plan in words, as YAML. */
export function planSummary({ environment, subject, response }: Plan): string {
  const changes = response.objects.filter(isChange);
  const problems = [...response.problems, ...response.objects.flatMap(({ problem }) => problem ?? [])];
  const head =
    changes.length === 0
      ? l10n.t('Nothing would change in {0} by {1}.', environment, subject)
      : l10n.t(
          '{0} of {1} objects would change in {2} by {3}.',
          changes.length,
          response.objects.length,
          environment,
          subject,
        );
  const body: JsonObject = {
    ...group(response.objects, 'created'),
    ...group(response.objects, 'configured'),
    ...group(response.objects, 'deleted'),
    ...group(response.objects, 'skipped'),
    ...group(response.objects, 'failed'),
    unchanged: response.objects.filter(({ action }) => action === 'unchanged').length,
    ...(problems.length === 0 ? {} : { problems: problems.map(described) }),
  };
  return commented([head], printYaml(body));
}

function isChange({ action }: PlannedObject): boolean {
  return action === 'created' || action === 'configured' || action === 'deleted';
}

function group(objects: readonly PlannedObject[], action: PlannedObject['action']): Record<string, string[]> {
  const those = objects.filter((object) => object.action === action).map(named);
  return those.length === 0 ? {} : { [action]: those };
}

function named({ name, file, line }: PlannedObject): string {
  if (file === undefined) return name;
  return line === undefined ? `${name} (${file})` : l10n.t('{0} ({1}, line {2})', name, file, line);
}

function described({ severity, message }: Problem): JsonObject {
  return { [severity]: message };
}
