import { parseArgs } from 'node:util';
import { commandsToTry } from './commands.ts';
import { createNarrator } from './narrator.ts';
import { openPlay } from './play.ts';
import { startSandbox } from './sandbox.ts';
import { runTour } from './tour.ts';

const { values } = parseArgs({ options: { tour: { type: 'boolean', default: false } }, allowPositionals: false });
const narrator = createNarrator(process.stdout);
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stop.abort(new Error('stopped by a person')));

process.exitCode = await run();

async function run(): Promise<number> {
  const lines: string[] = [];
  const started = Date.now();
  try {
    await using sandbox = await startSandbox(narrator.say, (line) => lines.push(line));
    const following = narrator.follow(sandbox.agent.api, stop.signal);
    await sandbox.agent.healthy(await sandbox.repository.head(), 120_000);
    narrator.say(`The environment is healthy, ${((Date.now() - started) / 1000).toFixed(1)} s after the start.`);
    if (values.tour) await runTour(sandbox, narrator, stop.signal);
    else await play(sandbox);
    stop.abort();
    await following;
    return 0;
  } catch (error) {
    if (stop.signal.aborted && !values.tour) return 0;
    narrator.fail(error instanceof Error ? error.message : String(error));
    for (const line of lines.slice(-20)) narrator.detail(line);
    return 1;
  }
}

async function play(sandbox: Parameters<typeof openPlay>[0]): Promise<void> {
  await using door = await openPlay(sandbox);
  narrator.say('Now play; in another terminal, in this folder:');
  for (const [command, meaning] of commandsToTry(sandbox)) narrator.command(command, meaning);
  narrator.say('Ctrl-C ends everything.');
  await door.until(stop.signal);
  narrator.say('Ending the agent, the cluster, the registry and the Git server.');
}
