import {
  type Change,
  type ImageChange,
  type Outcome,
  type Problem,
  type RequestedBy,
  type Tag,
  WeavefluxError,
  type Workload,
} from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { sayInPassing } from '../../asking/toasts.ts';
import { editFiles } from '../../model/changes/file-edits.ts';
import { workloadsNamed } from '../../model/changes/file-workloads.ts';
import { minimalReplaces } from '../../model/changes/minimal-replaces.ts';
import { type OpenFile, openFile, refuseUneditable } from '../../subject/open-file.ts';
import type { Subject } from '../../subject/subject.ts';
import type { CommandContext } from '../context.ts';

/** What is wished of one subject. */
export interface Wish {
  readonly subject: Subject;
  /** Decided upon the file as it is at last; none = nothing to do. */
  readonly changes: (workload: Workload) => readonly Change[];
  /** What is known of the tags that are wished for, by container. */
  readonly tags?: ReadonlyMap<string, Tag>;
}

/** A file that was edited, and not yet saved. */
export interface EditedFile {
  readonly uri: vscode.Uri;
  readonly before: string;
  readonly after: string;
}

/** What was edited. */
export interface Edited {
  readonly files: readonly EditedFile[];
  readonly images: readonly ImageChange[];
  readonly outcomes: readonly Outcome[];
}

/**
 * Edits the YAML of the working copy, as one step to undo; nothing is saved. What cannot be edited is told, and leaves the
 * rest standing. Errors: where nothing could be edited.
 */
export async function editSubjects(context: CommandContext, wishes: readonly Wish[]): Promise<Edited> {
  const opened = new Map<string, OpenFile>();
  for (const { subject } of wishes) {
    if (subject.file === undefined) throw notInRepository(subject.name);
    const key = subject.file.toString();
    if (!opened.has(key)) opened.set(key, await openFile(context.services, subject.file));
  }
  const requestedBy = await whoActs(wishes[0]?.subject.environment);
  const edited = decide(opened, wishes, requestedBy);
  const { problems, ...done } = edited;
  const [problem] = problems;
  if (problem !== undefined && done.files.length === 0) throw new WeavefluxError(problem.code, problem.message);
  for (const { message } of problems) void context.toasts.warn(message);
  if (done.files.length === 0) sayInPassing(done.outcomes.map(({ message }) => message).join(' '));
  await applyTexts(done.files);
  await showEdits(done.files);
  return done;
}

/**
 * Replaces texts of open documents, as one step to undo. Errors: CONFLICT where somebody typed meanwhile, READ_ONLY where one
 * of them cannot be saved, and those of `refuseUneditable`.
 */
export async function applyTexts(files: readonly EditedFile[]): Promise<void> {
  if (files.length === 0) return;
  await replaceTexts(files);
  for (const { uri } of files) {
    const document = await vscode.workspace.openTextDocument(uri);
    if (await isSavable(document)) continue;
    await replaceTexts(files.map((file) => ({ uri: file.uri, before: file.after, after: file.before })));
    const name = vscode.workspace.asRelativePath(uri);
    throw new WeavefluxError(
      'READ_ONLY',
      vscode.l10n.t('{0} is read-only, so nothing is edited; make it writable first.', name),
    );
  }
}

/** VS Code changes the text of a read-only editor, calls it unchanged nevertheless, and refuses to save it. */
async function isSavable(document: vscode.TextDocument): Promise<boolean> {
  return document.isDirty || document.save();
}

async function replaceTexts(files: readonly EditedFile[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, before, after } of files) {
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.getText() !== before) throw typedMeanwhile();
    refuseUneditable(document, vscode.workspace.asRelativePath(uri));
    edit.set(uri, textEdits(document, before, after));
  }
  if (await vscode.workspace.applyEdit(edit)) return;
  throw typedMeanwhile();
}

function typedMeanwhile(): WeavefluxError {
  const message = vscode.l10n.t('The file was changed meanwhile, so nothing was edited; try again.');
  return new WeavefluxError('CONFLICT', message);
}

/** Who acts; an empty name where nobody knows, as in Restricted Mode. */
async function whoActs(environment: Environment | undefined): Promise<RequestedBy> {
  try {
    return (await environment?.requestedBy()) ?? { name: '' };
  } catch {
    // Git cannot be asked: better nobody than somebody else.
    return { name: '' };
  }
}

function decide(
  opened: ReadonlyMap<string, OpenFile>,
  wishes: readonly Wish[],
  requestedBy: RequestedBy,
): Edited & { readonly problems: readonly Problem[] } {
  const files = [...opened.values()];
  const texts = new Map(files.map(({ path, document }) => [path, document.getText()]));
  const known = new Map<string, Tag>();
  const changes = wishes.flatMap(({ subject, changes: changesOf, tags: wished = new Map() }) => {
    const file = opened.get(subject.file?.toString() ?? '');
    const workload = file && stated(file, subject);
    if (file === undefined || workload === undefined) return [];
    for (const [container, tag] of wished) known.set(`${workload.key} ${container}`, tag);
    return changesOf(workload).map((change) => ({ file: file.path, change: { ...change, workload: workload.key } }));
  });
  const policies = files.flatMap((file) => file.policies);
  const chosenTag = (object: string, container: string) => known.get(`${object} ${container}`);
  const edits = editFiles({ texts, changes, requestedBy, policies, chosenTag });
  const edited = files.flatMap(({ path, document }): EditedFile[] => {
    const after = edits.texts.get(path);
    return after === undefined ? [] : [{ uri: document.uri, before: texts.get(path) ?? '', after }];
  });
  return { files: edited, images: edits.images, outcomes: edits.outcomes, problems: edits.problems };
}

/** The workload as its file states it now. Errors: where it does not, or cannot be read. */
function stated({ path, read }: OpenFile, { key, name }: Subject): Workload {
  if (read.problem !== undefined) throw new WeavefluxError(read.problem.code, read.problem.message);
  const [found] = workloadsNamed(read.workloads, key);
  if (found !== undefined) return found.workload;
  throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} no longer states {1}.', path, name));
}

function notInRepository(name: string): WeavefluxError {
  return new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} is not stated in this repository.', name));
}

function textEdits(document: vscode.TextDocument, before: string, after: string): vscode.TextEdit[] {
  return minimalReplaces(before, after).map(({ start, end, text }) => {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    return vscode.TextEdit.replace(range, text);
  });
}

/** Brings the first edit into view where a single file was edited, without moving a cursor that is there already. */
async function showEdits(files: readonly EditedFile[]): Promise<void> {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) return;
  const { uri, before, after } = file;
  const document = await vscode.workspace.openTextDocument(uri);
  const at = document.positionAt(minimalReplaces(before, after)[0]?.start ?? 0);
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const range = new vscode.Range(at, at);
  if (visible === undefined) await vscode.window.showTextDocument(document, { selection: range, preview: false });
  else visible.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
