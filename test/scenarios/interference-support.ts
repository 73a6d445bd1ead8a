import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Event } from '@weaveflux/shared';
import type { AgentProcess } from '../support/agent-process.ts';
import type { World } from '../support/world.ts';
import { eventsOf, type Scene } from './delivery-support.ts';

const COMMAND = fileURLToPath(new URL('../../agent/bin/weaveflux.mjs', import.meta.url));

/** Runs the command `weaveflux` against an agent; gives its output. Rejects where it exits with anything but 0. */
export async function weaveflux(agent: AgentProcess, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args, '--agent-file', agent.file]);
  return stdout;
}

/** Tells when the agent is listening to the cluster: an interference of its own is corrected. */
export async function watching({ agent, path }: Scene, { cluster }: World, name: string): Promise<void> {
  const seen = agent.events.length;
  await cluster.delete(path(`configmaps/${name}`));
  await agent.event(`${name} to be corrected`, isAbout('corrected', name), { after: seen });
}

/** Whether an event is of this type and about an object of this name. */
export function isAbout(type: Event['type'], name: string): (event: Event) => boolean {
  return (event) => event.type === type && event.object?.endsWith(`/${name}`) === true;
}

/** How many interferences with an object were told, and how many corrections. */
export function told(agent: AgentProcess, name: string): { interference: number; corrected: number } {
  const count = (type: Event['type']) => eventsOf(agent.events, type, name).length;
  return { interference: count('interference'), corrected: count('corrected') };
}

/** The fields in which an object differs, by what the status says. */
export async function driftOf(agent: AgentProcess, name: string) {
  const { objects } = await agent.api.status();
  const found = objects.find(({ key }) => key.endsWith(`/${name}`));
  assert.ok(found, `${name} is in the status`);
  return found.drift;
}
