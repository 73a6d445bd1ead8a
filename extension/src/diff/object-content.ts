import {
  asWeavefluxError,
  type JsonObject,
  manifestsOf,
  type ObjectDetail,
  type ObjectStatus,
  parseFile,
  type Status,
  WeavefluxError,
} from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { matchesOf } from '../model/agent/match.ts';
import type { Subject } from '../model/diff/address.ts';
import { isSecret } from '../model/diff/bookkeeping.ts';
import { manifestNamed } from '../model/diff/choose.ts';
import type { Sides } from '../model/diff/document.ts';
import { findManifest } from '../model/diff/find-manifest.ts';
import { objectSides } from '../model/diff/object-sides.ts';
import type { ManifestSource } from '../model/source/types.ts';
import type { Services } from '../services.ts';
import { openEnvironment, statusOf } from './environment.ts';

type ObjectSubject = Extract<Subject, { kind: 'object' }>;

/** The agent's word on an object; it is asked again only where this says so, as each answer costs a dry run. */
export type AskDetail = (environment: Environment, object: ObjectStatus) => Promise<ObjectDetail>;

/** An object of a file as the editor has it, and as it is in the cluster. */
export async function objectContent(services: Services, subject: ObjectSubject, ask: AskDetail): Promise<Sides> {
  const environment = openEnvironment(services, subject.environment);
  const source = await sourceOf(services, environment, subject);
  const status = await statusOf(environment);
  const known = matchesOf({ ...environment.state, status });
  const object = known.objectOf(subject.file, source);
  const { manifest } = source;
  const [detail, delivered] = await Promise.all([
    object === undefined ? undefined : ask(environment, object).catch(undefinedWhereGone),
    object !== undefined && isSecret(manifest.value) ? deliveredValue(environment, status, object) : undefined,
  ]);
  const isOutside = !known.isKept(subject.file);
  return objectSides({ manifest, name: object?.name ?? source.name, detail, status: object, isOutside, delivered });
}

/** The object in its file. Errors: NOT_FOUND where the file does not state it. */
async function sourceOf(
  { sources }: Services,
  { repository }: Environment,
  { file, object }: ObjectSubject,
): Promise<ManifestSource> {
  const document = await vscode.workspace.openTextDocument(repository.uriOf(file));
  const source = sources.of(document)?.source;
  const found = source && manifestNamed(source.manifests, object);
  if (found !== undefined) return found;
  const [problem] = source?.problems ?? [];
  if (problem !== undefined) throw new WeavefluxError(problem.code, problem.message);
  const message = source?.tooLarge ?? vscode.l10n.t('{0} does not state {1}.', file, object);
  throw new WeavefluxError('NOT_FOUND', message, { about: { file } });
}

/** As its file stated it at the revision that the agent last delivered; `undefined` where that is not in the clone. */
async function deliveredValue(
  { repository }: Environment,
  { sync }: Status,
  { key, file }: ObjectStatus,
): Promise<JsonObject | undefined> {
  const revision = sync.revision ?? sync.appliedRevision;
  if (file === undefined || revision === undefined) return undefined;
  try {
    const text = await repository.show(file, revision);
    return findManifest(manifestsOf(parseFile(file, text)).manifests, key)?.value;
  } catch {
    // Not fetched yet; the diff says that values could not be compared.
    return undefined;
  }
}

function undefinedWhereGone(error: unknown): undefined {
  if (asWeavefluxError(error).code !== 'NOT_FOUND') throw error;
}
