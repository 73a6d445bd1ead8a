import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import { workloadsIn } from '../changes/file-workloads.ts';
import { promotion, type Side } from './promotion.ts';
import { promotedTexts } from './texts.ts';

const OLD = `sha256:${'a'.repeat(64)}`;
const NEW = `sha256:${'b'.repeat(64)}`;

interface App {
  readonly image: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly annotations?: string;
}

function deployment({ image, name = 'web', namespace, annotations = '' }: App): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
${namespace === undefined ? '' : `  namespace: ${namespace}\n`}  annotations: {${annotations}}
spec:
  template:
    spec:
      containers:
        - name: app
          image: ${image} # kept
`;
}

function side(apps: readonly App[], images: readonly Partial<ImageStatus>[] = []): Side & { text: string } {
  const text = apps.map(deployment).join('---\n');
  const statuses = images.map(
    (image): ImageStatus => ({
      object: 'apps/Deployment/shop/web',
      name: 'shop:deployment/web',
      container: 'app',
      file: 'web.yaml',
      line: 1,
      image: 'r.io/web:1',
      repository: 'r.io/web',
      tag: '1',
      automated: false,
      state: 'current',
      reason: '',
      held: [],
      available: [],
      ...image,
    }),
  );
  return { text, workloads: workloadsIn('web.yaml', text).workloads.map(({ workload }) => workload), images: statuses };
}

const cases: { name: string; from: Side; to: Side; result: string[] }[] = [
  {
    name: 'a newer tag',
    from: side([{ image: 'r.io/web:1.5.0', namespace: 'staging' }]),
    to: side([{ image: 'r.io/web:1.4.2', namespace: 'prod' }]),
    result: ['prod:deployment/web 1.4.2 -> r.io/web:1.5.0'],
  },
  {
    name: 'equal images are left alone',
    from: side([{ image: 'r.io/web:1.5.0' }]),
    to: side([{ image: 'r.io/web:1.5.0' }]),
    result: ['1 same'],
  },
  {
    name: 'the digest goes with the tag',
    from: side([{ image: `r.io/web:1.5.0@${NEW}` }]),
    to: side([{ image: `r.io/web:1.5.0@${OLD}` }]),
    result: [`deployment/web 1.5.0 -> r.io/web:1.5.0@${NEW}`],
  },
  {
    name: 'a digest that is only known to the agent',
    from: side([{ image: 'r.io/web:1.5.0', namespace: 'shop' }], [{ available: [{ tag: '1.5.0', digest: NEW }] }]),
    to: side([{ image: `r.io/web:1.4.2@${OLD}` }]),
    result: [`deployment/web 1.4.2 -> r.io/web:1.5.0@${NEW}`],
  },
  {
    name: 'a digest that nobody knows',
    from: side([{ image: 'r.io/web:1.5.0' }]),
    to: side([{ image: `r.io/web:1.4.2@${OLD}` }]),
    result: ['deployment/web refused: The digest of 1.5.0 is not known.'],
  },
  {
    name: 'another registry keeps its name',
    from: side([{ image: 'staging.io/team/web:1.5.0' }]),
    to: side([{ image: 'prod.io/web:1.4.2' }]),
    result: ['deployment/web 1.4.2 -> prod.io/web:1.5.0 (stays in prod.io/web)'],
  },
  {
    name: 'another image is another image',
    from: side([{ image: 'r.io/web:1.5.0' }]),
    to: side([{ image: 'r.io/shop:1.4.2' }]),
    result: ['deployment/web refused: It has r.io/shop, and r.io/web is another image.'],
  },
  {
    name: 'a pin, a hold, and a target that is ahead speak against it',
    from: side([{ image: 'r.io/web:1.5.0' }]),
    to: side(
      [{ image: 'r.io/web:1.6.0', annotations: 'weaveflux.dev/locked: "true", weaveflux.dev/locked_user: Ann' }],
      [{ held: ['1.5.0'] }],
    ),
    result: [
      'deployment/web 1.6.0 -> r.io/web:1.5.0 (not proposed: pinned by Ann; 1.5.0 is held after a revert; 1.6.0 is newer)',
    ],
  },
  {
    name: 'a policy that would replace it is told of',
    from: side([{ image: 'r.io/web:1.5.0' }]),
    to: side([
      {
        image: 'r.io/web:1.4.2',
        annotations: 'fluxcd.io/automated: "true", fluxcd.io/tag.app: "semver:~1.4"',
      },
    ]),
    result: ['deployment/web 1.4.2 -> r.io/web:1.5.0 (does not fit semver:~1.4, which may replace it)'],
  },
  {
    name: 'created times tell which of two tags is newer',
    from: side([{ image: 'r.io/web:blue' }]),
    to: side(
      [{ image: 'r.io/web:red' }],
      [
        {
          available: [
            { tag: 'red', created: '2030-01-02T00:00:00Z' },
            { tag: 'blue', created: '2030-01-01T00:00:00Z' },
          ],
        },
      ],
    ),
    result: ['deployment/web red -> r.io/web:blue (not proposed: red is newer)'],
  },
  {
    name: 'of several that fit, the one of the same namespace counts',
    from: side([
      { image: 'r.io/web:1.5.0', namespace: 'a' },
      { image: 'r.io/web:1.6.0', namespace: 'b' },
    ]),
    to: side([{ image: 'r.io/web:1.4.2', namespace: 'b' }]),
    result: ['b:deployment/web 1.4.2 -> r.io/web:1.6.0'],
  },
  {
    name: 'several that fit and differ are not guessed at',
    from: side([
      { image: 'r.io/web:1.5.0', namespace: 'a' },
      { image: 'r.io/web:1.6.0', namespace: 'b' },
    ]),
    to: side([{ image: 'r.io/web:1.4.2', namespace: 'c' }]),
    result: [
      'c:deployment/web refused: It may mean any of a:deployment/web, b:deployment/web, which have different versions.',
    ],
  },
  {
    name: 'what the source does not have is not touched, and what the target does not have is told',
    from: side([{ image: 'r.io/web:1.5.0', name: 'other' }]),
    to: side([{ image: 'r.io/web:1.4.2' }]),
    result: ['deployment/other refused: The target has no such workload.'],
  },
  {
    name: 'without a tag there is nothing to carry',
    from: side([{ image: 'r.io/web' }]),
    to: side([{ image: 'r.io/web:1.4.2' }]),
    result: ['deployment/web refused: "r.io/web" names no tag.'],
  },
];

for (const { name, from, to, result } of cases) {
  test(`promote: ${name}`, () => {
    const { items, refused, same } = promotion(from, to);
    const told = items.map(({ change, hints, isProposed }) => {
      const words = `${isProposed ? '' : 'not proposed: '}${hints.map(({ text }) => text).join('; ')}`;
      return `${change.place.workload} ${change.from} -> ${change.text}${words === '' ? '' : ` (${words})`}`;
    });
    const refusals = refused.map(({ workload, reason }) => `${workload} refused: ${reason}`);
    assert.deepEqual([...told, ...refusals, ...(same === 0 ? [] : [`${same} same`])], result);
  });
}

test('a container that the target does not have is told as that', () => {
  const text = deployment({ image: 'r.io/web:1.5.0' });
  const more = `${text}        - { name: proxy, image: "r.io/proxy:2" }\n`;
  const from = { workloads: workloadsIn('web.yaml', more).workloads.map(({ workload }) => workload), images: [] };
  const { items, refused } = promotion(from, side([{ image: 'r.io/web:1.4.2' }]));
  assert.equal(items.length, 1);
  assert.deepEqual(refused, [
    {
      kind: 'missing',
      workload: 'deployment/web',
      container: 'proxy',
      reason: 'The target has no such container.',
    },
  ]);
});

test('a promotion changes the version alone, and a file that cannot be edited stays', () => {
  const from = side([{ image: 'r.io/web:1.5.0' }]);
  const to = side([{ image: 'r.io/web:1.4.2' }]);
  const changes = promotion(from, to).items.map(({ change }) => change);
  const elsewhere = changes.map((change) => ({ ...change, place: { ...change.place, file: 'gone.yaml' } }));
  const { texts, images, problems } = promotedTexts(new Map([['web.yaml', to.text]]), [...changes, ...elsewhere]);
  assert.deepEqual([...texts], [['web.yaml', to.text.replace('1.4.2', '1.5.0')]]);
  assert.equal(images.length, 1);
  assert.equal(problems[0]?.file, 'gone.yaml');
});
