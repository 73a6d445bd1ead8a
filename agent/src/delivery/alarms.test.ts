import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createAlarms } from './alarms.ts';

test('an alarm rings once at its time; a later one replaces it, a cleared or stopped one is silent', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const rung: string[] = [];
  const alarms = createAlarms(
    () => new Date(),
    (key) => void rung.push(key),
  );
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
  alarms.set('a', inSeconds(1));
  alarms.set('a', inSeconds(3));
  alarms.set('b', inSeconds(-5));
  alarms.set('c', inSeconds(2));
  alarms.clear('c');
  alarms.set('d', inSeconds(9));
  mock.timers.tick(2000);
  assert.deepEqual(rung, ['b']);
  mock.timers.tick(2000);
  assert.deepEqual(rung, ['b', 'a']);
  alarms.stop();
  alarms.set('e', inSeconds(0));
  mock.timers.tick(20_000);
  assert.deepEqual(rung, ['b', 'a']);
  mock.timers.reset();
});
