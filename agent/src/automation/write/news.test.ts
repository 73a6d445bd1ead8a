import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, type Problem } from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import type { Decided } from '../scan/scan.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { createNews } from './news.ts';

const FOLLOWED = new Set(['example.org/web', 'example.org/db', 'example.net/other']);

/** What is told of passes in which repositories have these problems. */
function toldOf(passes: readonly Readonly<Record<string, Problem | undefined>>[]): string[] {
  const told: string[] = [];
  const emit = ({ type, message }: { type: string; message: string }) => told.push(`${type}: ${message}`);
  const news = createNews({ emit } as unknown as Environment);
  for (const problems of passes) {
    const decided = Object.entries(problems).map(([name, problem]) => decidedOf(name, problem));
    news.tell(decided, FOLLOWED);
    // A list for people that comes between says nothing of the others.
    news.tell([], new Set());
  }
  return told;
}

const limited = (until: string) =>
  failure('REGISTRY_RATE_LIMIT', `example.org allows no more requests until ${until}.`);

test('a host that allows no more requests is told of once, and once when none of its repositories waits any more', () => {
  assert.deepEqual(
    toldOf([
      { 'example.org/web': undefined, 'example.org/db': undefined, 'example.net/other': undefined },
      { 'example.org/web': limited('17:05'), 'example.org/db': limited('17:05'), 'example.net/other': undefined },
      { 'example.org/web': limited('17:20'), 'example.org/db': undefined, 'example.net/other': undefined },
      { 'example.org/web': undefined, 'example.org/db': limited('17:35'), 'example.net/other': undefined },
      { 'example.org/web': undefined, 'example.org/db': undefined, 'example.net/other': undefined },
      { 'example.org/web': undefined, 'example.org/db': undefined, 'example.net/other': undefined },
    ]),
    [
      'registry-failed: example.org allows no more requests until 17:05.',
      'registry-recovered: example.org takes requests again.',
    ],
  );
});

test('another failure is told of with its repository, as often as it is another', () => {
  const refused = failure('REGISTRY_AUTH', 'web refuses.');
  assert.deepEqual(
    toldOf([{ 'example.org/web': refused }, { 'example.org/web': refused }, { 'example.org/web': undefined }]),
    ['registry-failed: web refuses.', 'registry-recovered: example.org/web can be scanned again.'],
  );
});

function decidedOf(repository: string, problem: Problem | undefined): Decided {
  const decided: Partial<Decided> = {
    subject: subjectIn(workloadText('web', `${repository}:1`, {})),
    decision: { state: 'not-automated', reason: '', needsMetadata: [] },
    tags: () => [],
    scannedAt: 'now',
    problem,
  };
  return decided as Decided;
}
