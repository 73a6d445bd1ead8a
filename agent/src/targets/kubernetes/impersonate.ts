import type { ClusterAccess } from '@weaveflux/shared/node';

/**
 * The same access as a service account, `namespace/name`: the API server does each request with that account's rights
 * (user impersonation of the Kubernetes API) and none of the caller's but the right to impersonate. The groups of a
 * service account are added by the API server, as no others are asked for.
 */
export function impersonated(access: ClusterAccess, account: string): ClusterAccess {
  const user = `system:serviceaccount:${account.replace('/', ':')}`;
  return {
    ...access,
    async credentials(renew) {
      const given = await access.credentials(renew);
      // The groups of somebody whom a kubeconfig impersonates would add their rights to the account's.
      const own = Object.entries(given.headers).filter(([name]) => !name.startsWith('impersonate-'));
      return { ...given, headers: { ...Object.fromEntries(own), 'impersonate-user': user } };
    },
  };
}
