import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clustersOf, endOf, isInSight, lengthScale, positionOf, ticksOf } from './layout.ts';
import { HOUR, MINUTE, SECOND, START } from './testing.ts';

const scale = { from: START, to: START + 10 * HOUR, width: 1000 };
const moment = (hours: number) => ({ from: START + hours * HOUR, ongoing: false });

test('a time lies where it is, and never beside the axis', () => {
  assert.deepEqual(
    [0, 5, 10, -1, 11].map((hours) => positionOf(START + hours * HOUR, scale)),
    [0, 500, 1000, 0, 1000],
  );
});

test('marks that would touch are one, from the left and however they are given', () => {
  const clusters = clustersOf([moment(5), moment(1.1), moment(1), moment(1.25)], scale, 20);
  assert.deepEqual(
    clusters.map(({ x, items }) => [x, items.length]),
    [
      [100, 2],
      [125, 1],
      [500, 1],
    ],
  );
});

test('many marks close to each other do not become one that is as long as the axis', () => {
  const close = Array.from({ length: 100 }, (_, index) => moment(index / 10));
  assert.equal(clustersOf(close, scale, 20).length, 50);
});

test('in sight is what begins before and reaches in, or still goes on', () => {
  const before = { from: START - HOUR, ongoing: false };
  assert.equal(isInSight(before, scale), false);
  assert.equal(isInSight({ ...before, to: START + HOUR }, scale), true);
  assert.equal(isInSight({ ...before, ongoing: true }, scale), true);
  assert.equal(isInSight(moment(11), scale), false);
  assert.equal(endOf({ ...before, ongoing: true }, scale.to), scale.to);
});

test('ticks stand at round times on the wall, with room between them, and days are told', () => {
  const offset = 90 * MINUTE;
  const ticks = ticksOf({ from: START, to: START + 24 * HOUR, width: 800 }, 90, offset);
  assert.ok(ticks.every(({ time }) => (time + offset) % (3 * HOUR) === 0));
  assert.deepEqual(
    ticks.filter(({ isDay }) => isDay).map(({ time }) => time),
    [START + 24 * HOUR - offset],
  );
  const gaps = ticks.slice(1).map(({ x }, index) => x - (ticks[index]?.x ?? 0));
  assert.ok(gaps.every((gap) => gap >= 90));
});

test('lengths of all sizes have room between lines that people know', () => {
  const { lines, place } = lengthScale([12 * SECOND, 53 * MINUTE]);
  assert.deepEqual(lines, [10 * SECOND, MINUTE, 10 * MINUTE, HOUR]);
  assert.equal(place(10 * SECOND), 0);
  assert.equal(place(HOUR), 1);
  assert.ok(Math.abs(place(MINUTE) - 1 / 3) < 1e-9);
  assert.ok(place(30 * SECOND) > place(20 * SECOND));
});

for (const lengths of [[0], [SECOND], [10 * SECOND, 10 * SECOND], [1000 * 24 * HOUR]]) {
  test(`a scale for ${lengths.join(' and ')} ms has two lines at least and everything between them`, () => {
    const { lines, place } = lengthScale(lengths);
    assert.ok(lines.length >= 2);
    for (const length of lengths) assert.ok(place(length) >= 0 && place(length) <= 1);
  });
}
