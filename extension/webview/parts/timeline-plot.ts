import { clustersOf, endOf, isInSight, positionOf, type Scale, ticksOf } from '../../src/model/dashboard/layout.ts';
import { LANES, type Lane, type StripSegment, type TimelineItem } from '../../src/model/dashboard/snapshot.ts';
import type { StringKey } from '../../src/model/dashboard/strings.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import type { EnvironmentView } from '../view.ts';
import { moveInGrid } from './roving.ts';
import { idOf, mark } from './timeline-marks.ts';
import { laneWord } from './timeline-words.ts';

/** The part of time that is drawn. */
export interface Plot {
  readonly view: EnvironmentView;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

const LANE_HEIGHT = 38;
const STRIP_HEIGHT = 30;
const AXIS_HEIGHT = 22;
const LABEL_WIDTH = 108;
const RIGHT = 12;
/** Pixels between marks, and between the times of the axis. */
const GAP = 18;
const TICK_GAP = 74;
const HEIGHT = STRIP_HEIGHT + LANES.length * LANE_HEIGHT + AXIS_HEIGHT;

const STRIP_WORDS: Readonly<Record<StripSegment['state'], StringKey>> = {
  healthy: 'stateHealthy',
  progressing: 'stateProgressing',
  failing: 'stateFailed',
  suspended: 'stateSuspended',
  unreachable: 'stripUnreachable',
  unknown: 'stripUnknown',
};

/** Lanes over time: how the environment stood, releases, interference, failures. */
export function plot(shown: Plot): Node {
  const { view, from, to } = shown;
  const { text, environment, timelineWidth: width } = view;
  const scale: Scale = { from, to, width: Math.max(60, width - LABEL_WIDTH - RIGHT) };
  const lanes = LANES.map((lane) => ({
    lane,
    items: environment.timeline.items.filter((item) => item.lane === lane && isInSight(item, scale)),
  }));
  const first = lanes.flatMap(({ items }) => clustersOf(items, scale, GAP)).at(-1);
  const ids = lanes.flatMap(({ items }) => clustersOf(items, scale, GAP).map(idOf));
  const reached = ids.includes(view.page.mark ?? '') ? view.page.mark : first && idOf(first);
  return h(
    'svg',
    {
      class: 'plot',
      width,
      height: HEIGHT,
      viewBox: `0 0 ${width} ${HEIGHT}`,
      role: 'group',
      'aria-label': text.t('timelineLabel', ...lanes.map(({ items }) => items.length)),
      'data-testid': 'timeline-plot',
      'on:keydown': moveInGrid,
    },
    h('defs', {}, hatch()),
    axis(shown, scale),
    strip(view, scale),
    lanes.map(({ lane, items }, index) =>
      laneNode(view, lane, items, STRIP_HEIGHT + index * LANE_HEIGHT, scale, reached),
    ),
  );
}

function axis({ view, from }: Plot, scale: Scale): Child {
  const { text } = view;
  const offset = -new Date(from).getTimezoneOffset() * 60_000;
  const bottom = HEIGHT - AXIS_HEIGHT;
  return h(
    'g',
    { class: 'axis', 'aria-hidden': 'true', transform: `translate(${LABEL_WIDTH} 0)` },
    ticksOf(scale, TICK_GAP, offset).map(({ x, time, isDay }) =>
      h(
        'g',
        { key: time, class: isDay ? 'tick day' : 'tick' },
        h('line', { x1: x, x2: x, y1: 4, y2: bottom }),
        h(
          'text',
          { x, y: bottom + 15, 'text-anchor': anchor(x, scale.width) },
          isDay ? text.day(time) : text.clock(time),
        ),
      ),
    ),
  );
}

/** Texts stay inside of the plot. */
function anchor(x: number, width: number): string {
  if (x < 20) return 'start';
  return x > width - 20 ? 'end' : 'middle';
}

/** How the environment stood. */
function strip({ environment, text }: EnvironmentView, scale: Scale): Node {
  const inSight = environment.timeline.strip.filter(({ from, to }) => to > scale.from && from < scale.to);
  const label = text.t('laneState');
  return h(
    'g',
    { class: 'strip', role: 'img', 'aria-label': `${label}: ${sayShares(inSight, scale, text.t.bind(text))}` },
    h('text', { class: 'lane-label', x: 0, y: 18 }, label),
    h(
      'g',
      { transform: `translate(${LABEL_WIDTH} 0)` },
      h('rect', { class: 'strip-none', x: 0, y: 10, width: scale.width, height: 9, rx: 3, fill: 'url(#hatch)' }),
      inSight.map(({ from, to, state }) => {
        const x = positionOf(from, scale);
        const length = Math.max(1.5, positionOf(to, scale) - x);
        return h(
          'rect',
          {
            key: from,
            class: `strip-${state}`,
            x,
            y: 10,
            width: length,
            height: 9,
            ...(state === 'unknown' ? { fill: 'url(#hatch)' } : {}),
          },
          h(
            'title',
            {},
            `${text.t(STRIP_WORDS[state])}: ${text.date(from)} – ${text.date(to)} (${text.duration(to - from)})`,
          ),
        );
      }),
    ),
  );
}

/** Of the time that is known, how much each state had. */
function sayShares(segments: readonly StripSegment[], { from, to }: Scale, t: (key: StringKey) => string): string {
  const shares = new Map<StripSegment['state'], number>();
  for (const segment of segments) {
    const length = Math.min(to, segment.to) - Math.max(from, segment.from);
    shares.set(segment.state, (shares.get(segment.state) ?? 0) + length);
  }
  const all = [...shares.values()].reduce((sum, length) => sum + length, 0);
  return [...shares]
    .map(([state, length]) => `${t(STRIP_WORDS[state])} ${Math.round((length / all) * 100)} %`)
    .join(', ');
}

function laneNode(
  view: EnvironmentView,
  lane: Lane,
  items: readonly TimelineItem[],
  top: number,
  scale: Scale,
  reached: string | undefined,
): Node {
  const { text, environment } = view;
  const middle = top + LANE_HEIGHT / 2;
  const known = lane === 'releases' ? scale.from : (environment.timeline.knownSince ?? scale.to);
  const untold = positionOf(known, scale);
  return h(
    'g',
    { key: lane, class: `lane lane-${lane}`, role: 'group', 'aria-label': text.t(laneWord(lane)) },
    h('text', { class: 'lane-label', x: 0, y: middle + 4 }, text.t(laneWord(lane))),
    h('text', { class: 'lane-count', x: LABEL_WIDTH - 14, y: middle + 4, 'text-anchor': 'end' }, items.length),
    h(
      'g',
      { transform: `translate(${LABEL_WIDTH} 0)` },
      h('line', { class: 'lane-line', x1: 0, x2: scale.width, y1: middle, y2: middle }),
      untold > 3 &&
        h(
          'rect',
          { class: 'untold', x: 0, y: middle - 8, width: untold, height: 16, fill: 'url(#hatch)' },
          h('title', {}, text.t('notRecorded')),
        ),
      items.map((item) => span(item, scale, middle)),
      clustersOf(items, scale, GAP).map((cluster) => mark(view, lane, cluster, middle, idOf(cluster) === reached)),
    ),
  );
}

/** How long something was, where that is more than its mark. */
function span(item: TimelineItem, scale: Scale, middle: number): Child {
  const x = positionOf(item.from, scale);
  const width = positionOf(endOf(item, scale.to), scale) - x;
  if (width < 8) return undefined;
  const kind = `span tone-${item.tone}${item.ongoing ? ' ongoing' : ''}`;
  return h('rect', { key: `span ${item.id}`, class: kind, x, y: middle - 5, width, height: 10, rx: 5 });
}

function hatch(): Node {
  return h(
    'pattern',
    { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    h('line', { class: 'hatch-line', x1: 0, x2: 0, y1: 0, y2: 6 }),
  );
}
