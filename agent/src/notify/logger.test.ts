import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '@weaveflux/shared';
import { redact } from '../text/redact.ts';
import { formatLine } from './line.ts';
import { createLogger } from './logger.ts';

const EVENT: Event = {
  id: 'b1-7',
  time: '2026-11-23T12:00:00.000Z',
  type: 'object-failed',
  environment: 'default',
  revision: '1a2b3c4',
  object: 'apps/Deployment/shop/web',
  file: 'shop/web app.yaml',
  line: 12,
  severity: 'error',
  message: 'the API refused "web": no = sign',
};

test('log line, fmt: as fluxd wrote it, quoted where it must be', () => {
  assert.equal(
    formatLine(EVENT, 'fmt'),
    'ts=2026-11-23T12:00:00.000Z level=error event=object-failed environment=default revision=1a2b3c4 ' +
      'object=apps/Deployment/shop/web file="shop/web app.yaml" line=12 ' +
      'msg="the API refused \\"web\\": no = sign" id=b1-7',
  );
});

test('log line, json: the same parts', () => {
  const { id, message, type, severity, time, ...same } = EVENT;
  const expected = { ts: time, level: severity, event: type, ...same, msg: message, id };
  assert.deepEqual(JSON.parse(formatLine(EVENT, 'json')), expected);
});

test('log line: nothing from outside begins a new line or reaches the terminal', () => {
  const hostile = { ...EVENT, file: 'a\nts=0 level=info', message: '\u001b]0;x\u0007\u009bboo\u2028\u202etxt' };
  for (const format of ['fmt', 'json'] as const) {
    const line = formatLine(hostile, format);
    assert.doesNotMatch(line, /[\p{Cc}\u2028\u202e]/u);
    assert.doesNotMatch(line, /\\u001b|\\n/);
  }
});

test('log line, fmt: an empty value is quoted', () => {
  assert.match(formatLine({ ...EVENT, message: '' }, 'fmt'), / msg="" /);
});

test('logger: writes a line an entry, without secrets', () => {
  const lines: string[] = [];
  const logger = createLogger({
    write: (line) => lines.push(line),
    format: 'fmt',
    now: () => new Date('2026-11-23T12:00:00Z'),
    redact: (text) => redact(text, ['hunter22']),
  });
  logger.info('agent starts', { version: '0.1.0', missing: undefined });
  logger.error('the password hunter22 is wrong');
  logger.event({ ...EVENT, message: 'hunter22' });
  assert.deepEqual(lines.slice(0, 2), [
    'ts=2026-11-23T12:00:00.000Z level=info version=0.1.0 msg="agent starts"\n',
    'ts=2026-11-23T12:00:00.000Z level=error msg="the password *** is wrong"\n',
  ]);
  assert.doesNotMatch(lines.join(''), /hunter22/);
});
