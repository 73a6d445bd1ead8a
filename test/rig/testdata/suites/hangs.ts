import { writeFileSync } from 'node:fs';
import { test } from 'node:test';

if (process.env.PID_FILE) writeFileSync(process.env.PID_FILE, String(process.pid));
test('hangs', () => new Promise((resolve) => setTimeout(resolve, 60_000)));
