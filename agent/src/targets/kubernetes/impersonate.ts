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
      return { ...given, headers: { ...given.headers, 'impersonate-user': user } };
    },
  };
}
