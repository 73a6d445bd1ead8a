import * as l10n from '@vscode/l10n';
import { type KeyDescription, POLICY_KINDS, type PolicyKind, type Tag } from '@weaveflux/shared';
import { judgePolicy, type PolicyVerdict, policyExamples } from '../changes/policy-examples.ts';
import { code, escaped } from '../markdown.ts';
import type { Completion } from './completion.ts';
import { type Scalar, snippet, written } from './scalar.ts';

/** Values that a key takes, other than policies. */
export function valueCompletions(key: KeyDescription, scalar: Scalar): Completion[] {
  const values = valuesOf(key);
  const hole = key.type === 'boolean' || key.type === 'ignore' || key.type === 'word' ? '' : undefined;
  return values.map((value) => {
    const text = written(value, scalar);
    return {
      ...plain(value, text, scalar),
      kind: 'value',
      documentation: escaped(key.meaning),
      ...(hole === undefined ? { text: snippet(text, inner(text, value)), isSnippet: true } : {}),
    };
  });
}

/** Policies for a container: those that suit its present tag, then one of each kind to be filled in. */
export function policyCompletions(scalar: Scalar, tag: string, known: readonly Tag[]): Completion[] {
  const suited = policyExamples(tag).map(({ policy, meaning }, index): Completion => {
    return {
      ...plain(policy, written(policy, scalar), scalar),
      kind: 'policy',
      detail: meaning,
      documentation: [l10n.t('Releases {0}.', escaped(meaning)), sayVerdict(judgePolicy(policy, known))]
        .filter((part) => part !== '')
        .join('\n\n'),
      isPreselected: index === 0 && tag !== '',
    };
  });
  const kinds = POLICY_KINDS.filter(({ prefix }) => prefix !== 'regex' && prefix !== 'newest');
  return [...suited, ...kinds.map((kind) => kindCompletion(kind, scalar))];
}

function sayVerdict(verdict: PolicyVerdict): string {
  if (verdict.kind === 'invalid' || verdict.known === 0) return '';
  const { matching, known, newest } = verdict;
  return newest === undefined
    ? l10n.t('Admits {0} of {1} known tags.', matching, known)
    : l10n.t('Admits {0} of {1} known tags, the newest is {2}.', matching, known, code(newest));
}

function kindCompletion({ prefix, order, meaning, example }: PolicyKind, scalar: Scalar): Completion {
  const text = written(example, scalar);
  const hole = inner(text, example).slice(prefix.length + 1);
  return {
    ...plain(`${prefix}:`, snippet(text, hole), scalar),
    kind: 'policy',
    detail: l10n.t('the newest by {0}', order),
    documentation: `${escaped(meaning)}\n\n${l10n.t('Example: {0}', code(example))}`,
    isSnippet: true,
  };
}

function plain(label: string, text: string, { range }: Scalar): Completion {
  return {
    kind: 'value',
    label,
    detail: '',
    documentation: '',
    text,
    isSnippet: false,
    range,
    filter: label,
    isPreselected: false,
    goesOn: false,
  };
}

/** What of a written value stands inside its quotes and blanks. */
function inner(text: string, value: string): string {
  const start = text.search(/[^\s"']/);
  return start < 0 ? value : text.slice(start).replace(/["']$/, '');
}

function valuesOf({ type, word, example }: KeyDescription): readonly string[] {
  switch (type) {
    case 'boolean':
      return ['true', 'false'];
    case 'ignore':
      return ['true', 'sync_only', 'false'];
    case 'word':
      return word === undefined ? [] : [word];
    case 'duration':
      return ['24h', '1h', '168h'];
    case 'regexp':
    case 'pointers':
      return [example];
    default:
      return [];
  }
}
