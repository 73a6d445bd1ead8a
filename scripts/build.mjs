// Bundles what is shipped: the agent with its command as one file, and the extension.
import { chmodSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}agent/package.json`, 'utf8'));
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  sourcemap: true,
  logLevel: 'warning',
  legalComments: 'external',
  // Names stay as they are, so that a stack trace can be read.
  minifyWhitespace: true,
  minifySyntax: true,
};

await build({
  ...common,
  entryPoints: ['agent/src/main.ts'],
  outfile: 'agent/dist/weaveflux.mjs',
  format: 'esm',
  target: 'node22',
  // client-node is only needed for kubeconfigs with plugins: it is loaded when one asks for it.
  external: ['@kubernetes/client-node'],
  define: { WEAVEFLUX_VERSION: JSON.stringify(version) },
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as createRequireHere } from 'node:module';\nconst require = createRequireHere(import.meta.url);",
  },
});
chmodSync(`${root}agent/dist/weaveflux.mjs`, 0o755);

await build({
  ...common,
  entryPoints: ['extension/src/extension.ts'],
  outfile: 'extension/dist/extension.cjs',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
});
console.log('built agent/dist/weaveflux.mjs and extension/dist/extension.cjs');
