// Starts a node with a pod, says where, and waits to be killed.
import { startNode } from '../index.ts';

const node = await startNode();
await node.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
await node.createPullSecret('shop');
const image = await node.pushApp('shop/cart', '1');
await node.apply({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { imagePullSecrets: [{ name: 'registry' }], containers: [{ name: 'app', image }] },
});
await node.until('/api/v1/namespaces/shop/pods/cart', 'cart to run', ({ status }) => status?.phase === 'Running', { deadline: 120_000 });
console.log(JSON.stringify({ directory: `/var/lib/weaveflux-node/${node.name.replace('node-', '')}`, address: node.address }));
setInterval(() => undefined, 1000);
