import { SERVICE_STATES, type Service, type ServiceState } from '../../src/model/dashboard/snapshot.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import { wfCard, wfSearch } from '../elements/controls.ts';
import { icon } from '../elements/icon.ts';
import type { EnvironmentView } from '../view.ts';
import { moveInGrid } from './roving.ts';
import { STATE_WORDS, tile } from './tile.ts';

/** All workloads as tiles, by namespace, worst first. */
export function services(view: EnvironmentView): Node {
  const { environment, text, page } = view;
  const all = environment.services;
  const shown = all.filter((service) => matches(service, page.filter, page.states));
  return wfCard(
    {
      id: 'services',
      title: text.t('services'),
      beside: legend(view),
      tools: wfSearch({
        label: text.t('filterServices'),
        hint: text.t('filter'),
        value: page.filter,
        testId: 'services-filter',
        onValue: (filter) => view.change({ filter }),
      }),
    },
    h(
      'p',
      { class: 'hidden', role: 'status', 'data-testid': 'services-shown' },
      shown.length === all.length ? '' : text.t('shown', shown.length, all.length),
    ),
    shown.length === 0
      ? h('p', { class: 'empty' }, all.length === 0 ? text.t('noServices') : text.t('noMatch'))
      : grid(view, shown),
  );
}

function matches({ name, namespace, kind, images, state }: Service, filter: string, states: readonly ServiceState[]) {
  if (states.length > 0 && !states.includes(state)) return false;
  const words = filter.toLowerCase().split(/\s+/);
  const text = [namespace, kind, name, ...images.map(({ tag }) => tag)].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The states there are with their numbers; each shows or hides its services. */
function legend(view: EnvironmentView): Node {
  const { environment, text, page } = view;
  const counts = Map.groupBy(environment.services, ({ state }) => state);
  const states = SERVICE_STATES.filter((state) => counts.has(state) || page.states.includes(state));
  return h(
    'div',
    { class: 'legend', role: 'group', 'aria-label': text.t('byState') },
    states.map((state) => {
      const isOn = page.states.includes(state);
      return h(
        'button',
        {
          key: state,
          type: 'button',
          class: `chip state-${state}`,
          'aria-pressed': isOn ? 'true' : 'false',
          'data-testid': `services-state-${state}`,
          'on:click': () =>
            view.change({ states: isOn ? page.states.filter((each) => each !== state) : [...page.states, state] }),
        },
        icon(state),
        h('span', { class: 'chip-count' }, counts.get(state)?.length ?? 0),
        text.t(STATE_WORDS[state]),
      );
    }),
  );
}

function grid(view: EnvironmentView, shown: readonly Service[]): Node {
  const [first] = shown;
  // The one that the Tab key reaches: where the person was, else the first.
  const reached = shown.some(({ key }) => key === view.page.service) ? view.page.service : first?.key;
  return h(
    'div',
    {
      class: 'grid',
      role: 'grid',
      'aria-label': view.text.t('services'),
      'data-testid': 'services-grid',
      'on:keydown': moveInGrid,
    },
    [...Map.groupBy(shown, ({ namespace }) => namespace)].map(([namespace, members]) =>
      group(view, namespace, members, reached),
    ),
  );
}

function group(
  view: EnvironmentView,
  namespace: string,
  members: readonly Service[],
  reached: string | undefined,
): Child {
  const name = namespace === '' ? view.text.t('noNamespace') : namespace;
  return h(
    'div',
    { key: namespace, class: 'group', role: 'rowgroup', 'aria-label': name, 'data-testid': `namespace-${namespace}` },
    h(
      'div',
      { class: 'group-head', role: 'row' },
      h(
        'span',
        { role: 'rowheader' },
        h('span', { class: 'group-name' }, name),
        ' ',
        h('span', { class: 'faint' }, members.length),
      ),
    ),
    h(
      'div',
      { class: 'tiles', role: 'row' },
      members.map((service) => tile(view, service, service.key === reached)),
    ),
  );
}
