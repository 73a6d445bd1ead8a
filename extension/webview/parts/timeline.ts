import type { TimelineItem } from '../../src/model/dashboard/snapshot.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import { wfCard, wfChoice } from '../elements/controls.ts';
import { icon } from '../elements/icon.ts';
import type { EnvironmentView } from '../view.ts';
import { type Plot, plot } from './timeline-plot.ts';
import { itemWord, sayWhen } from './timeline-words.ts';

/** Milliseconds of what can be chosen. */
const RANGES = { day: 24 * 3_600_000, week: 7 * 24 * 3_600_000 } as const;
/** So many are listed; the plot has all. */
const LISTED = 50;

/** Releases, interference and failures as they happened, as a plot and as a list. */
export function timeline(view: EnvironmentView): Node {
  const { environment, text, page, now } = view;
  const to = now;
  const from = now - RANGES[page.range];
  const shown: Plot = { view, from, to };
  const items = environment.timeline.items.filter((item) => item.ongoing || (item.to ?? item.from) >= from);
  return wfCard(
    {
      id: 'timeline',
      title: text.t('timeline'),
      tools: wfChoice({
        name: 'timeline-range',
        label: text.t('range'),
        options: [
          { value: 'day', label: text.t('rangeDay') },
          { value: 'week', label: text.t('rangeWeek') },
        ],
        value: page.range,
        onValue: (range) => view.change({ range }),
      }),
    },
    h('div', { class: 'plot-room' }, plot(shown)),
    items.length === 0 ? h('p', { class: 'empty' }, text.t('timelineNone')) : list(view, items),
  );
}

function list(view: EnvironmentView, items: readonly TimelineItem[]): Node {
  const { text, page } = view;
  return h(
    'details',
    {
      class: 'listed',
      open: page.listed,
      'data-testid': 'timeline-list',
      'on:toggle': ({ currentTarget }) =>
        view.change({ listed: currentTarget instanceof HTMLDetailsElement && currentTarget.open }),
    },
    h('summary', {}, text.count(items.length, 'asListOne', 'asListMany')),
    page.listed &&
      h(
        'ol',
        { class: 'events' },
        items.slice(0, LISTED).map((item) => entry(view, item)),
      ),
    page.listed && items.length > LISTED && h('p', { class: 'more' }, text.t('more', items.length - LISTED)),
  );
}

function entry(view: EnvironmentView, item: TimelineItem): Node {
  const { text, now, act } = view;
  const { id, lane, tone, from, title, lines, by, action } = item;
  return h(
    'li',
    { key: id, class: `event tone-${tone}` },
    h('time', { class: 'event-time code', title: text.date(from) }, text.ago(from, now)),
    h(
      'span',
      { class: 'event-lane' },
      lane === 'releases' ? icon('release') : lane === 'failures' ? icon('failed') : icon('drift'),
      h('span', {}, text.t(itemWord(lane))),
    ),
    h(
      'div',
      { class: 'event-text' },
      action === undefined
        ? h('span', {}, title)
        : h(
            'button',
            { type: 'button', class: 'wf-link plain', 'data-testid': 'open-event', 'on:click': () => act(action) },
            title,
          ),
      details(lines, by, sayWhen(item, text)),
    ),
  );
}

function details(lines: readonly string[], by: string | undefined, when: string): Child {
  const parts = [...lines, by, when].filter((part) => part !== undefined && part !== '');
  return parts.length > 0 && h('p', { class: 'faint' }, parts.join(' · '));
}
