import { parseDuration } from '../duration.ts';
import { failure, type Problem, warning } from '../problems.ts';
import { KEYS, type KeyName, MAX_KEY_NAME, PREFIX } from './keys.ts';
import { parsePolicy } from './parse.ts';
import { type KeySpelling, precedenceOf, readKey } from './spellings.ts';
import type { ContainerPolicy, ObjectPolicies, PolicyProblem } from './types.ts';
import { isFalseInFlux, splitPointers, wrongValue } from './values.ts';

/** Annotations of an object as read: strings, unless the YAML says something else. */
export type Annotations = Readonly<Record<string, unknown>>;

/** A key that is written: its value where it is in order, else what is wrong with it. */
interface Entry {
  readonly annotation: string;
  readonly value?: string;
  readonly problem?: PolicyProblem;
}

type Look = (name: KeyName, container?: string) => Entry | undefined;

/** Keys that decide whether a container may be released: where one cannot be understood, it is not. */
const DECIDING = ['tag', 'tag-filter', 'min-age', 'platform', 'digest', 'locked', 'approval'] as const;

/** What the annotations of one object mean for it and for its containers, with all that is wrong with them. */
export function readPolicies(annotations: Annotations, containers: readonly string[]): ObjectPolicies {
  const { entries, problems } = readEntries(annotations, containers);
  const look: Look = (name, container) => entries.get(slotOf(name, container));
  const text = (name: KeyName): string | undefined => look(name)?.value;
  const ignore = text('ignore');
  const ignoreUntil = text('ignore-until');
  const automated = text('automated') === 'true';
  const rollback = look('rollback');
  const group = text('group')?.trim();
  const read = containers.map((container) => readContainer(container, look));
  const known = new Set<Problem>(problems);
  return {
    automated,
    ignore: ignore === 'true' || ignore === 'sync_only' ? ignore : false,
    ...(ignoreUntil === undefined ? {} : { ignoreUntil }),
    ignoreFields: splitPointers(text('ignore-fields') ?? ''),
    pruneDisabled: text('prune') === 'disabled',
    driftReport: text('drift') === 'report',
    recreate: text('recreate') === 'true',
    ...(rollback === undefined ? {} : { rollback: rollback.value === 'true' }),
    ...(group === undefined || group === '' ? {} : { group }),
    containers: new Map(read.map((policy) => [policy.container, policy])),
    problems: [
      ...problems,
      ...read.flatMap(({ invalid }) => (invalid === undefined || known.has(invalid) ? [] : [invalid])),
      ...(automated ? containers.filter((container) => tooLong(`tag.${container}`)).map(nameTooLong) : []),
    ],
  };
}

/** The problems with object, file and line, by a way to the line of an annotation's key. */
export function locatePolicyProblems(
  problems: readonly PolicyProblem[],
  about: { object: string; file: string; line: number },
  lineOf: (annotation: string) => number | undefined,
): Problem[] {
  return problems.map(({ annotation, ...problem }) => ({
    ...problem,
    ...about,
    line: (annotation === undefined ? undefined : lineOf(annotation)) ?? about.line,
  }));
}

function readContainer(container: string, look: Look): ContainerPolicy {
  const deciding = [...DECIDING.map((name) => look(name, container)), look('locked'), look('approval')];
  const problem = deciding.find((entry) => entry?.problem?.severity === 'error')?.problem;
  const pinned = look('locked')?.value === 'true' || look('locked', container)?.value === 'true';
  const pinUser = look('locked_user')?.value;
  const pinMessage = look('locked_msg')?.value;
  const minAge = look('min-age', container)?.value;
  const platform = look('platform', container)?.value;
  const needsApproval = [look('approval'), look('approval', container)].some((entry) => entry?.value === 'required');
  return {
    container,
    ...(problem === undefined ? readPolicy(container, look) : { invalid: problem }),
    pinned,
    ...(pinned && pinUser !== undefined ? { pinUser } : {}),
    ...(pinned && pinMessage !== undefined ? { pinMessage } : {}),
    followDigest: look('digest', container)?.value === 'follow',
    ...(minAge === undefined ? {} : { minAge: parseDuration(minAge) }),
    ...(platform === undefined ? {} : { platform }),
    ...(needsApproval ? { approval: true } : {}),
  };
}

function readPolicy(container: string, look: Look): Pick<ContainerPolicy, 'policy' | 'invalid'> {
  const tag = look('tag', container);
  const filter = look('tag-filter', container);
  if (tag === undefined && filter === undefined) return {};
  const options = filter?.value === undefined ? {} : { filter: filter.value };
  const { policy, invalid } = parsePolicy(tag?.value ?? 'glob:*', options);
  if (policy !== undefined) return { policy };
  const annotation = tag?.annotation ?? filter?.annotation;
  const problem: PolicyProblem = { ...invalid, ...(annotation === undefined ? {} : { annotation }) };
  return { invalid: problem };
}

function readEntries(
  annotations: Annotations,
  containers: readonly string[],
): { entries: Map<string, Entry>; problems: PolicyProblem[] } {
  const entries = new Map<string, Entry>();
  const problems: PolicyProblem[] = [];
  for (const [annotation, value] of Object.entries(annotations)) {
    const found = readKey(annotation);
    if (found === undefined) continue;
    const problem = found === 'unknown' ? unknownKey(annotation) : wrongEntry(annotation, found, value, containers);
    if (problem !== undefined) problems.push(problem);
    if (found === 'unknown') continue;
    const slot = slotOf(found.key.name, found.container);
    const other = entries.get(slot);
    if (other !== undefined && precedenceOf(other.annotation) < precedenceOf(annotation)) continue;
    const usable = problem?.severity !== 'error' && typeof value === 'string';
    entries.set(slot, {
      annotation,
      ...(usable ? { value } : {}),
      ...(problem === undefined ? {} : { problem }),
    });
  }
  return { entries, problems };
}

/** What a key is about, however it is spelled. */
function slotOf(name: string, container: string | undefined): string {
  return container === undefined ? name : `${name}.${container}`;
}

function wrongEntry(
  annotation: string,
  found: KeySpelling,
  value: unknown,
  containers: readonly string[],
): PolicyProblem | undefined {
  const name = annotation.slice(annotation.indexOf('/') + 1);
  if (tooLong(name)) {
    const message = `The name "${name}" in ${annotation} is longer than the ${MAX_KEY_NAME} characters that Kubernetes takes; it cannot be applied.`;
    return { ...failure('INVALID_POLICY', message), annotation };
  }
  if (found.container !== undefined && !containers.includes(found.container)) {
    // Flux v1 names parts of a chart's values like containers; they are no mistake.
    if (found.spelling === 'flux' && containers.length === 0) return undefined;
    return { ...warning('UNKNOWN_KEY', unknownContainer(annotation, found.container, containers)), annotation };
  }
  const wrong = wrongValue(found.key, value);
  if (wrong === undefined) return undefined;
  if (!isFalseInFlux(found, value)) return { ...failure('INVALID_POLICY', `${annotation} ${wrong}.`), annotation };
  return { ...warning('INVALID_POLICY', `${annotation} ${wrong}; as in Flux v1 it counts as "false".`), annotation };
}

function unknownContainer(annotation: string, container: string, containers: readonly string[]): string {
  const there =
    containers.length === 0 ? 'the object has no containers' : `the containers are ${containers.join(', ')}`;
  return `${annotation} means the container "${container}", and ${there}; correct the name.`;
}

function unknownKey(annotation: string): PolicyProblem {
  const name = annotation.slice(PREFIX.length);
  const needsContainer = KEYS.some((key) => key.name === name && key.perContainer);
  const hint = needsContainer ? `write ${annotation}.<container>` : 'docs/reference/policies.md lists every key';
  return { ...warning('UNKNOWN_KEY', `${annotation} is no key of Weaveflux and means nothing; ${hint}.`), annotation };
}

function nameTooLong(container: string): PolicyProblem {
  return warning(
    'INVALID_POLICY',
    `The container name "${container}" is too long for ${PREFIX}tag.${container}, whose name may have ${MAX_KEY_NAME} characters; write filter.fluxcd.io/${container}, or give it a shorter name.`,
  );
}

function tooLong(name: string): boolean {
  return name.length > MAX_KEY_NAME;
}
