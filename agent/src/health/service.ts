import { type Health, type JsonObject, listAt, stringAt } from '@weaveflux/shared';
import { healthy, progressing } from './results.ts';

/** A Service: one of type LoadBalancer waits for its address, every other is healthy where it is. */
export function serviceHealth(object: JsonObject): Health {
  if (stringAt(object, ['spec', 'type']) !== 'LoadBalancer') return healthy();
  const addresses = listAt(object, ['status', 'loadBalancer', 'ingress']);
  return addresses.length > 0 ? healthy() : progressing('waits for the address of its load balancer');
}
