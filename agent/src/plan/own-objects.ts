import type { ObjectId } from '@weaveflux/shared';

/**
 * Tells which objects are the agent's own and so never pruned, whoever wrote them to the repository: its namespace,
 * the Environments in it, and by name what our manifests put there (`weaveflux`, `weaveflux-…`), their cluster roles
 * and CRDs.
 */
export function ownObjects(agentNamespace: string): (id: ObjectId) => boolean {
  return ({ group, kind, namespace, name }) => {
    if (kind === 'Namespace' && group === '') return name === agentNamespace && name !== '';
    if (kind === 'CustomResourceDefinition') return name.endsWith('.weaveflux.dev');
    if (namespace !== '' && namespace !== agentNamespace) return false;
    if (kind === 'Environment' && group === 'weaveflux.dev') return true;
    return name === 'weaveflux' || name.startsWith('weaveflux-');
  };
}
