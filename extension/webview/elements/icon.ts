import { h, type Node } from '../dom/node.ts';

/** Shapes on a grid of 16: lines, unless a part says `fill`. */
const SHAPES = {
  healthy: [line('M5 8.2 7.1 10.3 11.2 5.9'), ring()],
  failed: [line('M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8'), line('M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3z')],
  missing: [{ ...ring(), 'stroke-dasharray': '2.4 2.4' }, line('M5.5 8h5')],
  progressing: [{ ...ring(), opacity: 0.3 }, line('M8 1.7A6.3 6.3 0 0 1 14.3 8')],
  unknown: [ring(), line('M6.2 6.2a1.9 1.9 0 1 1 2.6 1.9c-.6.3-.8.6-.8 1.2'), line('M8 11.4v.2')],
  suspended: [ring(), line('M6.4 5.8v4.4M9.6 5.8v4.4')],
  warning: [line('M8 2.2 14.4 13.4H1.6z'), line('M8 6.4v3.2M8 11.4v.2')],
  update: [line('M8 13V3.4M4 7.2l4-4 4 4')],
  pinned: [line('M5.6 2.2h4.8M6.4 2.2v4.2L4.4 9.2h7.2L9.6 6.4V2.2M8 9.2v4.6')],
  drift: [line('M3.2 5.9h9.6M3.2 10.1h9.6M11 2.8 5 13.2')],
  pause: [line('M5.6 3.4v9.2M10.4 3.4v9.2')],
  branch: [
    dot(4.5, 3.6),
    dot(4.5, 12.4),
    dot(11.5, 5.2),
    line('M4.5 5.2v5.6M11.5 6.8c0 2.6-2.6 3-5 3.4-1.2.2-2 .3-2 .8'),
  ],
  commit: [{ ...circle(8, 8, 2.7) }, line('M1.4 8h3.9M10.7 8h3.9')],
  agent: [line('M2.4 3h11.2v4H2.4zM2.4 9h11.2v4H2.4zM4.6 5h.2M4.6 11h.2')],
  clock: [ring(), line('M8 4.4V8l2.4 1.6')],
  sync: [line('M13.4 7A5.5 5.5 0 0 0 3.6 4.6M2.6 9a5.5 5.5 0 0 0 9.8 2.4M3.4 2v2.8h2.8M12.6 14v-2.8H9.8')],
  play: [line('M5 3.2v9.6L12.6 8z')],
  release: [line('M8.4 2H14v5.6L7.6 14 2 8.4z'), dot(10.9, 5.1)],
  unplugged: [
    line(
      'M5.2 6.4 9.6 10.8 8 12.4a3.1 3.1 0 0 1-4.4-4.4zM6.8 4.8 8 3.6A3.1 3.1 0 0 1 12.4 8l-1.2 1.2M2 14l1.6-1.6M12.4 3.6 14 2',
    ),
  ],
  lock: [line('M3.4 7.2h9.2v6.4H3.4zM5.2 7.2V5a2.8 2.8 0 0 1 5.6 0v2.2')],
  search: [circle(6.8, 6.8, 4.4), line('M10 10l4 4')],
  trash: [line('M2.8 4.4h10.4M6 4.4V2.6h4v1.8M4.2 4.4l.6 9h6.4l.6-9')],
} as const;

/** The pictures there are. */
export type IconName = keyof typeof SHAPES;

/** A picture beside a text that says the same: screen readers pass it over. */
export function icon(name: IconName, kind = ''): Node {
  const parts = SHAPES[name].map(({ tag, ...attributes }) => h(tag, attributes));
  return h('svg', { class: `icon icon-${name} ${kind}`.trim(), viewBox: '0 0 16 16', 'aria-hidden': 'true' }, parts);
}

interface Shape {
  readonly tag: string;
  readonly [attribute: string]: string | number;
}

function line(d: string): Shape {
  return { tag: 'path', d };
}

function circle(cx: number, cy: number, r: number): Shape {
  return { tag: 'circle', cx, cy, r };
}

function ring(): Shape {
  return circle(8, 8, 6.3);
}

function dot(cx: number, cy: number): Shape {
  return circle(cx, cy, 1.4);
}
