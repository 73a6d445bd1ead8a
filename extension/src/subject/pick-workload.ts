import { WeavefluxError, type Workload } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { pickOne, withProgress } from '../asking/ask.ts';
import { workloadsIn } from '../model/changes/file-workloads.ts';
import type { Target } from '../model/target.ts';
import type { Services } from '../services.ts';
import type { SubjectQuestion } from './subject.ts';
import { readWorkingCopy } from './working-copy.ts';

/** A workload of a file, or a container of it, that a person picked. */
export interface WorkloadChoice {
  readonly uri: vscode.Uri;
  /** `objectKey`, as the agent or the file has it. */
  readonly workload: string;
  readonly container: string | undefined;
  /** 1-based. */
  readonly line: number;
}

interface Item extends vscode.QuickPickItem {
  readonly choice?: WorkloadChoice;
}

/** Lets a person pick among all workloads of the environments that are open, or of one. Errors: NOT_FOUND where there is none. */
export async function pickFromAll(
  { environments }: Services,
  { environment }: Target,
  { title, what }: SubjectQuestion,
  name?: string,
): Promise<WorkloadChoice> {
  const only = environment === undefined ? undefined : environments.byId(environment);
  const wanted = only === undefined ? environments.all : [only];
  const places = wanted.map(placeOf);
  const roots = places.length > 0 ? places : (vscode.workspace.workspaceFolders ?? []).map(folderPlace);
  const known = roots.map((place) => knownItems(place, what));
  const items = known.some((list) => list.length === 0)
    ? await withProgress(vscode.l10n.t('Looking for workloads'), async (signal) => {
        const lists = roots.map((place, index) => {
          const list = known[index] ?? [];
          return list.length > 0 ? list : foundItems(place, what, signal);
        });
        return (await Promise.all(lists)).flatMap((list, index) => withHeading(roots, index, list));
      })
    : known.flatMap((list, index) => withHeading(roots, index, list));
  if (items.every(({ choice }) => choice === undefined)) {
    throw new WeavefluxError(
      'NOT_FOUND',
      vscode.l10n.t('No workload is stated here; open its environment repository.'),
    );
  }
  const placeHolder =
    name === undefined
      ? vscode.l10n.t('Choose a workload')
      : vscode.l10n.t('"{0}" is not known here; choose a workload', name);
  const { choice } = await pickOne(items, { title, placeHolder });
  if (choice === undefined) throw new vscode.CancellationError();
  return choice;
}

/** A repository or folder whose workloads are listed. */
interface Place {
  readonly label: string;
  readonly root: vscode.Uri;
  readonly environment: Environment | undefined;
}

function placeOf(environment: Environment): Place {
  environment.need();
  return { label: environment.name, root: environment.repository.root, environment };
}

function folderPlace({ name, uri }: vscode.WorkspaceFolder): Place {
  return { label: name, root: uri, environment: undefined };
}

function withHeading(places: readonly Place[], index: number, items: readonly Item[]): readonly Item[] {
  if (places.length < 2 || items.length === 0) return items;
  return [{ label: places[index]?.label ?? '', kind: vscode.QuickPickItemKind.Separator }, ...items];
}

/** What the agent tells, which costs nothing. */
function knownItems({ environment }: Place, what: SubjectQuestion['what']): readonly Item[] {
  if (environment === undefined) return [];
  const { repository, state } = environment;
  const items = state.images.map(({ object, name, container, file, line, image }): Item => {
    const choice = { uri: repository.uriOf(file), workload: object, line };
    return itemOf(name, container, image, file, choice, what);
  });
  return distinct(items, what);
}

/** What the files state. */
async function foundItems(
  { root, environment }: Place,
  what: SubjectQuestion['what'],
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const texts = await readWorkingCopy(root, environment?.state.status?.repository.paths ?? [], signal);
  const items = [...texts].flatMap(([file, text]) =>
    workloadsIn(file, text).workloads.flatMap(({ workload, lines }) => {
      const choice = { uri: vscode.Uri.joinPath(root, file), workload: workload.key, line: lines.first };
      return itemsOf(workload, file, choice, what);
    }),
  );
  return distinct(items, what);
}

function itemsOf(
  { name, containers }: Workload,
  file: string,
  choice: Omit<WorkloadChoice, 'container'>,
  what: SubjectQuestion['what'],
): readonly Item[] {
  return containers.map((container) => itemOf(name, container.name, container.image, file, choice, what));
}

function itemOf(
  name: string,
  container: string,
  image: string,
  file: string,
  choice: Omit<WorkloadChoice, 'container'>,
  what: SubjectQuestion['what'],
): Item {
  if (what === 'workload') return { label: name, description: file, choice: { ...choice, container: undefined } };
  return { label: name, description: `${container} · ${image}`, choice: { ...choice, container } };
}

/** Of a list of workloads each once, though it has several containers. */
function distinct(items: readonly Item[], what: SubjectQuestion['what']): readonly Item[] {
  if (what === 'container') return items;
  return [...new Map(items.map((item) => [`${item.label} ${item.description}`, item])).values()];
}
