import type { Files } from '../rig/index.ts';

/** Both environments state shop services, each in files and with habits of its own. */
export interface PromotionFiles {
  readonly staging: Files;
  readonly production: Files;
}

/** The repositories before anything is promoted; images lie in a registry. */
export function promotionFiles(registry: string): PromotionFiles {
  const image = (name: string, tag: string) => `${registry}/shop/${name}:${tag}`;
  const staging = (name: string, tag: string, annotations: Annotations = {}) => ({
    [`apps/${name}.yaml`]: workload('staging', name, image(name, tag), { annotations }),
  });
  const production = (name: string, tag: string, options: WorkloadOptions = {}) =>
    workload('production', name, image(name, tag), { replicas: 3, ...options });
  return {
    staging: {
      'namespace.yaml': namespace('staging'),
      ...staging('cart', '1.4.2', { automated: 'true', 'tag.cart': 'semver:~1' }),
      ...staging('checkout', '2.3.0'),
      ...staging('payments', '5.0.1'),
      ...staging('pricing', '1.9.0'),
      ...staging('reviews', '1.1.0'),
      ...staging('search', '3.1.0'),
      ...staging('storefront', '7.2.0'),
      ...staging('wishlist', '0.9.0'),
    },
    production: {
      'namespace.yaml': namespace('production'),
      // Owners' words stay, whatever is promoted beside them.
      'shop/cart.yaml': `# Owned by the shop team; ask before you scale it.\n${production('cart', '1.4.2', { note: 'canaries first' })}`,
      'shop/checkout.yaml': production('checkout', '2.2.1', { annotations: FROZEN }),
      'shop/money.yaml': [
        production('payments', '4.9.0', { note: 'audited every quarter' }),
        production('pricing', '2.0.0'),
        production('ledger', '1.2.0', { kind: 'StatefulSet' }),
      ].join('---\n'),
      'shop/reviews.yaml': production('reviews', '1.0.0', {
        annotations: { automated: 'true', 'tag.reviews': 'semver:~1' },
      }),
      'shop/search.yaml': production('search', '3.1.0'),
      'shop/storefront.yaml': production('storefront', '7.1.4'),
    },
  };
}

/** Annotations of ours, without their prefix. */
type Annotations = Readonly<Record<string, string>>;

interface WorkloadOptions {
  readonly annotations?: Annotations;
  readonly replicas?: number;
  readonly kind?: 'Deployment' | 'StatefulSet';
  /** A comment behind the image. */
  readonly note?: string;
}

const FROZEN: Annotations = { locked: 'true', locked_user: 'Ann', locked_msg: 'frozen until the sale is over' };

function namespace(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`;
}

function workload(namespaceName: string, name: string, image: string, options: WorkloadOptions): string {
  const { annotations = {}, replicas = 1, kind = 'Deployment', note } = options;
  const lines = Object.entries(annotations).map(([key, value]) => `    weaveflux.dev/${key}: "${value}"\n`);
  return `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${namespaceName}
${lines.length === 0 ? '' : `  annotations:\n${lines.join('')}`}spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: ${name} }
${kind === 'StatefulSet' ? `  serviceName: ${name}\n` : ''}  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: ${name}
          image: ${image}${note === undefined ? '' : ` # ${note}`}
`;
}
