// What esbuild makes of the sources: the agent with its command as one file, the extension, and its suite for the
// extension host.
import { chmodSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
  legalComments: 'external',
  // Names stay as they are, so that a stack trace can be read.
  minifyWhitespace: true,
  minifySyntax: true,
};

/** What Node is told where the agent is started by its name: a small young generation costs little time and saves 50 MB after a burst. */
const NODE_FLAGS = '--max-semi-space-size=4';

const REQUIRE =
  "import { createRequire as createRequireHere } from 'node:module';\nconst require = createRequireHere(import.meta.url);";

/** The agent as `agent/dist/weaveflux.mjs`, which can be run. */
export async function bundleAgent() {
  const outfile = 'agent/dist/weaveflux.mjs';
  const { version } = JSON.parse(readFileSync(join(root, 'agent/package.json'), 'utf8'));
  await build({
    ...common,
    entryPoints: ['agent/src/main.ts'],
    outfile,
    format: 'esm',
    // client-node is only needed for kubeconfigs with plugins: it is loaded when one asks for it.
    external: ['@kubernetes/client-node'],
    define: { WEAVEFLUX_VERSION: JSON.stringify(version) },
    banner: {
      js: `#!/usr/bin/env -S node ${NODE_FLAGS}\n${REQUIRE}`,
    },
  });
  escapeNonAscii(join(root, outfile));
  chmodSync(join(root, outfile), 0o755);
}

/** One character beyond ASCII, as esbuild leaves it in a regular expression, has V8 keep the whole text in twice the memory. */
function escapeNonAscii(file) {
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const text = readFileSync(file, 'utf8');
  const ascii = text.replace(/[^\0-\x7f]/g, escaped);
  if (ascii !== text) writeFileSync(file, ascii);
}

/** The extension and the page of its dashboard, in a folder that stands for its `dist`. */
export async function bundleExtension(into = 'extension/dist') {
  await bundleDashboard(into);
  await bundleKubeconfigPlugins(into);
  await bundleHostSide(into);
}

/**
 * What runs in the extension host: `extension.cjs`, and files `part-….cjs` with what is loaded by `import()`, so not at
 * the start, and with what both sides need. esbuild makes such parts as ES modules only: they become CommonJS afterwards.
 */
async function bundleHostSide(into) {
  const parts = join(into, 'part-*');
  for (const old of globSync(parts, { cwd: root })) rmSync(resolve(root, old));
  const output = { outdir: into, outExtension: { '.js': '.cjs' } };
  await build({
    ...common,
    ...output,
    entryPoints: ['extension/src/extension.ts'],
    chunkNames: 'part-[name]-[hash]',
    format: 'esm',
    splitting: true,
    sourcemap: 'inline',
    external: ['./client-node.cjs'],
    alias: { '@kubernetes/client-node': './client-node.cjs' },
    plugins: [viewOfVscode],
  });
  await build({
    ...common,
    ...output,
    entryPoints: [join(into, 'extension.cjs'), ...globSync(`${parts}.cjs`, { cwd: root })],
    loader: { '.cjs': 'js' },
    bundle: false,
    format: 'cjs',
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    allowOverwrite: true,
  });
}

/**
 * Gives VS Code's API as the prototype of an object without names of its own. esbuild copies the own names of a CommonJS
 * module for each file that imports it, which for the API and all our files would be a large part of the start.
 */
const viewOfVscode = {
  name: 'view-of-vscode',
  setup({ onResolve, onLoad }) {
    const namespace = 'view-of-vscode';
    onResolve({ filter: /^vscode$/ }, ({ namespace: from }) =>
      from === namespace ? { path: 'vscode', external: true } : { path: 'vscode', namespace },
    );
    onLoad({ filter: /.*/, namespace }, () => ({ contents: "module.exports = Object.create(require('vscode'));" }));
  },
};

/** What of client-node is used, as a file of its own that is loaded when a kubeconfig with plugins is. */
async function bundleKubeconfigPlugins(into) {
  await build({
    ...common,
    stdin: {
      contents: "export { KubeConfig } from '@kubernetes/client-node/dist/config.js';",
      resolveDir: join(root, 'shared'),
    },
    outfile: join(into, 'client-node.cjs'),
    format: 'cjs',
    minify: true,
    sourcemap: false,
  });
}

/** The dashboard's page as `dashboard.js` and `dashboard.css`, for the browser that VS Code 1.103 is made with. */
async function bundleDashboard(into) {
  await build({
    ...common,
    entryPoints: [
      { in: 'extension/webview/main.ts', out: 'dashboard' },
      { in: 'extension/webview/styles/dashboard.css', out: 'dashboard' },
    ],
    outdir: into,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    minify: true,
  });
}

/** The suite for the extension host as `extension/dist/test`, a file for each of its files; `index.cjs` runs them. */
export async function bundleExtensionTests() {
  await build({
    ...common,
    entryPoints: ['extension/test/index.ts', ...globSync('extension/test/**/*.test.ts', { cwd: root })],
    outdir: 'extension/dist/test',
    outbase: 'extension/test',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    external: ['vscode', 'mocha'],
    minifyWhitespace: false,
  });
}
