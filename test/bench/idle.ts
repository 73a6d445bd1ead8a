import { setTimeout as sleep } from 'node:timers/promises';
import { writesOf } from './audit-log.ts';
import type { Benchmark } from './benchmark.ts';
import { filesOf, NAMESPACE_FILES } from './objects.ts';
import { cpuSeconds, residentMemory } from './processes.ts';
import { startStage } from './stage.ts';

const SERVICES = 200;
const SECONDS = 60;
const MEMORY_GOAL = 150;

export const idle: Benchmark = {
  name: 'idle',
  title: 'Doing nothing with 1,000 objects',
  how: `${SECONDS} seconds of an agent that has delivered 1,000 objects and has no news, with Flux v1’s intervals: it looks at the repository each 30 s. Requests are read from the API server’s audit log, CPU (with its git processes) and memory from /proc.`,
  async run(say, { profile }) {
    await using stage = await startStage({ audit: true, profile });
    const flags = { 'git-poll-interval': '30s', 'sync-interval': '5m', 'automation-interval': '1m' };
    await using following = await stage.follow({ ...NAMESPACE_FILES, ...filesOf(SERVICES) }, flags);
    const { pid } = following.agent.process;
    // What the delivery left to do: its watches' first events, timers that fold changes of health.
    await sleep(5000);
    const since = new Date();
    const before = cpuSeconds(pid);
    say(`${SECONDS} s of nothing; ${residentMemory(pid).now.toFixed(0)} MB now`);
    await sleep(SECONDS * 1000);
    const cpu = cpuSeconds(pid) - before;
    const memory = residentMemory(pid);
    const requests = await stage.audit.ofAgents(since);
    const writes = writesOf(requests).length;
    const lists = requests.filter(({ verb }) => verb === 'list').length;
    say(requests.map(({ verb, requestURI }) => `${verb} ${requestURI}`).join('\n  '));
    return {
      figures: [
        { what: 'writes', measured: `${writes}`, goal: '0', met: writes === 0 },
        { what: 'lists', measured: `${lists}`, goal: '0', met: lists === 0 },
        { what: 'other requests', measured: `${requests.length - writes - lists}` },
        { what: 'CPU seconds', measured: cpu.toFixed(2) },
        {
          what: 'resident memory, bundled agent',
          measured: `${memory.now.toFixed(0)} MB (at most ${memory.highest.toFixed(0)} MB during the first sync)`,
          goal: `< ${MEMORY_GOAL} MB`,
          met: memory.now < MEMORY_GOAL,
        },
      ],
    };
  },
};
