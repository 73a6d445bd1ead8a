import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import { apiError } from './api-error.ts';
import { pauseLength } from './watch-pause.ts';

test('pauses grow to a limit, are spread by chance, and keep to what the API asks', () => {
  const lost = new WeavefluxError('API_UNREACHABLE', 'lost');
  assert.deepEqual(
    [1, 2, 3, 50].map((attempt) => pauseLength(lost, attempt, 1)),
    [200, 400, 800, 5_000],
  );
  assert.equal(pauseLength(lost, 1, 0), 100);
  assert.equal(pauseLength(apiError(429, {}, {}, 'GET', '30'), 1, 0), 30_000);
  assert.equal(pauseLength(new WeavefluxError('FORBIDDEN', 'no'), 50, 1), 120_000);
});
