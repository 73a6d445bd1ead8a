import { test } from 'node:test';

test('runs', () => undefined);
test('needs root', { skip: 'no root here' }, () => undefined);
