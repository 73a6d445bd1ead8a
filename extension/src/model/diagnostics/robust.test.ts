import { test } from 'node:test';
import fc from 'fast-check';
import { agesAt } from '../changes/age.ts';
import { completionsAt } from '../completion/completions.ts';
import { settingsCompletions } from '../completion/settings.ts';
import { fixesFor } from '../fixes/fixes.ts';
import { hoverAt } from '../hovers/hover.ts';
import { brokenText, fileText } from '../source/testing.ts';
import { connected, deployment, imageStatus, sourceOf } from '../testing/source.ts';
import { fileFindings } from './file.ts';
import { settingsFindings } from './settings.ts';

const STATE = connected({ images: [imageStatus()] });
const AGES = agesAt(new Date('2030-01-10T00:00:00Z'), 'en');
const MANIFEST = deployment(['weaveflux.dev/tag.web: semver:~1.4', '"weaveflux.dev/automated": true'], 'r.io/web');

/** A manifest with a stretch of it gone and something else there. */
const damaged = fc
  .tuple(fc.nat(MANIFEST.length), fc.nat(40), brokenText())
  .map(([at, gone, put]) => MANIFEST.slice(0, at) + put + MANIFEST.slice(at + gone));

test('whatever is typed, nothing throws', () => {
  const text = fc.oneof(damaged, brokenText(), fileText());
  fc.assert(
    fc.property(text, fc.constantFrom('a.yaml', 'a.json'), fc.nat(), fc.nat(), (typed, path, line, character) => {
      const source = sourceOf(path, MANIFEST, typed);
      const all = typed.split('\n');
      const lines = { count: all.length, at: (index: number) => all[index] ?? '' };
      const cursor = { line: line % all.length, character: character % (lines.at(line % all.length).length + 1) };
      const facts = { standing: 'manifests', others: [], hasSyntaxCheck: false, isDelivered: true } as const;
      for (const finding of fileFindings(source, facts)) fixesFor(finding, { source, state: STATE, ages: AGES });
      settingsFindings(typed);
      hoverAt(source, cursor, lines.at(cursor.line), { environment: undefined, state: STATE, ages: AGES });
      completionsAt({ source, lines, state: STATE, ages: AGES }, cursor);
      settingsCompletions(lines, cursor);
    }),
    { numRuns: 500 },
  );
});
