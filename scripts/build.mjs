// `npm run build`: bundles what is shipped, and the extension's suite for the extension host.
// `node scripts/build.mjs agent`, `extension`, `extension-tests`: one of them. `extension FOLDER`: into that folder.
import { bundleAgent, bundleExtension, bundleExtensionTests } from './lib/bundles.mjs';

const BUNDLES = { agent: bundleAgent, extension: bundleExtension, 'extension-tests': bundleExtensionTests };

const [name, into] = process.argv.slice(2);
if (name !== undefined && !(name in BUNDLES)) {
  console.error(`There is no bundle "${name}": say one of ${Object.keys(BUNDLES).join(', ')}, or nothing for all.`);
  process.exit(2);
}
const names = name === undefined ? Object.keys(BUNDLES) : [name];
for (const each of names) await BUNDLES[each](into);
console.log(`built ${names.join(', ')}`);
