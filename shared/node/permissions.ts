import { WeavefluxError } from '../src/errors.ts';

/** What a person may not do, and the role that would let them: `weaveflux-view` or `weaveflux-operate`. */
export function lacking(what: string, role: 'view' | 'operate', namespace: string): WeavefluxError {
  const message = `You may not ${what} in namespace ${namespace}: ask for the role weaveflux-${role} there.`;
  return new WeavefluxError('FORBIDDEN', message);
}
