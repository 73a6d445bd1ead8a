import {
  asWeavefluxError,
  DEFAULT_SETTINGS,
  type PlanResponse,
  parseSettings,
  SETTINGS_FILE,
  WeavefluxError,
} from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { type PlannedFiles, planRequest, selectOfRevision } from '../model/diff/plan-request.ts';
import { readTexts, selectWorkingCopy } from '../subject/working-copy.ts';
import { statusOf } from './environment.ts';

/** Files of a revision read at the same time: each is a process of git. */
const WIDTH = 8;

/** What the working copy would change, with what is not saved yet. Errors: FORBIDDEN where the person may not plan. */
export async function planWorkingCopy(environment: Environment, signal: AbortSignal): Promise<PlanResponse> {
  refuseDenied(environment, vscode.l10n.t('what a working copy would change'));
  const { root } = environment.repository;
  const selection = await selectWorkingCopy(root, await pathsOf(environment, signal), signal);
  const texts = await readTexts(root, [...selection.files, ...selection.withheldFiles], signal);
  return planFiles(environment, { selection, texts }, signal);
}

/**
 * What a commit of the clone would change. The agent has the commits of its own branch; others are read here and sent, for
 * which the person must be allowed to plan.
 */
export async function planRevision(
  environment: Environment,
  revision: string,
  signal: AbortSignal,
): Promise<PlanResponse> {
  const client = await environment.client();
  try {
    return await client.plan({ revision }, signal);
  } catch (error) {
    if (asWeavefluxError(error).code !== 'NOT_FOUND') throw error;
  }
  refuseDenied(environment, vscode.l10n.t('what commits of other branches would change'));
  return planFiles(environment, await readRevision(environment, revision, signal), signal);
}

async function planFiles(environment: Environment, files: PlannedFiles, signal: AbortSignal): Promise<PlanResponse> {
  const { request, problems } = planRequest(files);
  const client = await environment.client();
  const response = await client.plan(request, signal);
  return { ...response, problems: [...problems, ...response.problems] };
}

/** The files of a revision; those that are the same on disk are read there. */
async function readRevision(environment: Environment, revision: string, signal: AbortSignal): Promise<PlannedFiles> {
  const { repository } = environment;
  const [paths, all, changed] = await Promise.all([
    pathsOf(environment, signal),
    repository.files(revision),
    repository.changedSince(revision),
  ]);
  const settings = all.includes(SETTINGS_FILE) ? await repository.show(SETTINGS_FILE, revision) : '';
  const { ignore } = parseSettings(settings).settings ?? DEFAULT_SETTINGS;
  const selection = selectOfRevision(all, paths, ignore);
  const wanted = [...selection.files, ...selection.withheldFiles];
  const dirty = new Set(vscode.workspace.textDocuments.flatMap((document) => pathOfDirty(environment, document)));
  const isSame = ({ path }: { path: string }) => !changed.has(path) && !dirty.has(path);
  const texts = new Map(await readTexts(repository.root, wanted.filter(isSame), signal));
  const others = wanted.filter((file) => !isSame(file));
  const read = async () => {
    for (let file = others.shift(); file !== undefined; file = others.shift()) {
      signal.throwIfAborted();
      texts.set(file.path, await repository.show(file.path, revision));
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, read));
  return { selection, texts };
}

function pathOfDirty({ repository }: Environment, { uri, isDirty }: vscode.TextDocument): string[] {
  const path = isDirty ? repository.pathOf(uri) : undefined;
  return path === undefined ? [] : [path];
}

async function pathsOf(environment: Environment, signal: AbortSignal): Promise<readonly string[]> {
  return (await statusOf(environment, signal)).repository.paths;
}

/** Errors: FORBIDDEN with the reason, where it is known that the person may not act. */
function refuseDenied({ state }: Environment, what: string): void {
  if (state.rights.kind !== 'denied') return;
  const message = vscode.l10n.t('You may not ask {0}: {1}', what, state.rights.reason);
  throw new WeavefluxError('FORBIDDEN', message);
}
