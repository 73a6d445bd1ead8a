import { readFile, stat } from 'node:fs/promises';

/** A docker config that is read again when the file has changed. */
export interface DockerConfigFile {
  /** Its text, or nothing where there is no readable file. */
  read(): Promise<string | undefined>;
}

const MAX_BYTES = 4 * 1024 * 1024;

/** Watches nothing: each read asks the file system for the time, size and identity of the file. */
export function openDockerConfig(path: string): DockerConfigFile {
  let seen = '';
  let text: string | undefined;
  return {
    async read() {
      try {
        const { mtimeMs, size, ino } = await stat(path);
        const version = `${mtimeMs} ${size} ${ino}`;
        if (version !== seen) {
          text = size > MAX_BYTES ? undefined : await readFile(path, 'utf8');
          seen = version;
        }
        return text;
      } catch {
        seen = '';
        return undefined;
      }
    },
  };
}
