import { isTag, type Tag } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { askText, pickOne, withProgress } from '../../asking/ask.ts';
import { ageOf } from '../../model/changes/age.ts';
import { type RollbackChoice, rollbackChoices } from '../../model/changes/rollback-choices.ts';
import { targetOf } from '../../model/target.ts';
import { type ContainerSubject, containerFor } from '../../subject/subject.ts';
import type { Command } from '../context.ts';
import { currentTag, settlePin } from './release.ts';
import { release } from './release-by-mode.ts';

/** So many changes of a workload are looked through. */
const LIMIT = 100;

/** `weaveflux.rollback`: back to a tag that the container had before; the tag left is held then. */
export const rollbackCommand: Command = async (context, argument) => {
  const target = targetOf(argument);
  const subject = await containerFor(context.services, target, vscode.l10n.t('Roll Back'));
  const tag = await chooseTag(subject, target.tag);
  const wanted = await settlePin({ subject, tag: knownTag(subject, tag), back: true });
  await release(context, [wanted]);
};

/** A proposed tag counts only where the container had it and it is not held: rows of views name what is newer. */
async function chooseTag(subject: ContainerSubject, proposed: string | undefined): Promise<string> {
  const choices = await before(subject);
  const held = subject.images.get(subject.container)?.held ?? [];
  const wanted = choices.find(({ tag }) => tag === proposed && !held.includes(tag));
  if (wanted !== undefined) return wanted.tag;
  return choices.length === 0 ? typeTag(subject) : pickBefore(subject, choices);
}

/** What the history tells; nothing where there is no agent to ask. */
async function before(subject: ContainerSubject): Promise<readonly RollbackChoice[]> {
  const { environment, key, container } = subject;
  if (environment === undefined || environment.state.status === undefined) return [];
  const title = vscode.l10n.t('Reading the history of {0}', subject.name);
  const history = await withProgress(title, async (signal) => {
    const client = await environment.client();
    return client.history(key, LIMIT, signal);
  });
  return rollbackChoices(history, container, currentTag(subject));
}

async function pickBefore(subject: ContainerSubject, choices: readonly RollbackChoice[]): Promise<string> {
  const now = new Date();
  const items = choices.map(({ tag, leftAt, subject: commit, by }, index) => ({
    label: tag,
    description: index === 0 ? vscode.l10n.t('the one before') : '',
    detail: vscode.l10n.t('left {0} by {1}: {2}', ageOf(leftAt, now, vscode.env.language), by, commit),
    tag,
  }));
  const other = { label: vscode.l10n.t('$(edit) Another tag…'), tag: undefined };
  const title = titleOf(subject);
  const picked = await pickOne([...items, other], { title, placeHolder: vscode.l10n.t('The tag left is held then') });
  return picked.tag ?? typeTag(subject);
}

function typeTag(subject: ContainerSubject): Promise<string> {
  return askText({
    title: titleOf(subject),
    prompt: vscode.l10n.t('The tag to go back to; the tag left is held then'),
    validateInput: (text) =>
      isTag(text.trim()) ? undefined : vscode.l10n.t('A tag has up to 128 letters, digits, "_", "." and "-".'),
  });
}

function titleOf({ container, name }: ContainerSubject): string {
  return vscode.l10n.t('Roll back {0} of {1}', container, name);
}

function knownTag({ images, container }: ContainerSubject, tag: string): Tag {
  return images.get(container)?.available.find((known) => known.tag === tag) ?? { tag };
}
