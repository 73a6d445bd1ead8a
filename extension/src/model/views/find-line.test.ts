import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, sourceOf } from '../testing/source.ts';
import { lineIn } from './find-line.ts';

const source = sourceOf('web.yaml', `# moved down since the agent read it\n\n${deployment()}`);
const opening = { kind: 'file', file: 'web.yaml', line: 1, object: 'apps/Deployment/shop/web' } as const;

test('line: an object stands where it now is in the file', () => {
  assert.equal(lineIn(source, opening), 2);
});

test('line: a container’s is that of its image', () => {
  assert.equal(
    source.text.split('\n')[lineIn(source, { ...opening, container: 'web' })]?.trim(),
    'image: r.io/web:1.4.2',
  );
});

test('line: an object whose namespace the file leaves open is found', () => {
  const open = sourceOf('web.yaml', `\n${deployment().replace('  namespace: shop\n', '')}`);
  assert.equal(lineIn(open, opening), 1);
});

test('line: what is not found stands where the agent says', () => {
  assert.equal(lineIn(source, { ...opening, object: 'apps/Deployment/shop/api', line: 5 }), 4);
  assert.equal(lineIn(undefined, { kind: 'file', file: 'web.yaml', line: 5 }), 4);
  assert.equal(lineIn(undefined, { kind: 'file', file: 'web.yaml' }), 0);
});
