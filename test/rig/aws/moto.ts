import { freePort } from '../ports.ts';
import { type RigProcess, startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';

/** Starts moto, which answers as AWS's API does: https://docs.getmoto.org. Nothing is kept, nobody has to sign. */
export async function startMoto(): Promise<{ readonly process: RigProcess; readonly url: string }> {
  const [command, port] = await Promise.all([findTool('moto'), freePort()]);
  const process = await startProcess({
    name: 'moto',
    command,
    args: ['-H', '127.0.0.1', '-p', String(port)],
    grace: 0,
  });
  const url = `http://127.0.0.1:${port}`;
  await process.ready(
    { what: 'moto to answer', deadline: 60_000, interval: 100 },
    async () => (await fetch(`${url}/moto-api/`)).ok,
  );
  return { process, url };
}
