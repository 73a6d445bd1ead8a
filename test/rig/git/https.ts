import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { createAuthority } from '../certificates.ts';
import { freePort } from '../ports.ts';
import { listen, type Outage } from '../switch.ts';
import { temporaryDirectory } from '../watchdog.ts';
import { GIT_ENVIRONMENT } from './command.ts';
import { createRepositories, type Repositories } from './repositories.ts';

export interface HttpsGitOptions {
  /** `git` unless told. */
  readonly user?: string;
  /** Random unless told. */
  readonly token?: string;
}

/** A request as the server saw it. */
export interface GitRequest {
  readonly method: string;
  readonly path: string;
  readonly service: 'git-upload-pack' | 'git-receive-pack' | undefined;
  /** 401 where it was not let in. */
  readonly status: number;
}

/** Git over https with basic authentication, by `git http-backend`. */
export interface HttpsGit extends Repositories, AsyncDisposable {
  /** `https://127.0.0.1:<port>`; a repository is at `<url>/<name>.git`. */
  readonly url: string;
  readonly user: string;
  readonly token: string;
  /** The authority of its certificate, PEM, and the file (GIT_SSL_CAINFO). */
  readonly ca: string;
  readonly caFile: string;
  /** Everything asked so far; empty it as you like. */
  readonly requests: GitRequest[];
  /** Called before a push's pack is taken, to be first with another push. One push only. */
  beforeNextPush(act: () => Promise<unknown>): void;
  /** Goes away, by refusing connections unless told; open ones are cut. */
  outage(how?: Outage): Promise<void>;
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server on a free port of 127.0.0.1. */
export async function startHttpsGit(options: HttpsGitOptions = {}): Promise<HttpsGit> {
  const { user = 'git', token = randomBytes(12).toString('hex') } = options;
  const dir = temporaryDirectory('git');
  const root = join(dir, 'repositories');
  const caFile = join(dir, 'ca.crt');
  const authority = createAuthority('weaveflux-rig-git');
  const certificate = authority.issue({ commonName: 'git', dnsNames: ['localhost'], addresses: ['127.0.0.1'] });
  await mkdir(root);
  await writeFile(caFile, authority.cert);
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const requests: GitRequest[] = [];
  let beforePush: (() => Promise<unknown>) | undefined;

  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    if (power.hanging) return;
    void handle(request, response).catch((error) => response.destroy(error));
  });
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = new URL(request.url ?? '/', url);
    const allowed = isAllowed(request.headers.authorization, user, token);
    response.once('close', () => {
      const service = serviceOf(target);
      requests.push({ method: request.method ?? '', path: target.pathname, service, status: response.statusCode });
    });
    if (!allowed) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="rig"' }).end('who are you?\n');
      return;
    }
    if (request.method === 'POST' && target.pathname.endsWith('/git-receive-pack')) {
      const act = beforePush;
      beforePush = undefined;
      await act?.();
    }
    runBackend(request, response, target, root, user);
  }
  const power = await listen(server, port);

  async function stop(): Promise<void> {
    await power.outage();
    await rm(dir, { recursive: true, force: true });
  }
  return {
    ...createRepositories(root, (name) => `${url}/${name}.git`),
    url,
    user,
    token,
    ca: authority.cert,
    caFile,
    requests,
    beforeNextPush: (act) => {
      beforePush = act;
    },
    outage: power.outage,
    recover: power.recover,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function isAllowed(header: string | undefined, user: string, token: string): boolean {
  if (header === `Bearer ${token}`) return true;
  return header === `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
}

function serviceOf(target: URL): GitRequest['service'] {
  const name = target.searchParams.get('service') ?? target.pathname.split('/').at(-1);
  return name === 'git-upload-pack' || name === 'git-receive-pack' ? name : undefined;
}

/** Runs git's own server program by CGI (RFC 3875). */
function runBackend(request: IncomingMessage, response: ServerResponse, target: URL, root: string, user: string): void {
  const child = spawn('git', ['http-backend'], {
    env: { ...GIT_ENVIRONMENT, ...cgiVariables(request, target, root, user) },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  response.once('close', () => child.kill());
  let head = Buffer.alloc(0);
  child.stdout.on('data', function read(chunk: Buffer) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    child.stdout.off('data', read);
    child.stdout.pause();
    writeHead(response, head.toString('latin1', 0, end));
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  });
  child.stdout.once('end', () => {
    if (!response.headersSent) response.writeHead(500).end();
  });
}

function cgiVariables(request: IncomingMessage, target: URL, root: string, user: string): Record<string, string> {
  const header = (name: string): string => request.headers[name]?.toString() ?? '';
  return {
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_INFO: decodeURIComponent(target.pathname),
    QUERY_STRING: target.search.slice(1),
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_USER: user,
    REMOTE_ADDR: '127.0.0.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
  };
}

function writeHead(response: ServerResponse, text: string): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const [name = '', value = ''] = line.split(/:\s*/, 2);
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
