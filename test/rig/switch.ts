import { once } from 'node:events';
import type { Server } from 'node:net';

/** How a server is away: connections refused, or accepted and never answered. */
export type Outage = 'refuse' | 'hang';

/** A listening server of the rig that can go away and come back on its port. */
export interface Switch {
  /** Goes away: open connections are cut. */
  outage(how?: Outage): Promise<void>;
  recover(): Promise<void>;
  /** Whether requests are to be left without an answer. */
  readonly hanging: boolean;
}

/** Listens, on 127.0.0.1 unless told, and gives the switch. */
export async function listen(
  server: Server & { closeAllConnections?(): void },
  port: number,
  address = '127.0.0.1',
): Promise<Switch> {
  let hanging = false;
  async function open(): Promise<void> {
    server.listen(port, address);
    await once(server, 'listening');
    server.unref();
  }
  await open();
  return {
    get hanging() {
      return hanging;
    },
    async outage(how = 'refuse') {
      hanging = how === 'hang';
      server.closeAllConnections?.();
      if (hanging || !server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections?.();
      await closed;
    },
    async recover() {
      if (hanging) server.closeAllConnections?.();
      hanging = false;
      if (!server.listening) await open();
    },
  };
}
