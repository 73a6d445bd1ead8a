import { createServer, type IncomingMessage } from 'node:http';
import { freePort } from './ports.ts';
import { listen, type Switch } from './switch.ts';

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Of JSON the value, else the text; `undefined` without one. */
  readonly body: unknown;
}

/** What is answered: JSON, or a text as it is. */
export interface RecordedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An HTTP server that writes down what it is asked, and answers as it is told. */
export interface Recorder extends AsyncDisposable, Omit<Switch, 'hanging'> {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Oldest first. */
  readonly requests: RecordedRequest[];
}

/** Starts one; `undefined` is no answer at all. */
export async function startRecorder(
  answer: (request: RecordedRequest) => RecordedAnswer | undefined,
): Promise<Recorder> {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await recorded(incoming).catch((error: unknown) => {
      // Who asked has gone before all of it was here: there is nobody to answer.
      if (incoming.complete) throw error;
    });
    if (request === undefined) return;
    requests.push(request);
    const given = door.hanging ? undefined : answer(request);
    if (given === undefined) return;
    const isText = typeof given.body === 'string';
    response.writeHead(given.status, { 'content-type': isText ? 'text/plain' : 'application/json', ...given.headers });
    response.end(given.body === undefined ? '' : isText ? given.body : JSON.stringify(given.body));
  });
  const port = await freePort();
  const door = await listen(server, port);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    outage: door.outage,
    recover: door.recover,
    [Symbol.asyncDispose]: () => door.outage(),
  };
}

async function recorded(incoming: IncomingMessage): Promise<RecordedRequest> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
  const { method = '', url: path = '', headers } = incoming;
  const isJson = headers['content-type'] === 'application/json';
  return { method, path, headers, body: text === '' ? undefined : isJson ? JSON.parse(text) : text };
}
