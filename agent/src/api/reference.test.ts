import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiReference } from './reference.ts';

test('the reference tells each request with what it takes and gives', () => {
  const text = apiReference();
  const rows = [
    /^\| `GET \/api\/v1\/status` \| .+ \| get \| {2}\| 200 `Status` \|$/m,
    /^\| `POST \/api\/v1\/changes` \| .+ \| release .+ \| `ChangesRequest`, `Idempotency-Key` \| 202 `Job` \|$/m,
    /^\| `GET \/api\/v1\/history` \| .+ \| get \| `\?workload`, `\?limit` \| 200 `HistoryEntry\[\]` \|$/m,
    /^\| `GET \/api\/v1\/images\/explain` \| .+ \| get \| `\?workload`, .+`\?limit` \| 200 `ImageExplanation\[\]` \|$/m,
    /^\| `POST \/api\/v1\/resume` \| .+ \| suspend \| `ResumeRequest` \| 204 \|$/m,
  ];
  for (const row of rows) assert.match(text, row);
});
