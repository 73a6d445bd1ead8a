import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import * as l10n from '@vscode/l10n';
import { getL10nPseudoLocalized } from '@vscode/l10n-dev';
import { conclusionOf } from '../agent/conclusion.ts';
import { statusBarOf } from '../agent/status-bar.ts';
import { agesAt } from '../changes/age.ts';
import { fileFindings } from '../diagnostics/file.ts';
import { fixesFor } from '../fixes/fixes.ts';
import { hoverAt } from '../hovers/hover.ts';
import { decided, know, lenses } from '../lenses/testing.ts';
import { connected, deployment, imageStatus, sourceOf } from '../testing/source.ts';
import { activityRows } from '../views/activity.ts';
import { NO_FILTER } from '../views/activity-filter.ts';
import { environmentRows } from '../views/environments.ts';
import type { Row } from '../views/row.ts';
import * as views from '../views/testing.ts';
import { updateRows } from '../views/updates.ts';

const NOW = new Date('2026-11-23T12:30:00Z');
const AGES = agesAt(NOW, 'en');

/** What the texts hold that is nobody's language: names of things, icons, a date. */
const NAMES =
  /\$\([\w~-]+\)|Weaveflux|weaveflux|semver|shop|deployment|web|main|Fix the cart|kubectl-edit|replicas|spec|Ann|audit|Nov/g;

before(() => {
  const english = JSON.parse(readFileSync(new URL('../../../l10n/bundle.l10n.json', import.meta.url), 'utf8'));
  l10n.config({ contents: getL10nPseudoLocalized(english) });
});

/** Fails where a word of a text is plain English: in the bundle, no three letters in a row are plain. */
function assertTranslated(texts: readonly (string | undefined)[]): void {
  const said = texts.filter((text) => text !== undefined && text !== '');
  assert.ok(said.length > 0, 'something is said');
  const english = said.filter((text) => /[A-Za-z]{3,}/.test(text?.replace(NAMES, '') ?? ''));
  assert.deepEqual(english, []);
}

function textsOf(rows: readonly Row[]): (string | undefined)[] {
  return views
    .allRows(rows)
    .flatMap(({ label, description, accessibilityLabel, command }) => [
      label,
      description,
      accessibilityLabel,
      command?.title,
    ]);
}

const policy = ['weaveflux.dev/tag.web: semver:~1'];
const drift = {
  mode: 'correcting',
  differences: [{ path: '/spec/replicas', desired: '3', live: '5', manager: 'kubectl-edit' }],
} as const;

for (const [name, state] of [
  ['of a newer image', decided({ state: 'update', policy: 'semver:~1', chosen: { tag: '1.5.0' } })],
  ['of a pin', decided({ state: 'pinned', pin: { user: 'Ann', message: 'audit' }, chosen: { tag: '1.5.0' } })],
  ['of drift', know({ drift: { ...drift, differences: [...drift.differences] } })],
  ['without an agent', undefined],
] as const) {
  test(`lenses ${name} are translated`, () => {
    const specs = lenses({ text: deployment(policy), ...(state === undefined ? {} : { state }) });
    assertTranslated(specs.flatMap(({ title, command }) => [title, command?.label]));
  });
}

test('rows of the views are translated, with what is said to those who listen', () => {
  const drifted = views.workload('web', { drift: { ...drift, differences: [...drift.differences] } });
  const images = [views.imageStatus('web', { state: 'update', chosen: { tag: '1.5.0' }, reason: '' })];
  const state = { status: views.statusOf([drifted]), images };
  const events = [views.event('released', { object: 'apps/Deployment/shop/web', message: '' })];
  assertTranslated([
    ...textsOf(environmentRows([views.facts(state)], views.CALENDAR)),
    ...textsOf(updateRows([{ id: 'shop', name: 'shop', images }], views.CALENDAR)),
    ...textsOf(
      activityRows([{ id: 'shop', name: 'shop', events }], { filter: NO_FILTER, calendar: views.CALENDAR, now: NOW }),
    ),
  ]);
});

test('the status bar, and why there is no agent, are translated', () => {
  const found = conclusionOf(
    { remotes: ['https://git.example/shop.git'], branch: 'main' },
    { match: { kind: 'none', elsewhere: [] }, obstacles: [], looked: [] },
    undefined,
  );
  const connection = 'connection' in found ? found.connection : undefined;
  const shown = statusBarOf([{ name: 'shop', state: connected({ sync: { healthyRevision: 'a1b2c3d' } }) }]);
  assertTranslated([
    connection !== undefined && 'message' in connection ? connection.message : undefined,
    shown?.text,
    shown?.tooltip,
    shown?.label,
  ]);
});

test('findings, their fixes and hovers are translated', () => {
  const text = deployment([], 'web');
  const source = sourceOf('web.yaml', text);
  const state = connected({ images: [imageStatus({ repository: 'docker.io/library/web', reason: '' })] });
  const facts = { standing: 'manifests', others: [], hasSyntaxCheck: false, isDelivered: true } as const;
  const findings = fileFindings(source, facts);
  const line = text.split('\n').findIndex((it) => it.includes('image:'));
  const at = text.split('\n')[line] ?? '';
  const hover = hoverAt(source, { line, character: at.length - 1 }, at, { environment: undefined, state, ages: AGES });
  assertTranslated([
    ...findings.map(({ message }) => message),
    ...findings.flatMap((finding) => fixesFor(finding, { source, state, ages: AGES }).map(({ title }) => title)),
    hover?.markdown,
  ]);
});
