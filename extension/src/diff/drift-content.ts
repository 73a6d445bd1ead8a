import type { Subject } from '../model/diff/address.ts';
import type { Sides } from '../model/diff/document.ts';
import { driftSides } from '../model/diff/drift-sides.ts';
import { isCut } from '../model/diff/uncut.ts';
import type { Services } from '../services.ts';
import { openEnvironment, statusOf } from './environment.ts';
import type { AskDetail } from './object-content.ts';

/** An object as it is in the cluster, and as the repository has it, by the agent's word. */
export async function driftContent(
  services: Services,
  { environment: id, object: key }: Extract<Subject, { kind: 'drift' }>,
  ask: AskDetail,
): Promise<Sides> {
  const environment = openEnvironment(services, id);
  const { objects } = await statusOf(environment);
  const object = objects.find((each) => each.key === key);
  const cut = object?.drift?.differences.some(isCut) === true;
  const detail = object === undefined || !cut ? undefined : await ask(environment, object);
  return driftSides(object?.name ?? key, object, detail);
}
