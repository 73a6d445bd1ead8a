/** A file, link or directory of an archive; everything belongs to root. */
export type TarEntry =
  | { readonly path: string; readonly content: Buffer; readonly mode?: number }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly directory: true };

const BLOCK = 512;

/** A tar archive (POSIX ustar) whose bytes depend on its entries alone. Paths are relative and at most 100 bytes. */
export function makeTar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)]);
}

function blocksOf(entry: TarEntry): Buffer[] {
  if ('directory' in entry) return [header(`${entry.path}/`, '5', 0o755, 0, '')];
  if ('link' in entry) return [header(entry.path, '2', 0o777, 0, entry.link)];
  const { path, content, mode = 0o644 } = entry;
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return [header(path, '0', mode, content.length, ''), content, padding];
}

function header(path: string, type: string, mode: number, size: number, link: string): Buffer {
  if (Buffer.byteLength(path) > 100 || Buffer.byteLength(link) > 100) throw new Error(`too long for ustar: ${path}`);
  const block = Buffer.alloc(BLOCK);
  block.write(path, 0);
  for (const [at, length, value] of [
    [100, 8, mode],
    [108, 8, 0],
    [116, 8, 0],
    [124, 12, size],
    [136, 12, 0],
  ] as const) {
    block.write(value.toString(8).padStart(length - 1, '0'), at);
  }
  block.write(type, 156);
  block.write(link, 157);
  block.write('ustar\x0000', 257);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
