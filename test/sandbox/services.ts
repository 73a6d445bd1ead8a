/** One small service of the sandbox's environment. */
export interface Service {
  readonly namespace: 'shop' | 'platform';
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly replicas: number;
  /** The tag that the repository begins with. */
  readonly tag: string;
  /** The policy beside the image; such a service is automated. */
  readonly policy?: string;
  /** Tags in the registry besides the current one, oldest first. */
  readonly tags: readonly string[];
}

/** The environment that `npm start` shows: twenty services, five of them automated, each by another policy. */
export const SERVICES: readonly Service[] = [
  automated('shop', 'cart', '1.4.1', 'semver:~1.4', ['1.3.9', '1.4.0']),
  automated('shop', 'checkout', 'build-118', 'numerical:^build-(\\d+)$', ['build-99', 'build-117']),
  automated('shop', 'search', 'main-5e1a90c', 'glob:main-*', ['main-0b7d312', 'feature-facets-1']),
  automated('platform', 'gateway', 'v2.3.0', 'regexp:^v2\\.', ['v1.9.4', 'v2.2.8']),
  automated('platform', 'reports', '2026-11-02', 'alphabetical:^(\\d{4}-\\d{2}-\\d{2})$', ['2026-10-19', '2026-10-26']),
  plain('shop', 'catalog', 3),
  plain('shop', 'payments', 2),
  plain('shop', 'pricing', 2),
  plain('shop', 'inventory', 2),
  plain('shop', 'reviews', 1),
  plain('shop', 'wishlist', 1),
  plain('shop', 'recommendations', 1),
  plain('shop', 'storefront', 3),
  plain('shop', 'sessions', 2, 'StatefulSet'),
  plain('platform', 'accounts', 2),
  plain('platform', 'mailer', 1),
  plain('platform', 'audit', 1),
  plain('platform', 'scheduler', 1),
  plain('platform', 'webhooks', 1),
  plain('platform', 'ledger', 2, 'StatefulSet'),
];

function automated(
  namespace: Service['namespace'],
  name: string,
  tag: string,
  policy: string,
  tags: readonly string[],
): Service {
  return { namespace, name, kind: 'Deployment', replicas: 2, tag, policy, tags };
}

function plain(
  namespace: Service['namespace'],
  name: string,
  replicas: number,
  kind: Service['kind'] = 'Deployment',
): Service {
  return { namespace, name, kind, replicas, tag: '1.0.0', tags: [] };
}
