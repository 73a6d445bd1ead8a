import { Pool } from 'undici';

/** What the bare client is told, as JSON on its command line's file; it answers one JSON line. */
export interface LimitTask {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly http2: boolean;
  /** Requests in flight; with HTTP/1.1 as many connections, with HTTP/2 `connections` of them. */
  readonly inFlight: number;
  readonly connections: number;
  readonly requests: readonly { readonly path: string; readonly body: string }[];
}

export interface LimitResult {
  readonly milliseconds: number;
  /** CPU seconds of this process meanwhile. */
  readonly cpu: number;
}

/**
 * The limit: bodies ready as text, connections open, answers read and thrown away. Nothing that a delivery must do
 * besides is done: no reading, no parsing, no inventory, no watch.
 */
export async function sendAll(task: LimitTask): Promise<LimitResult> {
  const pool = new Pool(task.url, {
    connections: task.connections,
    pipelining: task.http2 ? task.inFlight : 1,
    allowH2: task.http2,
    ...(task.http2 ? { h2Options: { maxConcurrentStreams: task.inFlight } } : {}),
    connect: { ca: task.ca },
  });
  const headers = { authorization: `Bearer ${task.token}`, accept: 'application/json' };
  const ask = async () => (await pool.request({ method: 'GET', path: '/readyz', headers })).body.dump();
  await Promise.all(Array.from({ length: task.connections }, ask));

  const began = performance.now();
  const cpu = process.cpuUsage();
  let next = 0;
  async function worker(): Promise<void> {
    for (let request = task.requests[next++]; request !== undefined; request = task.requests[next++]) {
      const answer = await pool.request({
        method: 'PATCH',
        path: `${request.path}?fieldManager=weaveflux&force=true`,
        headers: { ...headers, 'content-type': 'application/apply-patch+yaml' },
        body: request.body,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 201) throw new Error(`${request.path}: ${answer.statusCode} ${text}`);
    }
  }
  await Promise.all(Array.from({ length: task.inFlight }, worker));
  const milliseconds = performance.now() - began;
  const used = process.cpuUsage(cpu);
  await pool.close();
  return { milliseconds, cpu: (used.user + used.system) / 1e6 };
}
