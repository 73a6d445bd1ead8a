import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { pickOne } from '../../asking/ask.ts';
import { describeEnvironment, untilLooked } from '../../asking/environment.ts';
import { policiesIn, workloadsIn } from '../../model/changes/file-workloads.ts';
import type { Side } from '../../model/promote/promotion.ts';
import type { Services } from '../../services.ts';
import { readWorkingCopy } from '../../subject/working-copy.ts';

/** A folder that holds an environment's repository. */
export interface Place {
  readonly name: string;
  readonly root: vscode.Uri;
  readonly environment: Environment | undefined;
}

/** The environment, or any other folder, that a person picks. */
export async function pickPlace({ environments }: Services, title: string, without?: Place): Promise<Place> {
  const places = environments.all.map(placeOf).filter(({ root }) => root.toString() !== without?.root.toString());
  const items = places.map((place) => ({
    label: place.name,
    description: place.environment === undefined ? '' : describeEnvironment(place.environment),
    place,
  }));
  const other = { label: vscode.l10n.t('$(folder-opened) Choose a folder…'), place: undefined };
  const { place } = await pickOne([...items, other], { title, placeHolder: vscode.l10n.t('Choose an environment') });
  return place ?? chooseFolder(environments, title);
}

async function chooseFolder(environments: Services['environments'], title: string): Promise<Place> {
  const openLabel = vscode.l10n.t('Choose');
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    title,
    openLabel,
  });
  const [root] = chosen ?? [];
  if (root === undefined) throw new vscode.CancellationError();
  const environment = environments.of(root);
  if (environment !== undefined) return placeOf(environment);
  return { name: root.path.split('/').at(-1) ?? root.path, root, environment: undefined };
}

/** An environment as such a folder. */
export function placeOf(environment: Environment): Place {
  environment.need();
  return { name: environment.name, root: environment.repository.root, environment };
}

/** Waits until it is known whether a folder has an agent, and what that says, but not for long. */
export async function untilKnown({ environment }: Place, signal: AbortSignal): Promise<void> {
  if (environment !== undefined) await untilLooked(environment, signal);
}

/** What a working copy states, with what its agent tells where there is one. */
export async function readSide({ root, environment }: Place, signal: AbortSignal): Promise<Side> {
  const { status, images = [] } = environment?.state ?? {};
  const texts = await readWorkingCopy(root, status?.repository.paths ?? [], signal);
  const policies = policiesIn(texts);
  const workloads = [...texts].flatMap(([file, text]) =>
    workloadsIn(file, text, policies).workloads.map(({ workload }) => workload),
  );
  return { workloads, images };
}
