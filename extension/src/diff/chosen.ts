import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { pickOne } from '../asking/ask.ts';
import { chooseEnvironment } from '../asking/environment.ts';
import { manifestAt, manifestNamed, objectNamed } from '../model/diff/choose.ts';
import type { ManifestSource } from '../model/source/types.ts';
import { type Target, targetOf } from '../model/target.ts';
import type { Services } from '../services.ts';
import { statusOf } from './environment.ts';

/** A file of an environment's repository. */
export interface ChosenFile {
  readonly environment: Environment;
  /** Path inside the repository. */
  readonly file: string;
  readonly uri: vscode.Uri;
}

/** An object that a file states. */
export interface ChosenObject extends ChosenFile {
  readonly source: ManifestSource;
}

/** The object that a command is about: what it was called with, else what the cursor stands in, else what a person picks. */
export async function objectFor(services: Services, argument: unknown, title: string): Promise<ChosenObject> {
  const target = targetOf(argument);
  if (target.workload !== undefined) return named(services, target, target.workload, title);
  const place = placeOf(services, argument, target);
  if (place === undefined) return picked(services, target, title);
  const { file, manifests } = await read(services, place.uri);
  const source = manifestAt(manifests, place.line ?? 0);
  if (source !== undefined) return { ...file, source };
  throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} states no object.', file.file));
}

/** The file that a command is about, in the same way. */
export async function fileFor(services: Services, argument: unknown, title: string): Promise<ChosenFile> {
  const target = targetOf(argument);
  const place = target.workload === undefined ? placeOf(services, argument, target) : undefined;
  if (place === undefined) return objectFor(services, argument, title);
  const environment = services.environments.of(place.uri);
  const file = environment?.repository.pathOf(place.uri);
  if (environment === undefined || file === undefined) throw isNoFile(place.uri);
  environment.need();
  return { environment, file, uri: place.uri };
}

/** The file, and the line (0-based), that a menu, a target or the cursor says. */
function placeOf(
  { environments }: Services,
  argument: unknown,
  target: Target,
): { uri: vscode.Uri; line: number | undefined } | undefined {
  const editor = vscode.window.activeTextEditor;
  const root = target.environment === undefined ? undefined : environments.byId(target.environment)?.repository;
  const byTarget = target.file === undefined ? undefined : root?.uriOf(target.file);
  const uri = argument instanceof vscode.Uri ? argument : (byTarget ?? editor?.document.uri);
  if (uri === undefined || (byTarget === undefined && environments.of(uri) === undefined)) return undefined;
  const cursor = editor?.document.uri.toString() === uri.toString() ? editor.selection.active.line : undefined;
  return { uri, line: target.line === undefined ? cursor : target.line - 1 };
}

async function named(services: Services, target: Target, name: string, title: string): Promise<ChosenObject> {
  const environment = await chooseEnvironment(services, target, title);
  const known = objectNamed((await statusOf(environment)).objects, name);
  const path = target.file ?? known?.file;
  const uri = path === undefined ? vscode.window.activeTextEditor?.document.uri : environment.repository.uriOf(path);
  if (uri === undefined) throw isNowhere(known?.name ?? name);
  const { file, manifests } = await read(services, uri);
  const source = manifestNamed(manifests, known?.key ?? name);
  if (source === undefined) throw isNowhere(known?.name ?? name);
  return { ...file, source };
}

async function picked(services: Services, target: Target, title: string): Promise<ChosenObject> {
  const environment = await chooseEnvironment(services, target, title);
  const { objects } = await statusOf(environment);
  const items = objects.flatMap(({ name, key, file }) =>
    file === undefined ? [] : [{ label: name, description: file, key, file }],
  );
  const { key, file } = await pickOne(items, { title, placeHolder: vscode.l10n.t('Choose an object') });
  return named(services, { ...target, environment: environment.id, file }, key, title);
}

async function read(
  { sources }: Services,
  uri: vscode.Uri,
): Promise<{ file: ChosenFile; manifests: readonly ManifestSource[] }> {
  const { source, environment } = sources.of(await vscode.workspace.openTextDocument(uri)) ?? {};
  if (source === undefined || environment === undefined) throw isNoFile(uri);
  environment.need();
  const [problem] = source.problems;
  if (source.tooLarge !== undefined) throw new WeavefluxError('NOT_SUPPORTED', source.tooLarge);
  if (source.manifests.length === 0 && problem !== undefined) throw new WeavefluxError(problem.code, problem.message);
  return { file: { environment, file: source.path, uri }, manifests: source.manifests };
}

function isNoFile(uri: vscode.Uri): WeavefluxError {
  const path = vscode.workspace.asRelativePath(uri);
  return new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} belongs to no environment that is open here.', path));
}

function isNowhere(name: string): WeavefluxError {
  return new WeavefluxError('NOT_FOUND', vscode.l10n.t('No file of the repository states {0}.', name));
}
