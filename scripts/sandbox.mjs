// `npm run sandbox -- push shop/cart 1.4.2`: asks the running sandbox to do something to itself.
import { readFileSync } from 'node:fs';

const words = process.argv.slice(2);
try {
  const { url, token } = JSON.parse(readFileSync(new URL('../.weaveflux/sandbox.json', import.meta.url), 'utf8'));
  const query = words.map((word) => `word=${encodeURIComponent(word)}`).join('&');
  const response = await fetch(`${url}/?${query}`, { headers: { authorization: `Bearer ${token}` } });
  console.log(await response.text());
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  console.error(missing ? 'No sandbox is running here; start one with: npm start' : String(error));
  process.exitCode = 1;
}
