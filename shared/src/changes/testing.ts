/** The file that tests of changes work on. */
export const FILE = 'app.yaml';

/** A digest, for tests. */
export const DIGEST = `sha256:${'d'.repeat(64)}`;

/** The text of `shop:deployment/app`, with these lines below `containers:`. */
export function deployment(...lines: readonly string[]): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: app, namespace: shop }
spec:
  template:
    spec:
      containers:
${lines.map((line) => `        ${line}\n`).join('')}`;
}
