import type { Cluster } from '../../src/model/dashboard/layout.ts';
import type { Lane, TimelineItem } from '../../src/model/dashboard/snapshot.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import type { EnvironmentView } from '../view.ts';
import { laneWord, sayWhen } from './timeline-words.ts';

/** One thing that happened, or several that lie close. */
export function mark(
  view: EnvironmentView,
  lane: Lane,
  cluster: Cluster<TimelineItem>,
  middle: number,
  isReached: boolean,
): Node {
  const { items, x } = cluster;
  const { text, act, change, popover } = view;
  const [first] = items;
  const id = idOf(cluster);
  const label =
    items.length === 1 && first !== undefined
      ? spokenOf([first.title, sayWhen(first, text), ...first.lines, first.by, text.date(first.from)])
      : text.t('several', items.length, text.t(laneWord(lane)), text.date(first?.from ?? 0));
  return h(
    'g',
    {
      key: `mark ${id}`,
      class: `mark tone-${worstTone(items)}`,
      transform: `translate(${x} ${middle})`,
      role: 'button',
      tabindex: isReached ? 0 : -1,
      'aria-label': label,
      'data-testid': `mark-${lane}`,
      'on:click': () => press(),
      'on:keydown': (event) => {
        if (!(event instanceof KeyboardEvent) || (event.key !== 'Enter' && event.key !== ' ')) return;
        event.preventDefault();
        press();
      },
      ...popover.at(() => details(view, items)),
      'on:focusin': () => change({ mark: id }),
    },
    h('circle', { class: 'hit', r: 12 }),
    h('circle', { class: 'focus-ring', r: 11 }),
    shape(lane, items.length),
  );

  /** One thing is opened; several are listed. */
  function press(): void {
    if (items.length > 1) change({ listed: true });
    else if (first?.action !== undefined) act(first.action);
  }
}

/** Parts that may be sentences, as one. */
function spokenOf(parts: readonly (string | undefined)[]): string {
  return parts.flatMap((part) => part?.replace(/\.$/, '') || []).join(', ');
}

function shape(lane: Lane, count: number): Child {
  if (count > 1) {
    const width = count > 99 ? 28 : count > 9 ? 22 : 18;
    return [
      h('rect', { class: 'shape', x: -width / 2, y: -9, width, height: 18, rx: lane === 'failures' ? 3 : 9 }),
      h('text', { class: 'mark-count', y: 4, 'text-anchor': 'middle' }, count),
    ];
  }
  if (lane === 'releases') return h('circle', { class: 'shape', r: 6 });
  if (lane === 'interference') return h('path', { class: 'shape', d: 'M0-7.5 7.5 0 0 7.5-7.5 0z' });
  return [
    h('rect', { class: 'shape', x: -6.5, y: -6.5, width: 13, height: 13, rx: 3 }),
    h('path', { class: 'cross', d: 'M-2.6-2.6l5.2 5.2M2.6-2.6l-5.2 5.2' }),
  ];
}

const TONES = ['bad', 'warning', 'good', 'info'] as const;

function worstTone(items: readonly TimelineItem[]): TimelineItem['tone'] {
  return TONES.find((tone) => items.some((item) => item.tone === tone)) ?? 'info';
}

/** A cluster is the same as long as it begins with the same item. */
export function idOf({ items: [first] }: Cluster<TimelineItem>): string {
  return first?.id ?? '';
}

/** In a popover, of several the newest. */
const SHOWN = 6;

function details({ text, now }: EnvironmentView, items: readonly TimelineItem[]): Child {
  const newest = items.toReversed().slice(0, SHOWN);
  return [
    newest.map(({ title, lines, by, ...item }) =>
      h(
        'div',
        { key: item.id, class: `pop-item tone-${item.tone}` },
        h('p', { class: 'pop-title' }, title),
        lines.slice(0, SHOWN).map((line) => h('p', { class: 'code' }, line)),
        lines.length > SHOWN && h('p', { class: 'faint' }, text.t('more', lines.length - SHOWN)),
        h(
          'p',
          { class: 'faint' },
          [text.date(item.from), text.ago(item.from, now), by, sayWhen({ title, lines, ...item }, text)]
            .filter(Boolean)
            .join(' · '),
        ),
      ),
    ),
    items.length > SHOWN && h('p', { class: 'faint' }, text.t('more', items.length - SHOWN)),
  ];
}
