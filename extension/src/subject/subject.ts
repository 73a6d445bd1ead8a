import {
  type ImageStatus,
  matchObjects,
  objectKey,
  parseObjectKey,
  tryParseImage,
  WeavefluxError,
  type Workload,
} from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { pickOne } from '../asking/ask.ts';
import { environmentFor } from '../asking/environment.ts';
import { imagesOf } from '../model/agent/match.ts';
import { containerAt, type FileWorkload, workloadAt, workloadsNamed } from '../model/changes/file-workloads.ts';
import type { Target } from '../model/target.ts';
import type { Services } from '../services.ts';
import { type OpenFile, openFile, readDocument } from './open-file.ts';
import { pickFromAll } from './pick-workload.ts';

/** A workload that a command is about, or one of its containers. */
export interface Subject {
  readonly environment: Environment | undefined;
  /** `objectKey`: as the agent has it, where it has it, else as the file writes it. */
  readonly key: string;
  /** `namespace:kind/name`. */
  readonly name: string;
  readonly container: string | undefined;
  /** The file that states it; absent where only the agent knows it. */
  readonly file: vscode.Uri | undefined;
  /** As the file says it; absent where the file cannot be read at the moment. */
  readonly workload: Workload | undefined;
  /** As the agent tells of its images, by container. */
  readonly images: ReadonlyMap<string, ImageStatus>;
}

/** What a command asks for. */
export interface SubjectQuestion {
  /** Title of the lists that are shown where several may be meant. */
  readonly title: string;
  /** `container`: one container must be chosen. `workload`: a container is taken where one is meant. */
  readonly what: 'workload' | 'container';
}

/** A subject of which a container was chosen. */
export type ContainerSubject = Subject & { readonly container: string };

/** What a command is about: what it was called with, else what the cursor stands in, else what a person picks. */
export async function subjectFor(services: Services, target: Target, question: SubjectQuestion): Promise<Subject> {
  const environment = environmentFor(services, target);
  environment?.need();
  if (target.workload !== undefined) return byName(services, environment, target, target.workload, question);
  if (target.file !== undefined && environment !== undefined) {
    const file = await openFile(services, environment.repository.uriOf(target.file));
    const found = atLine(file, target.line ?? 1, target.container);
    if (found !== undefined) return found;
  }
  return (await atCursor(services)) ?? byPick(services, target, question);
}

/** The same for one container. */
export async function containerFor(services: Services, target: Target, title: string): Promise<ContainerSubject> {
  const subject = await subjectFor(services, target, { title, what: 'container' });
  return { ...subject, container: subject.container ?? (await pickContainer(subject, title)) };
}

async function byName(
  services: Services,
  environment: Environment | undefined,
  target: Target,
  name: string,
  question: SubjectQuestion,
): Promise<Subject> {
  const known = await knownByAgent(environment, name, question.title);
  const path = target.file ?? known?.file;
  if (environment !== undefined && path !== undefined) {
    const file = await openFile(services, environment.repository.uriOf(path));
    const found = workloadsNamed(file.read.workloads, known?.key ?? name);
    if (found.length > 0) return ofFile(file, await oneOf(found, question.title), target.container);
    if (known !== undefined) return unread(environment, known, file.document.uri, target.container);
  }
  if (environment !== undefined && known !== undefined) return unread(environment, known, undefined, target.container);
  const document = vscode.window.activeTextEditor?.document;
  const isOurs = document !== undefined && services.sources.of(document) !== undefined;
  const file = isOurs ? await readDocument(services, document) : undefined;
  const found = workloadsNamed(file?.read.workloads ?? [], name);
  if (file !== undefined && found.length > 0) return ofFile(file, await oneOf(found, question.title), target.container);
  return byPick(services, target, question, name);
}

/** What the agent knows of a name: its object and, where the repository has it, its file. */
interface Known {
  readonly key: string;
  readonly name: string;
  readonly file: string | undefined;
}

async function knownByAgent(
  environment: Environment | undefined,
  name: string,
  title: string,
): Promise<Known | undefined> {
  const workloads = (environment?.state.status?.objects ?? []).filter(({ images }) => images !== undefined);
  const ids = workloads.flatMap(({ key }) => parseObjectKey(key) ?? []);
  const keys = new Set(matchObjects(ids, name).map(objectKey));
  const found = workloads.filter(({ key }) => keys.has(key));
  const [first, second] = found;
  if (first === undefined || second === undefined) return first && { ...first, file: first.file };
  const items = found.map((object) => ({ label: object.name, description: object.file ?? '', object }));
  const { object } = await pickOne(items, { title, placeHolder: severalMeant(name) });
  return { ...object, file: object.file };
}

function unread(
  environment: Environment,
  { key, name }: Known,
  file: vscode.Uri | undefined,
  container: string | undefined,
): Subject {
  const images = new Map(
    environment.state.images.filter(({ object }) => object === key).map((image) => [image.container, image]),
  );
  return { environment, key, name, container, file, workload: undefined, images };
}

/** The workload at a line (1-based) of a file. */
function atLine(file: OpenFile, line: number, container?: string): Subject | undefined {
  const found = workloadAt(file.read.workloads, line);
  return found && ofFile(file, found, container ?? containerAt(found, line));
}

/** What the cursor stands in; where the file cannot be read at the moment, as it last could. Errors: where it never could. */
async function atCursor(services: Services): Promise<Subject | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const open = services.sources.of(editor.document);
  if (open === undefined) return undefined;
  const file = await readDocument(services, editor.document);
  const line = editor.selection.active.line;
  if (file.read.problem === undefined) return atLine(file, line + 1);
  const { environment, path } = file;
  const found = open.source.manifests.findLast(({ start, images }) => images.length > 0 && start.startLine <= line);
  if (found === undefined) throw new WeavefluxError(file.read.problem.code, file.read.problem.message);
  const images = environment === undefined ? new Map<string, ImageStatus>() : imagesOf(environment.state, path, found);
  const [image] = images.values();
  return {
    environment,
    key: image?.object ?? found.key,
    name: image?.name ?? found.name,
    container: found.images.find(({ range }) => range.startLine <= line && line <= range.endLine)?.container,
    file: editor.document.uri,
    workload: undefined,
    images,
  };
}

async function byPick(services: Services, target: Target, question: SubjectQuestion, name?: string): Promise<Subject> {
  const choice = await pickFromAll(services, target, question, name);
  const file = await openFile(services, choice.uri);
  const found = workloadsNamed(file.read.workloads, choice.workload);
  const workload = found.length > 1 ? (workloadAt(found, choice.line) ?? found[0]) : found[0];
  if (workload !== undefined) return ofFile(file, workload, choice.container ?? target.container);
  throw file.read.problem === undefined
    ? new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} no longer states {1}.', file.path, choice.workload))
    : new WeavefluxError(file.read.problem.code, file.read.problem.message);
}

function ofFile({ document, path, environment }: OpenFile, { workload }: FileWorkload, container?: string): Subject {
  const known =
    environment === undefined ? new Map<string, ImageStatus>() : imagesOf(environment.state, path, workload);
  const [image] = known.values();
  // What is known of one image repository says nothing of another that was written in its place.
  const images = new Map([...known].filter(([name, { repository }]) => repositoryOf(workload, name) === repository));
  return {
    environment,
    key: image?.object ?? workload.key,
    name: image?.name ?? workload.name,
    container,
    file: document.uri,
    workload,
    images,
  };
}

function repositoryOf({ containers }: Workload, name: string): string | undefined {
  const image = containers.find((container) => container.name === name)?.image;
  return image === undefined ? undefined : tryParseImage(image)?.canonicalName;
}

async function oneOf(found: readonly FileWorkload[], title: string): Promise<FileWorkload> {
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const items = found.map((workload) => ({
    label: workload.workload.name,
    description: vscode.l10n.t('line {0}', workload.lines.first),
    workload,
  }));
  return (await pickOne(items, { title, placeHolder: vscode.l10n.t('Several may be meant; choose one') })).workload;
}

async function pickContainer({ name, workload, images }: Subject, title: string): Promise<string> {
  const all = workload?.containers.map((container) => [container.name, container.image] as const);
  const containers = all ?? [...images.values()].map((image) => [image.container, image.image] as const);
  const [first] = containers;
  if (first === undefined) {
    throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} has no image that could be changed.', name));
  }
  if (containers.length === 1) return first[0];
  const items = containers.map(([label, description]) => ({ label, description }));
  return (await pickOne(items, { title, placeHolder: vscode.l10n.t('Choose a container of {0}', name) })).label;
}

function severalMeant(name: string): string {
  return vscode.l10n.t('"{0}" may mean several workloads; choose one', name);
}
