import { manifestsOf, parseFile } from '@weaveflux/shared';

export interface ParseResult {
  /** Milliseconds of the first time in a fresh process, and of the best of the next ten. */
  readonly cold: number;
  readonly warm: number;
  readonly manifests: number;
}

/** Reads files into manifests as the agent does, without Git and cluster. */
export function parseAlone(files: Readonly<Record<string, string>>): ParseResult {
  let manifests = 0;
  const times = Array.from({ length: 11 }, () => {
    const began = performance.now();
    manifests = 0;
    for (const [path, text] of Object.entries(files)) manifests += manifestsOf(parseFile(path, text)).manifests.length;
    return performance.now() - began;
  });
  const [cold = Number.NaN, ...rest] = times;
  return { cold, warm: Math.min(...rest), manifests };
}
