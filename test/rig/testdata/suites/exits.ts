import { test } from 'node:test';

test('never ends', () => process.exit(3));
