import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../certificates.ts';
import { listen, type Switch } from '../switch.ts';
import type { Fault, Faults, RegistryRequest } from './faults.ts';

/** What stands before the real registry. */
export interface DoorOptions {
  readonly address: string;
  readonly port: number;
  readonly certificate: Certificate;
  /** Authority of the certificates that clients must show; nobody must without it. */
  readonly clientCa?: string | undefined;
  /** Where the real registry is. */
  readonly upstream: { readonly port: number; readonly ca?: string };
  readonly faults: Faults;
  readonly requests: RegistryRequest[];
  /** Names and passwords to let in; absent where the registry behind judges by itself. */
  readonly users?: Readonly<Record<string, string>>;
  /** Answers requests that are not the registry's (the token issuer); true when it did. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Adds the `Link` of the next page where the real registry pages but leaves that out. */
  readonly links?: boolean;
  /** At most so many tags a page, as hosted registries do. */
  readonly pageSize?: number;
}

/** Opens the registry's door: TLS, basic auth, faults, a log of requests; everything else is the registry's own. */
export async function openDoor(options: DoorOptions): Promise<Switch> {
  const { upstream } = options;
  const agent =
    upstream.ca === undefined
      ? new HttpAgent({ keepAlive: true })
      : new HttpsAgent({ keepAlive: true, ca: upstream.ca });
  const { cert, key } = options.certificate;
  const client = options.clientCa === undefined ? {} : { ca: options.clientCa, requestCert: true };
  const server = createServer({ cert, key, ...client }, (request, response) => {
    if (power.hanging) return;
    log(request, response, options.requests);
    void serve(request, response, options, agent).catch(() => response.destroy());
  });
  const power = await listen(server, options.port, options.address);
  return power;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: DoorOptions,
  agent: HttpAgent | HttpsAgent,
): Promise<void> {
  const fault = options.faults.take(request);
  if (fault?.delay) await sleep(fault.delay);
  if (fault?.cut) {
    response.destroy();
    return;
  }
  if (fault?.status !== undefined) return answer(response, fault.status, fault);
  if (options.intercept?.(request, response)) return;
  if (options.users && !isKnown(request, options.users)) {
    return answer(response, 401, { headers: { 'www-authenticate': 'Basic realm="rig"' } });
  }
  forward(request, response, options, agent);
}

/** An error as the distribution specification has it. */
function answer(response: ServerResponse, status: number, fault: Fault): void {
  const code = status === 429 ? 'TOOMANYREQUESTS' : status === 401 ? 'UNAUTHORIZED' : 'UNKNOWN';
  const body = fault.body ?? `${JSON.stringify({ errors: [{ code, message: `the rig says ${status}` }] })}\n`;
  response.writeHead(status, { 'content-type': 'application/json', ...fault.headers }).end(body);
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  options: DoorOptions,
  agent: HttpAgent | HttpsAgent,
): void {
  const { upstream } = options;
  const path = withPageSize(request.url ?? '/', options.pageSize);
  const send = upstream.ca === undefined ? httpRequest : httpsRequest;
  const { authorization, ...others } = request.headers;
  // Where the door has judged, the registry behind must not be confused by credentials that it does not know.
  const headers = options.users ? others : { ...others, ...(authorization ? { authorization } : {}) };
  const asked = send(
    { agent, host: '127.0.0.1', port: upstream.port, method: request.method, path, headers },
    (answered) => {
      if (options.links && isTagList(path))
        return void addLink(answered, response, path).catch(() => response.destroy());
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    },
  );
  asked.once('error', () => response.destroy());
  request.pipe(asked);
}

function isTagList(path: string): boolean {
  return /\/tags\/list(\?|$)/.test(path);
}

function withPageSize(path: string, pageSize: number | undefined): string {
  if (pageSize === undefined || !isTagList(path)) return path;
  const target = new URL(path, 'http://rig');
  const wanted = Number(target.searchParams.get('n') ?? pageSize);
  target.searchParams.set('n', String(Math.min(wanted, pageSize)));
  return target.pathname + target.search;
}

async function addLink(answered: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answered) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const target = new URL(path, 'http://rig');
  const size = Number(target.searchParams.get('n') ?? 0);
  const tags: string[] = answered.statusCode === 200 ? (JSON.parse(body.toString()).tags ?? []) : [];
  if (size > 0 && tags.length === size) {
    target.searchParams.set('last', tags.at(-1) ?? '');
    response.setHeader('link', `<${target.pathname}${target.search}>; rel="next"`);
  }
  response.writeHead(answered.statusCode ?? 502, answered.headers).end(body);
}

function isKnown(request: IncomingMessage, users: Readonly<Record<string, string>>): boolean {
  const [name, password] = basicCredentials(request.headers.authorization) ?? [];
  return name !== undefined && Object.hasOwn(users, name) && users[name] === password;
}

/** Name and password of a Basic authorization header. */
export function basicCredentials(header: string | undefined): [string, string] | undefined {
  if (!header?.startsWith('Basic ')) return undefined;
  const [name = '', ...password] = Buffer.from(header.slice(6), 'base64').toString().split(':');
  return [name, password.join(':')];
}

function log(request: IncomingMessage, response: ServerResponse, requests: RegistryRequest[]): void {
  const time = Date.now();
  response.once('close', () => {
    const { method = '', url = '' } = request;
    const header = request.headers.authorization;
    const user = header?.startsWith('Bearer ') ? 'token' : basicCredentials(header)?.[0];
    requests.push({ time, method, path: url, user, status: response.headersSent ? response.statusCode : 0 });
  });
}
