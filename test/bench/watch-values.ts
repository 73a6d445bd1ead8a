import { Agent, request } from 'undici';
import type { ControlPlane } from '../rig/index.ts';

/** One field of one object, followed by a watch. */
export interface ValueWatch extends AsyncDisposable {
  /** When (`performance.now()`) the field had this value in a version after the given one. */
  until(value: unknown, after: string, deadline: number): Promise<number>;
}

interface Seen {
  readonly value: unknown;
  readonly version: bigint;
  readonly at: number;
}

/** Watches one object and notes the values of a field with the time of their arrival. */
export async function watchValues(cluster: ControlPlane, path: string, field: readonly string[]): Promise<ValueWatch> {
  const { metadata } = await cluster.get(path);
  const dispatcher = new Agent({ connect: { ca: cluster.ca }, allowH2: false });
  const collection = path.slice(0, path.lastIndexOf('/'));
  const query = new URLSearchParams({
    watch: 'true',
    fieldSelector: `metadata.name=${metadata.name}`,
    resourceVersion: metadata.resourceVersion,
  });
  const seen: Seen[] = [];
  let wake = () => {};
  const { body } = await request(`${cluster.url}${collection}?${query}`, {
    dispatcher,
    headers: { authorization: `Bearer ${cluster.token}` },
    bodyTimeout: 0,
  });
  const reading = (async () => {
    let rest = '';
    for await (const chunk of body.setEncoding('utf8')) {
      const at = performance.now();
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { object } = JSON.parse(line);
        const value = field.reduce((inner, key) => inner?.[key], object);
        seen.push({ value, version: BigInt(object.metadata.resourceVersion), at });
      }
      wake();
    }
  })().catch(() => {});

  return {
    async until(value, after, deadline) {
      const end = performance.now() + deadline;
      while (performance.now() < end) {
        const found = seen.find((one) => one.version > BigInt(after) && one.value === value);
        if (found !== undefined) return found.at;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, end - performance.now());
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      throw new Error(`waited ${deadline / 1000} s for ${path} ${field.join('.')} to be ${value} again`);
    },
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      await reading;
    },
  };
}
