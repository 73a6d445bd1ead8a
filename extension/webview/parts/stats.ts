import type { Service } from '../../src/model/dashboard/snapshot.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import type { EnvironmentView } from '../view.ts';

const DAY = 24 * 3_600_000;

/** Four numbers that say most. */
export function stats(view: EnvironmentView): Node {
  const { environment, text, now } = view;
  const { services, updates, timeline, times } = environment;
  const running = services.filter(({ state }) => state === 'healthy' || state === 'suspended').length;
  const available = updates.filter(({ kind }) => kind === 'available').length;
  const recent = timeline.items.filter(({ from }) => from >= now - DAY);
  const interference = recent.filter(({ lane }) => lane === 'interference');
  const corrected = interference.filter(({ tone }) => tone === 'good').length;
  const { underway, median } = times;
  return h(
    'dl',
    { key: 'stats', class: 'stats', 'data-testid': 'stats', 'aria-label': text.t('atAGlance') },
    stat(
      'services',
      text.t('servicesHealthy'),
      [h('span', { class: 'number' }, running), h('span', { class: 'of' }, text.t('of', services.length))],
      stateBar(services),
    ),
    stat(
      'updates',
      text.t('updates'),
      h('span', { class: 'number' }, updates.length),
      updates.length === 0 ? text.t('updatesNothing') : text.t('updatesDetail', available),
    ),
    stat(
      'interference',
      text.t('interferenceDay'),
      h('span', { class: 'number' }, interference.length),
      interference.length === 0 ? text.t('interferenceNone') : text.t('interferenceDetail', corrected),
    ),
    stat(
      'times',
      text.t('pushToHealthy'),
      median === undefined
        ? h('span', { class: 'number faint' }, '–')
        : h('span', { class: 'number' }, text.duration(median)),
      underway === undefined
        ? median === undefined
          ? text.t('noMedian')
          : text.t('medianOf', times.arrivals.length)
        : text.t('underway', text.duration(Math.max(0, now - underway.from))),
    ),
  );
}

function stat(key: string, label: string, value: Child, detail: Child): Node {
  return h(
    'div',
    { key, class: `stat stat-${key}`, 'data-testid': `stat-${key}` },
    h('dt', {}, label),
    h('dd', { class: 'stat-value' }, value),
    h('dd', { class: 'stat-detail' }, detail),
  );
}

/** How many services are in each state, as lengths; the numbers stand beside the services. */
function stateBar(services: readonly Service[]): Node {
  const counts = Map.groupBy(services, ({ state }) => state);
  return h(
    'span',
    { class: 'state-bar', 'aria-hidden': 'true' },
    [...counts].map(([state, of]) => h('span', { key: state, class: `fill-${state}`, 'style:flex-grow': of.length })),
  );
}
