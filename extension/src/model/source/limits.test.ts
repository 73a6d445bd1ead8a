import assert from 'node:assert/strict';
import { it } from 'node:test';
import { workloadsIn } from '../changes/file-workloads.ts';
import { lossy } from './limits.ts';
import { read, WEB } from './testing-files.ts';

it('a file of 5 MB is neither shown nor edited, for one reason, whatever YAML it holds', () => {
  // What anchors need takes long to read: more than a minute for this.
  const text = `a: &x 1\n---\n${WEB.repeat(20)}---\n`.repeat(800);
  assert.ok(text.length > 5 * 1024 * 1024);
  const why = read(text).tooLarge;
  assert.match(
    why ?? '',
    /^shop\/web\.yaml is larger than 1 MB, so Weaveflux neither shows nor edits anything in it; /,
  );
  const { workloads, problem } = workloadsIn('shop/web.yaml', text);
  assert.deepEqual([workloads, problem?.message, problem?.code], [[], why, 'NOT_SUPPORTED']);
});

it('a text with replaced bytes is not edited, other characters are no reason', () => {
  const latin = new TextDecoder().decode(Buffer.from('# für\n', 'latin1'));
  assert.equal(
    lossy('shop/web.yaml', latin + WEB),
    'shop/web.yaml is no UTF-8 text, so nothing is edited; reopen it with its encoding, and save it as UTF-8.',
  );
  assert.equal(lossy('shop/web.yaml', `# für 🛒\uFEFF\u2028\0\n${WEB}`), undefined);
});
