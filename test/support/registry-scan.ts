// Scans the image repository that is named, as the identity that a cloud gives this process, and prints what was found as JSON.
import { openScanner } from '../scenarios/registry-world.ts';

const [name = ''] = process.argv.slice(2);
await using scanner = await openScanner();
const { tags, problem } = await scanner.registry.scan({ name, credentials: [] }, AbortSignal.timeout(50_000));
console.log(JSON.stringify({ tags: tags.map(({ tag }) => tag), problem: problem?.message }));
