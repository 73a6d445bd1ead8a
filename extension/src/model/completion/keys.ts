import * as l10n from '@vscode/l10n';
import { annotationKeyFor, KEY_PREFIX, type KeyDescription, POLICY_KEYS } from '@weaveflux/shared';
import { hasLongName } from '../diagnostics/policies.ts';
import { escaped, exampleLine } from '../markdown.ts';
import type { TextRange } from '../source/types.ts';
import type { Completion } from './completion.ts';
import type { Outline } from './outline.ts';

/** Where a key of an annotation is typed. */
export interface KeyPlace {
  readonly range: TextRange;
  /** The other annotations of the object. */
  readonly existing: readonly string[];
  /** Whether only the key is to be written: a value is there, or the key stands in quotes. */
  readonly isKeyAlone: boolean;
}

/** Keys that say something of a workload's images; others fit every object. */
const OF_IMAGES = new Set([
  'approval',
  'automated',
  'group',
  'locked',
  'locked_msg',
  'locked_user',
  'recreate',
  'rollback',
]);

/** The annotations that an object can have and has not yet. */
export function keyCompletions({ range, existing, isKeyAlone }: KeyPlace, { containers }: Outline): Completion[] {
  const taken = new Set(existing);
  const written = Object.fromEntries(existing.map((key) => [key, '']));
  const names = containers.map(({ name }) => name);
  return POLICY_KEYS.flatMap((key: KeyDescription & { name: (typeof POLICY_KEYS)[number]['name'] }) => {
    if (key.place !== 'annotation' || (names.length === 0 && (key.perContainer || OF_IMAGES.has(key.name)))) return [];
    const ofContainers = key.perContainer ? names : [undefined];
    return ofContainers.flatMap((container) => {
      const ours = `${KEY_PREFIX}${key.name}${container === undefined ? '' : `.${container}`}`;
      const spellings = new Set([annotationKeyFor(written, key.name, container), ours]);
      return [...spellings].filter((text) => !taken.has(text) && !hasLongName(text)).map((text) => ({ key, text }));
    });
  }).map(({ key, text }) => {
    const value = isKeyAlone ? undefined : firstValue(key);
    return {
      kind: 'key',
      label: text,
      detail: key.perContainer ? l10n.t('Weaveflux, for one container') : 'Weaveflux',
      documentation: `${escaped(key.meaning)}\n\n${exampleLine(key.default, key.example)}`,
      text: isKeyAlone ? text : `${text}: ${value ?? ''}`,
      isSnippet: false,
      range,
      filter: text,
      isPreselected: false,
      goesOn: !isKeyAlone && value === undefined && key.type !== 'text',
    };
  });
}

/** The value that is written with a key, where hardly another is meant. */
function firstValue({ type, word }: KeyDescription): string | undefined {
  return type === 'boolean' ? '"true"' : type === 'word' ? word : undefined;
}
