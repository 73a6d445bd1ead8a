import { type Child, h, type Listener, type Node } from '../dom/node.ts';
import { TOOLKIT_TAGS } from '../toolkit.ts';
import { type IconName, icon } from './icon.ts';

/** A button. One that may not be pressed stays reachable and says why. */
export interface ButtonOptions {
  readonly label: string;
  readonly icon?: IconName;
  readonly isPrimary?: boolean;
  /** Why it may not be pressed. */
  readonly refused?: string | undefined;
  readonly testId: string;
  readonly onPress: () => void;
}

/** A button with a text. */
export function wfButton({ label, icon: picture, isPrimary, refused, testId, onPress }: ButtonOptions): Node {
  return h(
    TOOLKIT_TAGS.button,
    {
      key: testId,
      class: 'wf-button',
      appearance: isPrimary === true ? 'primary' : 'secondary',
      'aria-disabled': refused === undefined ? undefined : 'true',
      'aria-label': refused === undefined ? label : `${label}. ${refused}`,
      title: refused,
      'data-testid': testId,
      'on:click': refused === undefined ? onPress : undefined,
    },
    h('span', { class: 'wf-button-content' }, picture && icon(picture), label),
  );
}

/** A small button in a line of text. `about` says what it is about, for those who do not see where it stands. */
export function wfLink(options: ButtonOptions & { readonly about: string }): Node {
  const { label, refused, testId, onPress, about } = options;
  return h(
    'button',
    {
      key: testId,
      type: 'button',
      class: 'wf-link',
      'aria-disabled': refused === undefined ? undefined : 'true',
      'aria-label': `${label}: ${about}${refused === undefined ? '' : `. ${refused}`}`,
      title: refused,
      'data-testid': testId,
      'on:click': refused === undefined ? onPress : undefined,
    },
    label,
  );
}

/** A number beside a heading. */
export function wfBadge(text: string | number): Node {
  return h('span', { class: 'wf-badge' }, text);
}

/** Something goes on. Not the toolkit's, which turns also for those who want no motion. */
export function wfSpinner(): Node {
  return h('span', { class: 'wf-spinner' }, icon('progressing'));
}

/** A field of text. Escape empties it. */
export interface FieldOptions {
  readonly label: string;
  /** Shown while it is empty. */
  readonly hint: string;
  readonly value: string;
  readonly testId: string;
  readonly onValue: (value: string) => void;
}

/** A field to search with. */
export function wfSearch({ label, hint, value, testId, onValue }: FieldOptions): Node {
  const onKey: Listener = (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Escape' || value === '') return;
    event.preventDefault();
    onValue('');
  };
  return h(
    TOOLKIT_TAGS.textField,
    {
      key: testId,
      class: 'wf-search',
      placeholder: hint,
      'data-testid': testId,
      'prop:value': value,
      'on:input': ({ target }) => onValue(textIn(target)),
      'on:keydown': onKey,
    },
    h('span', { slot: 'start', class: 'wf-search-icon' }, icon('search')),
    // The toolkit takes the element's text as its name; nothing shows it.
    label,
  );
}

function textIn(target: EventTarget | null): string {
  return target !== null && 'value' in target && typeof target.value === 'string' ? target.value : '';
}

/** One of a few, in a row. */
export interface ChoiceOptions<T extends string> {
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly onValue: (value: T) => void;
}

/** Radio buttons as one control: arrow keys change it. */
export function wfChoice<T extends string>({ name, label, options, value, onValue }: ChoiceOptions<T>): Node {
  return h(
    'div',
    { class: 'wf-choice', role: 'radiogroup', 'aria-label': label, 'data-testid': name },
    options.map((option) =>
      h(
        'label',
        { key: option.value },
        h('input', {
          type: 'radio',
          name,
          value: option.value,
          'data-testid': `${name}-${option.value}`,
          'prop:checked': option.value === value,
          'on:change': () => onValue(option.value),
        }),
        h('span', {}, option.label),
      ),
    ),
  );
}

/** A part of the page with its heading. */
export interface CardOptions {
  readonly id: string;
  readonly title: string;
  readonly count?: number;
  /** Beside the heading, and at the other end of its line. */
  readonly beside?: Child;
  readonly tools?: Child;
}

/** A part of the page with its heading. */
export function wfCard({ id, title, count, beside, tools }: CardOptions, ...children: readonly Child[]): Node {
  return h(
    'section',
    { key: id, class: `card card-${id}`, 'aria-labelledby': `${id}-title`, 'data-testid': id },
    h(
      'div',
      { class: 'card-head' },
      h('h2', { id: `${id}-title` }, title),
      count !== undefined && count > 0 && wfBadge(count),
      beside,
      tools !== undefined && h('div', { class: 'card-tools' }, tools),
    ),
    children,
  );
}
