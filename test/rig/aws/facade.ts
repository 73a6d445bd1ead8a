import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { freePort } from '../ports.ts';
import { listen } from '../switch.ts';

/** A call of the ECR API, as it was asked. */
export interface AwsCall {
  /** `DescribeImages`. */
  readonly action: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Something that AWS refuses from now on, until it is taken back or has happened `times` times. */
export interface AwsFault {
  readonly action?: string;
  readonly region?: string;
  /** `ThrottlingException`, `AccessDeniedException`. */
  readonly error: string;
  readonly times?: number;
}

/** What the facade adds to moto's answers. */
export interface FacadeOptions {
  readonly upstream: string;
  /** The password of the user `AWS` at the registry; asked for at each login. */
  readonly password: () => string;
  /** When a login ends that is given now. */
  readonly expires: () => Date;
  /** At most so many images a page, whatever is asked for. */
  readonly pageSize: number;
  /** When a tag was pushed. */
  readonly pushed: (repository: string, tag: string) => Date | undefined;
}

/** AWS's API as the agent meets it: moto's answers, in pages, with logins that the rig's registry takes. */
export interface Facade extends AsyncDisposable {
  readonly url: string;
  readonly calls: AwsCall[];
  fault(fault: AwsFault): Disposable;
}

interface Details {
  imageTags?: string[];
  imagePushedAt?: number;
}

/** Opens it on a free port of 127.0.0.1. */
export async function openFacade(options: FacadeOptions): Promise<Facade> {
  const calls: AwsCall[] = [];
  let faults: { fault: AwsFault; left: number }[] = [];

  function refusal(call: AwsCall): AwsFault | undefined {
    const entry = faults.find(
      ({ fault, left }) =>
        left > 0 && (fault.action ?? call.action) === call.action && (fault.region ?? call.region) === call.region,
    );
    if (entry !== undefined) entry.left -= 1;
    return entry?.fault;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const call = readCall(request, body);
    if (call === undefined) return pass(await ask(request, body, options.upstream), response);
    calls.push(call);
    const refused = refusal(call);
    if (refused !== undefined) {
      const { error } = refused;
      return send(response, 400, { __type: error, message: `the rig says ${error}` });
    }
    const answer = await ask(request, body, options.upstream);
    if (!answer.ok || REWRITTEN[call.action] === undefined) return pass(answer, response);
    send(response, 200, REWRITTEN[call.action]?.((await answer.json()) as Record<string, unknown>, call, options));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const port = await freePort();
  const power = await listen(server, port, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    fault(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      faults.unshift(entry);
      return {
        [Symbol.dispose]() {
          faults = faults.filter((each) => each !== entry);
        },
      };
    },
    [Symbol.asyncDispose]: () => power.outage(),
  };
}

type Rewrite = (answer: Record<string, unknown>, call: AwsCall, options: FacadeOptions) => unknown;

const REWRITTEN: Readonly<Record<string, Rewrite>> = {
  GetAuthorizationToken: (_, { region }, { password, expires }) => ({
    authorizationData: [
      {
        authorizationToken: Buffer.from(`AWS:${password()}`).toString('base64'),
        expiresAt: expires().getTime() / 1000,
        proxyEndpoint: `https://123456789012.dkr.ecr.${region}.amazonaws.com`,
      },
    ],
  }),
  DescribeImages(answer, { input }, { pageSize, pushed }) {
    const all = (answer.imageDetails as Details[]).map((details) => {
      const at = pushed(String(input.repositoryName), details.imageTags?.[0] ?? '');
      return at === undefined ? details : { ...details, imagePushedAt: at.getTime() / 1000 };
    });
    const from = Number(input.nextToken ?? 0);
    const to = from + Math.min(pageSize, Number(input.maxResults ?? 100));
    return { imageDetails: all.slice(from, to), ...(to < all.length ? { nextToken: String(to) } : {}) };
  },
};

function readCall(request: IncomingMessage, body: Buffer): AwsCall | undefined {
  const target = /^AmazonEC2ContainerRegistry_V\d+\.(\w+)$/.exec(String(request.headers['x-amz-target']));
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '');
  if (target?.[1] === undefined) return undefined;
  return { action: target[1], region: scope?.[1] ?? '', input: JSON.parse(body.toString() || '{}') };
}

function ask(request: IncomingMessage, body: Buffer, upstream: string): Promise<Response> {
  const { host: _, connection: __, 'content-length': ___, expect: ____, ...headers } = request.headers;
  return fetch(new URL(request.url ?? '/', upstream), {
    method: request.method ?? 'POST',
    headers: headers as Record<string, string>,
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
}

async function pass(answer: Response, response: ServerResponse): Promise<void> {
  const type = answer.headers.get('content-type') ?? 'application/json';
  response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
