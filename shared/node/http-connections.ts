import { Agent, type ClientRequest, type ClientRequestArgs } from 'node:http';
import { connect as connectPlain, isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectEncrypted } from 'node:tls';

/** Milliseconds that a connection is kept that nobody uses: shorter than servers keep theirs. */
const IDLE = 4_000;

/** Opens a connection, or any stream in its place. */
type Open = (options: ClientRequestArgs) => Duplex | Promise<Duplex>;

/** Connections to one server, each used again while it lasts. Where none can be opened, the request fails with what `open` threw. */
export class HttpConnections extends Agent {
  readonly #open: Open;
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(open: Open) {
    super({ keepAlive: true });
    this.#open = open;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | undefined {
    const opened = this.#open(options);
    if (!(opened instanceof Promise)) return likeSocket(opened);
    opened.then(
      (stream) => callback?.(null, likeSocket(stream)),
      // Node gives the error to the request, and takes no stream beside it.
      (error) => (callback as ((error: Error) => void) | undefined)?.(error),
    );
    return undefined;
  }

  /** Called by Node when a request has ended. */
  override keepSocketAlive(stream: Duplex): boolean {
    this.#idle.set(stream, setTimeout(() => stream.destroy(), IDLE).unref());
    // What it gives is whether to keep it, though its type does not say so.
    const isKept: unknown = super.keepSocketAlive(stream);
    return isKept !== false;
  }

  /** Called by Node when a kept one is used again. */
  override reuseSocket(stream: Duplex, request: ClientRequest): void {
    clearTimeout(this.#idle.get(stream));
    super.reuseSocket(stream, request);
  }
}

/** Connections by TCP, with `tls` encrypted. */
export function systemConnections(tls?: ConnectionOptions): HttpConnections {
  return new HttpConnections((options) => {
    const to = { host: options.hostname ?? 'localhost', port: Number(options.port) };
    if (tls === undefined) return connectPlain(to);
    const name = isIP(to.host) === 0 ? { servername: to.host } : {};
    return connectEncrypted({ ...to, ALPNProtocols: ['http/1.1'], ...name, ...tls });
  });
}

/** Node speaks HTTP over any stream, but tells what it keeps as if it were a socket of the system. */
function likeSocket(stream: Duplex): Duplex {
  const unheard = () => stream;
  if (stream instanceof Socket) return stream;
  return Object.assign(stream, { ref: unheard, unref: unheard, setKeepAlive: unheard, setTimeout: unheard });
}
