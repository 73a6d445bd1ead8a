import { readFileSync } from 'node:fs';
import { filesOf, NAMESPACE_FILES } from './objects.ts';
import { notifyAndWait, push, startStage } from './stage.ts';
await using stage = await startStage({ audit: true, profile: "/tmp/prof" });
await using f = await stage.follow(NAMESPACE_FILES);
const revision = await push(f, filesOf(200), 'x');
const t0 = Date.now();
const d = await notifyAndWait(f, revision);
for (const e of f.agent.events) if (Date.parse(e.time) >= t0) console.log(Date.parse(e.time) - t0, e.type, e.message.slice(0, 80));
const reqs = await stage.audit.ofAgents(new Date(t0));
let patches = 0;
for (const r of reqs) { const t = Date.parse(r.stageTimestamp) - t0; if (r.verb === 'patch') { patches++; if (patches % 100 !== 1) continue; } console.log(t, r.verb, r.requestURI.slice(0, 130)); }
console.log(d, patches);
