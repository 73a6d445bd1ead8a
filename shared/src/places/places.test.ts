import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import type { Change } from '../api/requests.ts';
import { applyChanges } from '../changes/apply.ts';
import { markedImages } from '../changes/markers.ts';
import { planChanges } from '../changes/plan.ts';
import { workloadOf } from '../changes/workload.ts';
import { displayName, matchObjects, objectKey, parseObjectKey } from '../manifests/identity.ts';
import { manifestsOf } from '../manifests/load.ts';
import { parseFile } from '../yaml/documents.ts';
import { findMarkers } from '../yaml/markers.ts';
import { kustomizationImages } from './kustomization.ts';
import { placesOf } from './places.ts';
import { placeProblems } from './problems.ts';

const SOURCES = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: cart, namespace: flux-system}
spec: {imageRepositoryRef: {name: cart}, policy: {semver: {range: ~1}}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: cart, namespace: flux-system}
spec: {image: ghcr.io/you/cart}
`;
const mark = (part = ''): string => `# {"$imagepolicy": "flux-system:cart${part}"}`;

function look(file: string, text: string) {
  const parsed = parseFile(file, text);
  const markers = findMarkers(file, text, parsed);
  const places = placesOf(file, parsed, markers);
  const { manifests } = manifestsOf(parsed);
  const taken = new Set(manifests.map(({ document }) => document));
  const all = [...manifests, ...places.filter(({ document }) => !taken.has(document))];
  const sources = manifestsOf(parseFile('flux.yaml', SOURCES)).manifests;
  const marked = markedImages(file, markers, [...all, ...sources]);
  const workloads = all.flatMap((manifest) => workloadOf(manifest, marked.images) ?? []);
  const problems = [...marked.problems, ...placeProblems(parsed, all)];
  return { all, marked: marked.images, workloads, problems };
}

function change(file: string, text: string, ...changes: Change[]) {
  const { all, marked } = look(file, text);
  const plan = planChanges({
    manifests: all,
    marked,
    changes,
    requestedBy: { name: 'Ada' },
    tagsFor: () => undefined,
    previousTag: () => undefined,
    chosenTag: () => undefined,
  });
  const after = applyChanges(new Map([[file, text]]), plan.edits).get(file) ?? text;
  return { ...plan, after };
}

interface Case {
  readonly file: string;
  readonly text: string;
  /** Name, container and image of each. */
  readonly images: readonly [string, string, string][];
  /** What `1.4.1` becomes: only the first that is found, or each of them. */
  readonly release?: string;
  readonly container?: string;
}

const cases: Record<string, Case> = {
  'a tag with a marker in the values of a chart': {
    file: 'charts/cart/values.yaml',
    text: `image:\r\n  repository: ghcr.io/you/cart\r\n  tag: "1.4.1" ${mark(':tag')}\r\n`,
    images: [['file:charts/cart/values.yaml', 'image', 'ghcr.io/you/cart:1.4.1']],
  },
  'a whole reference with a marker, in a flow mapping, at the top': {
    file: 'values.yaml',
    text: `{image: 'ghcr.io/you/cart:1.4.1'} ${mark()}`,
    images: [['file:values.yaml', 'image', 'ghcr.io/you/cart:1.4.1']],
  },
  'a tag at the top of a file': {
    file: 'versions.yaml',
    text: `# ours\ncartTag: 1.4.1 ${mark(':tag')}\n`,
    images: [['file:versions.yaml', 'cartTag', 'ghcr.io/you/cart:1.4.1']],
  },
  'a later document, of a file whose name has a space': {
    file: 'my values.yaml',
    text: `a: 1\n---\nb:\n  - image: ghcr.io/you/cart:1.4.1 ${mark()}\n`,
    images: [['file:my%20values.yaml#2', 'b[0].image', 'ghcr.io/you/cart:1.4.1']],
  },
  'a JSON patch, whose document is a list': {
    file: 'overlays/prod/patch.yaml',
    text: `- op: replace\n  path: /spec/image\n  value: ghcr.io/you/cart:1.4.1 ${mark()}\n`,
    images: [['file:overlays/prod/patch.yaml[0]', 'value', 'ghcr.io/you/cart:1.4.1']],
  },
  'a kustomization with and without markers': {
    file: 'overlays/prod/kustomization.yaml',
    text: `resources: [../base]\nimages:\n  - name: ghcr.io/you/cart\n    newTag: 1.4.1 ${mark(':tag')}\n  - {name: web, newName: ghcr.io/you/front, newTag: v2}\n  - name: ghcr.io/you/none\n    newName: r.io/none\n`,
    images: [
      ['kustomization:overlays/prod/kustomization.yaml', 'cart', 'ghcr.io/you/cart:1.4.1'],
      ['kustomization:overlays/prod/kustomization.yaml', 'web', 'ghcr.io/you/front:v2'],
    ],
    container: 'cart',
  },
  'a kustomization without extension, its tag without a marker': {
    file: 'Kustomization',
    text: "images:\n- name: ghcr.io/you/cart # the cart\n  newTag: '1.4.1'\n",
    images: [['kustomization:Kustomization', 'cart', 'ghcr.io/you/cart:1.4.1']],
  },
  'a service of Compose': {
    file: 'deploy/compose.yaml',
    text: 'services:\n  db:\n    image: postgres:16\n  cart:\n    x-weaveflux: {automated: true, tag: semver:~1}\n    image: &cart ghcr.io/you/cart:1.4.1 # kept\n',
    images: [['service:deploy/compose.yaml/cart', 'cart', 'ghcr.io/you/cart:1.4.1']],
  },
};

describe('images outside of objects', () => {
  for (const [name, { file, text, images, container }] of Object.entries(cases)) {
    it(`${name}: it is found, and released without another byte`, () => {
      const { workloads, problems } = look(file, text);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        workloads.flatMap(({ name: shown, containers }) => containers.map((it) => [shown, it.name, it.image])),
        images,
      );
      const [workload] = workloads;
      assert.ok(workload);
      const named = container === undefined ? {} : { container };
      const {
        after,
        images: changed,
        problems: refused,
      } = change(file, text, {
        kind: 'release',
        workload: workload.name,
        tag: '1.4.2',
        ...named,
      });
      assert.deepEqual(refused, []);
      assert.equal(after, text.replace('1.4.1', '1.4.2'));
      assert.deepEqual(
        changed.map(({ from, to }) => [from, to]),
        [['1.4.1', '1.4.2']],
      );
    });
  }

  it('are named by their path, and by any end of it', () => {
    const { all } = look('charts/cart/values.yaml', `tag: 1.4.1 ${mark(':tag')}\n`);
    const [place] = all;
    assert.ok(place);
    assert.deepEqual(parseObjectKey(objectKey(place.id)), place.id);
    for (const text of ['file:charts/cart/values.yaml', 'charts/cart/values.yaml', 'cart/values.yaml', 'values.yaml']) {
      assert.deepEqual(matchObjects([place.id], text).map(displayName), ['file:charts/cart/values.yaml'], text);
    }
    assert.deepEqual(matchObjects([place.id], 'lues.yaml'), []);
  });

  it('are not files, kustomizations and services in which nothing says so', () => {
    for (const [file, text] of [
      ['values.yaml', 'image: ghcr.io/you/cart:1.4.1\n'],
      ['kustomization.yaml', 'resources: [a.yaml]\n'],
      ['compose.yaml', 'services: {cart: {image: "ghcr.io/you/cart:1.4.1"}}\n'],
      ['values.yaml', 'images:\n- {name: cart, newTag: "1"}\n'],
    ] as const) {
      assert.deepEqual(look(file, text).all, [], text);
    }
  });
});

const KUSTOMIZATION = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
metadata:
  name: prod
  annotations:
    weaveflux.dev/automated: "true"
    weaveflux.dev/tag.cart: semver:~1
images:
  - name: ghcr.io/you/cart
    newTag: 1.4.1
`;
const SERVICE = `services:
  cart:
    image: ghcr.io/you/cart:1.4.1
    x-weaveflux:
      automated: true
      tag: semver:~1   # patches
      min-age: 1h
`;

test('policies stand in the annotations of a kustomization, and under x-weaveflux in a service', () => {
  for (const [file, text] of [
    ['kustomization.yaml', KUSTOMIZATION],
    ['compose.yaml', SERVICE],
    [
      'compose.yaml',
      SERVICE.replace('automated', 'weaveflux.dev/automated').replace('tag:', 'weaveflux.dev/tag.cart:'),
    ],
    ['compose.yaml', SERVICE.replace('automated: true', 'fluxcd.io/automated: "true"')],
  ] as const) {
    const { workloads } = look(file, text);
    const [workload] = workloads;
    const policy = workload?.policies.containers.get('cart')?.policy?.text;
    assert.deepEqual(
      [workload?.policies.automated, policy, workload?.policies.problems],
      [true, 'semver:~1', []],
      text,
    );
  }
});

test('a pin is written where policies stand, and its end leaves the file as it was', () => {
  const pin: Change = { kind: 'pin', workload: 'cart', reason: 'an audit' };
  const service = change('compose.yaml', SERVICE, pin).after;
  assert.equal(
    service,
    SERVICE.replace(
      'min-age: 1h\n',
      'min-age: 1h\n      locked: "true"\n      locked_user: Ada\n      locked_msg: an audit\n',
    ),
  );
  assert.equal(change('compose.yaml', service, { kind: 'unpin', workload: 'cart' }).after, SERVICE);
  const workload = 'kustomization.yaml';
  const pinned = change(workload, KUSTOMIZATION, { ...pin, workload, container: 'cart' }).after;
  assert.match(pinned, /\n {4}weaveflux\.dev\/locked\.cart: "true"\n/);
  assert.equal(change(workload, pinned, { kind: 'unpin', workload }).after, KUSTOMIZATION);
});

test('policies of a service and a kustomization are set in their own spelling', () => {
  const policy: Change = { kind: 'policy', workload: 'cart', container: 'cart', policy: 'semver:~2' };
  assert.equal(change('compose.yaml', SERVICE, policy).after, SERVICE.replace('~1 ', '~2 '));
  const bare = SERVICE.replace(/ {6}tag.*\n/, '');
  assert.equal(change('compose.yaml', bare, policy).after, `${bare}      tag: semver:~2\n`);
  const workload = 'kustomization.yaml';
  assert.equal(change(workload, KUSTOMIZATION, { ...policy, workload }).after, KUSTOMIZATION.replace('~1', '~2'));
});

test('a file of which only markers tell takes no pin and no policy', () => {
  const text = `tag: 1.4.1 ${mark(':tag')}\n`;
  const wishes: Change[] = [
    { kind: 'pin', workload: 'values.yaml', reason: 'x' },
    { kind: 'automate', workload: 'values.yaml' },
    { kind: 'deautomate', workload: 'values.yaml' },
    { kind: 'policy', workload: 'values.yaml', container: 'tag', policy: 'semver:~2' },
  ];
  for (const wish of wishes) {
    const { after, problems } = change('values.yaml', text, wish);
    assert.equal(after, text);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['NOT_SUPPORTED'],
      wish.kind,
    );
    assert.match(problems[0]?.message ?? '', /^file:values\.yaml has no room for annotations/);
  }
});

const faults: [name: string, file: string, text: string, line: number, says: RegExp][] = [
  [
    'two images of one last name',
    'kustomization.yaml',
    `${KUSTOMIZATION}  - {name: r.io/other/cart, newTag: "2"}\n`,
    10,
    /two images end with "cart", so weaveflux\.dev\/tag\.cart may mean either/,
  ],
  [
    'a tag that is a number',
    'kustomization.yaml',
    KUSTOMIZATION.replace('1.4.1', '1.4'),
    10,
    /newTag is not a string but 1\.4; put it/,
  ],
  [
    'variables in a service',
    'compose.yaml',
    SERVICE.replace('1.4.1', '$'.concat('{TAG:-1.4.1}')),
    3,
    /put together by Compose from variables/,
  ],
  [
    'a service without image',
    'compose.yaml',
    SERVICE.replace(/ {4}image.*\n/, '    build: .\n'),
    2,
    /the service "cart" has no image/,
  ],
  [
    'a digest beside a tag that stands in the name',
    'release.yaml',
    `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: cart, annotations: { weaveflux.dev/automated: "true" } }
spec:
  values:
    image:
      repository: r.io/cart:1.0
      digest: sha256:${'d'.repeat(64)}
`,
    7,
    /an image of <cluster>:helmrelease\/cart is not followed: "r\.io\/cart:1\.0" has its tag in the name/,
  ],
  [
    'keys that are a list',
    'compose.yaml',
    SERVICE.replace(/x-weaveflux:\n(.*\n)*/, 'x-weaveflux: [a]\n'),
    4,
    /x-weaveflux is no mapping/,
  ],
];
for (const [name, file, text, line, says] of faults) {
  test(`what cannot be followed is told at its line: ${name}`, () => {
    const { problems } = look(file, text);
    assert.ok(problems.length > 0);
    assert.deepEqual([problems[0]?.file, problems[0]?.line, problems[0]?.severity], [file, line, 'warning']);
    assert.match(problems[0]?.message ?? '', says);
  });
}

test('a tag that is shared by an anchor is refused at its line', () => {
  const text = `x: &tag 1.4.1\nimages:\n- name: ghcr.io/you/cart\n  newTag: *tag\n`;
  const workload = 'kustomization.yaml';
  assert.throws(
    () => change(workload, text, { kind: 'release', workload, tag: '1.4.2' }),
    /line 4 cannot be edited: .*shared by an alias/,
  );
});

test('very many markers in one kustomization take no longer each than few', () => {
  const entries = Array.from(
    { length: 8_000 },
    (_, n) => `- name: r.io/image-${n}\n  newName: ghcr.io/you/cart\n  newTag: 1.0.${n} ${mark(':tag')}\n`,
  );
  const before = performance.now();
  const { workloads, marked: found } = look('kustomization.yaml', `images:\n${entries.join('')}`);
  // To read all images again for each takes minutes.
  assert.ok(performance.now() - before < 20_000);
  assert.deepEqual([found.length, workloads[0]?.containers.length], [8_000, 8_000]);
});

test('a kustomization of very many images takes no longer an image than one of few', () => {
  const images = Array.from({ length: 60_000 }, (_, n) => ({ name: `r.io/image-${n}`, newTag: '1.0' }));
  const before = performance.now();
  const { containers, faults } = kustomizationImages({ images: [...images, { name: 'r.io/image-7', newTag: '2' }] });
  // Comparing each with each takes a minute.
  assert.ok(performance.now() - before < 20_000);
  assert.deepEqual([containers.length, faults.length], [59_999, 2]);
});
