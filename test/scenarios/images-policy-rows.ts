import type { TagOptions } from '../rig/index.ts';
import { policies } from './images-support.ts';

/** One workload with an image repository of its own, and what its policy must make of the tags there. */
export interface PolicyRow {
  readonly name: string;
  /** In the order in which they were built, an hour apart where no time is told. */
  readonly tags: readonly (string | TagOptions)[];
  /** The tag in the file. */
  readonly from: string;
  /** The tag that is committed; absent = the file stays. */
  readonly to?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** The `spec` of an ImagePolicy of Flux v2, to which a marker refers; instead of annotations. */
  readonly imagePolicy?: Readonly<Record<string, unknown>>;
  /** The digest of the tag is committed behind it. `moved` = an older one is in the file. */
  readonly digest?: 'added' | 'moved';
}

const SIGNATURE = `sha256-${'a'.repeat(64)}.sig`;
const BOTH = ['linux/amd64', 'linux/arm64'];
const VERSIONS = ['1.9.0', '1.10.0', '1.2.0', '2.0.0-rc.1', '2.0.0', 'main'];
const BUILDS = ['main-a1-9', 'main-c3-100', 'main-b2-20', 'dev-d4-300'];
const DATES = ['2026-01', '2026-03', '2026-02', 'nightly'];

const SEMVER: readonly PolicyRow[] = [
  row('semver-tilde', VERSIONS, '1.9.0', '1.10.0', tag('semver:~1')),
  row('semver-any', VERSIONS, '1.9.0', '2.0.0', tag('semver:*')),
  row('semver-or', VERSIONS, '1.2.0', '1.9.0', tag('semver:~1.2 || ~1.9')),
  row('semver-hyphen', VERSIONS, '1.2.0', '1.10.0', tag('semver:1.0 - 1.11')),
  row('semver-pre', ['1.0.0', '1.1.0-rc.9', '1.1.0-rc.10'], '1.0.0', '1.1.0-rc.10', tag('semver:>=1.0.0-0')),
  row('semver-no-pre', ['1.0.0', '1.0.1', '1.1.0-rc.1'], '1.0.0', '1.0.1', tag('semver:>=1.0.0')),
  row('semver-equal', ['1.9', '1.10', '1.10.0'], '1.9', '1.10.0', tag('semver:1.x')),
  row('semver-v', ['v1.0.0', 'v1.1.0', 'vnext'], 'v1.0.0', 'v1.1.0', tag('semver:^1')),
  stays('semver-never-older', ['1.4.0', '1.3.0'], '1.5.0', tag('semver:~1')),
  stays('semver-no-range', ['1.0.0', '1.1.0'], '1.0.0', tag('semver:not a range')),
];

const TEXT: readonly PolicyRow[] = [
  row('glob', ['main-9', 'main-12', 'dev-13', 'latest'], 'main-9', 'main-12', tag('glob:main-*')),
  row('glob-bare', ['main-9', 'main-12', 'dev-13'], 'main-9', 'main-12', tag('main-*')),
  row('regexp', ['r1', 'r9', 'r3', 'x4'], 'r1', 'r3', tag('regexp:^r[0-9]+$')),
  row('regex', ['r1', 'r9', 'r3', 'x4'], 'r1', 'r3', tag('regex:^r[0-9]+$')),
  row('newest', ['zz', 'mm', 'aa', 'latest', SIGNATURE], 'zz', 'aa', tag('newest:')),
  row('newest-by-time', [{ tag: 'a', created: '2025-05-05T00:00:00Z' }, 'b', 'c'], 'b', 'a', tag('newest:')),
  row('numerical', BUILDS, 'main-a1-9', 'main-c3-100', tag('numerical:^main-.*-(\\d+)$')),
  row('numerical-whole', ['9', '100', '20', 'x'], '9', '100', tag('numerical:')),
  row('numerical-decimal', ['v1.25', 'v1.5', 'v1.3'], 'v1.25', 'v1.5', tag('numerical:^v(.*)$')),
  row('alphabetical', DATES, '2026-01', '2026-03', tag('alphabetical:^2026-')),
  row('alphabetical-group', ['x-1', 'a-3', 'm-2'], 'x-1', 'a-3', tag('alphabetical:^[a-z]-(.+)$')),
];

const FILTERED: readonly PolicyRow[] = [
  row('filter-semver', ['prod-v1.0.0', 'prod-v1.2.0', 'dev-v1.9.0'], 'prod-v1.0.0', 'prod-v1.2.0', {
    ...tag('semver:~1'),
    ...filter('^prod-v(.*)$'),
  }),
  row('filter-numerical', BUILDS, 'main-a1-9', 'main-c3-100', { ...tag('numerical:'), ...filter('^main-.*-(\\d+)$') }),
  row('filter-alphabetical', ['r-a-z', 'r-b-a', 's-c-a'], 'r-a-z', 'r-b-a', {
    ...tag('alphabetical:'),
    ...filter('^r-(\\w)'),
  }),
  row('filter-newest', ['a-1', 'a-2', 'b-3'], 'a-1', 'a-2', { ...tag('newest:'), ...filter('^a-') }),
  row('min-age', ['1.0.0', '1.1.0', { tag: '1.2.0', created: new Date().toISOString() }], '1.0.0', '1.1.0', {
    ...tag('semver:~1'),
    'weaveflux.dev/min-age.app': '24h',
  }),
  row('platform', ['1.0.0', { tag: '1.1.0', platforms: BOTH }, '1.2.0'], '1.0.0', '1.1.0', {
    ...tag('semver:~1'),
    'weaveflux.dev/platform.app': 'linux/arm64',
  }),
  { ...row('digest', ['1.0.0', '1.1.0'], '1.0.0', '1.1.0', follow('semver:~1')), digest: 'added' },
  { ...row('digest-moved', ['stable', 'edge'], 'stable', 'stable', follow('glob:stable')), digest: 'moved' },
  stays('locked', ['1.0.0', '1.1.0'], '1.0.0', { ...tag('semver:~1'), 'weaveflux.dev/locked': 'true' }),
  stays('locked-one', ['1.0.0', '1.1.0'], '1.0.0', { ...tag('semver:~1'), 'weaveflux.dev/locked.app': 'true' }),
  stays('not-automated', ['1.0.0', '1.1.0'], '1.0.0', { 'weaveflux.dev/tag.app': 'semver:~1' }),
];

const FLUX_V1: readonly PolicyRow[] = [
  row('v1-semver', VERSIONS, '1.9.0', '1.10.0', { 'fluxcd.io/automated': 'true', 'fluxcd.io/tag.app': 'semver:~1' }),
  row('v1-regexp', ['r1', 'r9', 'r3'], 'r1', 'r3', { 'fluxcd.io/automated': 'true', 'fluxcd.io/tag.app': 'regexp:^r' }),
  row('v1-filter', VERSIONS, '1.9.0', '1.10.0', {
    'fluxcd.io/automated': 'true',
    'filter.fluxcd.io/app': 'semver:1.x',
  }),
  row('v1-legacy', ['master-1', 'master-2', 'other-3'], 'master-1', 'master-2', {
    'flux.weave.works/automated': 'true',
    'flux.weave.works/tag.app': 'glob:master-*',
  }),
  row('v1-unwritten', ['one', 'two', 'latest'], 'one', 'two', { 'fluxcd.io/automated': 'true' }),
  stays('v1-locked', ['1.0.0', '1.1.0'], '1.0.0', {
    'fluxcd.io/automated': 'true',
    'fluxcd.io/tag.app': 'semver:~1',
    'fluxcd.io/locked': 'true',
  }),
];

const MAIN = { pattern: '^main-[a-z0-9]+-(?P<build>[0-9]+)$', extract: '$build' };

const FLUX_V2: readonly PolicyRow[] = [
  marked('v2-semver', VERSIONS, '1.9.0', '1.10.0', { policy: { semver: { range: '1.x' } } }),
  marked('v2-semver-pre', VERSIONS, '1.9.0', '2.0.0-rc.1', { policy: { semver: { range: '>=1.0.0-0 <2.0.0' } } }),
  marked('v2-numerical', ['9', '100', '20'], '9', '100', { policy: { numerical: { order: 'asc' } } }),
  marked('v2-numerical-desc', ['20', '9', '100'], '20', '9', { policy: { numerical: { order: 'desc' } } }),
  marked('v2-alphabetical', ['a', 'c', 'b'], 'a', 'c', { policy: { alphabetical: {} } }),
  marked('v2-alphabetical-desc', ['c', 'a', 'b'], 'c', 'a', { policy: { alphabetical: { order: 'desc' } } }),
  marked('v2-extract', BUILDS, 'main-a1-9', 'main-c3-100', {
    filterTags: MAIN,
    policy: { numerical: { order: 'asc' } },
  }),
  marked('v2-extract-semver', ['prod-1.2.0', 'prod-1.10.0', 'dev-1.11.0'], 'prod-1.2.0', 'prod-1.10.0', {
    filterTags: { pattern: '^prod-(.*)$', extract: '$1' },
    policy: { semver: { range: '^1' } },
  }),
];

/** Every kind of policy in every spelling. */
export const POLICY_ROWS: readonly PolicyRow[] = [...SEMVER, ...TEXT, ...FILTERED, ...FLUX_V1, ...FLUX_V2];

type Tags = PolicyRow['tags'];
type Annotations = Readonly<Record<string, string>>;

function row(name: string, tags: Tags, from: string, to: string, annotations: Annotations): PolicyRow {
  return { name, tags, from, to, annotations };
}

function stays(name: string, tags: Tags, from: string, annotations: Annotations): PolicyRow {
  return { name, tags, from, annotations };
}

function marked(
  name: string,
  tags: Tags,
  from: string,
  to: string,
  imagePolicy: Readonly<Record<string, unknown>>,
): PolicyRow {
  return { name, tags, from, to, imagePolicy };
}

function tag(policy: string): Annotations {
  return policies({ app: policy });
}

function filter(expression: string): Annotations {
  return { 'weaveflux.dev/tag-filter.app': expression };
}

function follow(policy: string): Annotations {
  return { ...tag(policy), 'weaveflux.dev/digest.app': 'follow' };
}
