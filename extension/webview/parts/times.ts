import { type LengthScale, lengthScale } from '../../src/model/dashboard/layout.ts';
import type { Arrival } from '../../src/model/dashboard/snapshot.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import { wfCard } from '../elements/controls.ts';
import { icon } from '../elements/icon.ts';
import type { EnvironmentView } from '../view.ts';
import { moveInGrid } from './roving.ts';

/** How long the last pushes took until the environment was healthy with them. */
export function times(view: EnvironmentView): Node {
  const { environment, text, now } = view;
  const { arrivals, underway } = environment.times;
  return wfCard(
    { id: 'times', title: text.t('pushToHealthy') },
    h(
      'div',
      { class: 'times' },
      h(
        'div',
        { class: 'times-text' },
        summary(view),
        underway !== undefined &&
          h(
            'p',
            { class: 'underway', title: underway.title },
            icon('progressing'),
            text.t('underway', text.duration(Math.max(0, now - underway.from))),
          ),
        h('p', { class: 'note' }, text.t('timesNote')),
      ),
      arrivals.length > 0 && h('div', { class: 'times-chart' }, chart(view), legend(view)),
    ),
  );
}

function summary({ environment, text }: EnvironmentView): Node {
  const { arrivals, median } = environment.times;
  const slowest = Math.max(...arrivals.map(({ took }) => took));
  return h(
    'p',
    { class: 'times-summary', 'data-testid': 'times-summary' },
    median === undefined
      ? arrivals.length === 0
        ? text.t('noPushes')
        : text.count(arrivals.length, 'tooFewOne', 'tooFewMany')
      : [
          h('strong', { class: 'number' }, text.duration(median)),
          h('span', {}, text.t('medianOf', arrivals.length)),
          h('span', { class: 'faint' }, text.t('slowest', text.duration(slowest))),
        ],
  );
}

function legend({ environment, text }: EnvironmentView): Node {
  return h(
    'p',
    { class: 'key', 'aria-hidden': 'true' },
    h('span', {}, h('i', { class: 'dot cause-image' }), text.t('causeImage')),
    h('span', {}, h('i', { class: 'dot cause-commit' }), text.t('causeCommit')),
    environment.times.arrivals.some(({ failed }) => failed) &&
      h('span', {}, icon('failed', 'mark-bad'), text.t('failedOnTheWay')),
    environment.times.median !== undefined && h('span', {}, h('i', { class: 'dash' }), text.t('median')),
  );
}

/** A point a push, the later the farther right, the longer the higher; lines tell how long. */
function chart(view: EnvironmentView): Node {
  const { text, page, environment } = view;
  const { arrivals, median } = environment.times;
  const scale = lengthScale(arrivals.map(({ took }) => took));
  const reached = arrivals.some(({ revision }) => revision === page.arrival) ? page.arrival : arrivals.at(-1)?.revision;
  return h(
    'div',
    { class: 'chart' },
    scale.lines.map((line) =>
      h(
        'span',
        { key: line, class: 'chart-line', 'aria-hidden': 'true', 'style:bottom': percent(scale.place(line)) },
        h('span', {}, text.duration(line)),
      ),
    ),
    median !== undefined &&
      h('span', {
        key: 'median',
        class: 'median',
        'aria-hidden': 'true',
        'style:bottom': percent(scale.place(median)),
      }),
    h(
      'ol',
      { class: 'points', 'aria-label': text.t('lastPushes'), 'data-testid': 'times-chart', 'on:keydown': moveInGrid },
      arrivals.map((arrival) => point(view, arrival, scale, arrival.revision === reached)),
    ),
  );
}

function point(view: EnvironmentView, arrival: Arrival, scale: LengthScale, isReached: boolean): Node {
  const { revision, cause, title, from, took, failed } = arrival;
  const { text, act, change, popover } = view;
  const facts = [
    `${text.duration(took)} · ${text.t(cause === 'image' ? 'causeImage' : 'causeCommit')}`,
    text.date(from),
    ...(failed ? [text.t('failedOnTheWay')] : []),
  ];
  const height = percent(scale.place(took));
  return h(
    'li',
    { key: revision },
    h('span', { class: 'stem', 'aria-hidden': 'true', 'style:height': height }),
    h(
      'button',
      {
        type: 'button',
        class: 'point',
        tabindex: isReached ? 0 : -1,
        'aria-label': [title, ...facts].join(', '),
        'style:bottom': height,
        'on:click': () => act({ command: 'open', target: { revision } }),
        ...popover.at((): Child => [h('p', { class: 'pop-title' }, title), facts.map((fact) => h('p', {}, fact))]),
        'on:focusin': () => change({ arrival: revision }),
      },
      failed ? icon('failed', 'mark-bad') : h('span', { class: `dot cause-${cause}` }),
    ),
  );
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)}%`;
}
