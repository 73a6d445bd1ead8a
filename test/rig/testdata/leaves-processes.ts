import { startProcess } from '../processes.ts';
import { temporaryDirectory } from '../watchdog.ts';

// A process with a child of its own, one that ignores what asks it to end, and one that is stopped.
const scripts = ['sleep 300 & echo $!; wait', 'trap "" TERM INT HUP; echo up; while :; do sleep 0.1; done', 'echo up; sleep 300'];
const processes = await Promise.all(scripts.map((script) => startProcess({ command: '/bin/sh', args: ['-c', script] })));
const lines = await Promise.all(processes.map((process) => process.line(/.+/)));
processes.at(-1)?.signal('SIGSTOP');
const grandchild = Number(lines[0]?.[0]);
console.log(JSON.stringify({ pids: [...processes.map((each) => each.pid), grandchild], directory: temporaryDirectory('left') }));
setInterval(() => undefined, 1000);
