import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Path, valueAt } from '../json.ts';
import { parseFile } from './documents.ts';
import { applyEdits } from './edits.ts';
import { findMarkers } from './markers.ts';
import type { Marker } from './types.ts';

function markersOf(text: string, file = 'a.yaml'): Marker[] {
  return findMarkers(file, text, parseFile(file, text));
}

describe('setter comments', () => {
  const found: [name: string, text: string, path: Path, line: number, part?: Marker['part']][] = [
    ['behind a plain scalar', 'a:\n  image: x:1 # {"$imagepolicy": "flux-system:web"}\n', ['a', 'image'], 2],
    ['behind a quoted scalar', 'a: "x # y" # {"$imagepolicy": "flux-system:web"}\n', ['a'], 1],
    ['in a list', 'a:\n- x:1   # {"$imagepolicy": "flux-system:web"}\n', ['a', 0], 2],
    ['for the tag', 'tag: 1.10 # {"$imagepolicy": "flux-system:web:tag"}\n', ['tag'], 1, 'tag'],
    ['for the name', 'name: x # {"$imagepolicy": "flux-system:web:name"}\n', ['name'], 1, 'name'],
    ['for the digest', 'digest: sha256:0a # {"$imagepolicy": "flux-system:web:digest"}\n', ['digest'], 1, 'digest'],
    ['without spaces', 'a: x #{"$imagepolicy":"flux-system:web"}\n', ['a'], 1],
    ['behind an anchored scalar', 'a: &i x # {"$imagepolicy": "flux-system:web"}\n', ['a'], 1],
    ['beside a value that is left out', 'tag: # {"$imagepolicy": "flux-system:web:tag"}\nb: 1\n', ['tag'], 1, 'tag'],
    ['behind the header of a block scalar', 'a: |- # {"$imagepolicy": "flux-system:web"}\n  x:1\n', ['a'], 1],
    [
      'behind a flow mapping that holds one scalar',
      'a: {tag: 1.2.3} # {"$imagepolicy": "flux-system:web:tag"}\n',
      ['a', 'tag'],
      1,
      'tag',
    ],
  ];
  for (const [name, text, path, line, part = 'image'] of found) {
    for (const ending of ['\n', '\r\n']) {
      it(`are found ${name}${ending === '\n' ? '' : ', with CRLF'}`, () => {
        const expected = [{ document: 0, path, line, policyNamespace: 'flux-system', policyName: 'web', part }];
        assert.deepEqual(markersOf(text.replaceAll('\n', ending)), expected);
      });
    }
  }

  const none: [name: string, text: string][] = [
    ['on a line of their own', 'a: x\n# {"$imagepolicy": "flux-system:web"}\nb: y\n'],
    [
      'inside a string',
      'a: "x # {\\"$imagepolicy\\": \\"flux-system:web\\"}"\nb: \'# {"$imagepolicy": "flux-system:web"}\'\n',
    ],
    ['inside a block scalar', 'a: |\n  x # {"$imagepolicy": "flux-system:web"}\n'],
    [
      'behind a flow mapping with several scalars',
      'a: {name: x, tag: "1"} # {"$imagepolicy": "flux-system:web:tag"}\n',
    ],
    ['on the line of a mapping', 'a: # {"$imagepolicy": "flux-system:web"}\n  b: 1\n'],
    ['without a namespace', 'a: x # {"$imagepolicy": "web"}\n'],
    ['with an unknown part', 'a: x # {"$imagepolicy": "flux-system:web:sha"}\n'],
    ['in a file with an error', 'a: x # {"$imagepolicy": "flux-system:web"}\na: y\n'],
  ];
  for (const [name, text] of none) it(`are none ${name}`, () => assert.deepEqual(markersOf(text), []));

  it('say their document and lead to the scalar to edit', () => {
    const text = readFileSync(new URL('./testdata/comments.yaml', import.meta.url), 'utf8');
    const twice = `${text}---\n${text}`;
    const markers = markersOf(twice);
    assert.deepEqual(
      markers.map(({ document, policyName }) => [document, policyName]),
      [
        [0, 'web'],
        [0, 'side'],
        [1, 'web'],
        [1, 'side'],
      ],
    );
    const edits = markers.map(({ document, path }) => ({ document, path, value: 'reg/new:1' }));
    const { documents } = parseFile('a.yaml', applyEdits('a.yaml', twice, edits));
    for (const { document, path } of markers) assert.equal(valueAt(documents[document]?.value, path), 'reg/new:1');
  });
});
