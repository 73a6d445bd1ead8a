import { oneLine, QUOTED } from '../text/one-line.ts';
import type { Git } from './git.ts';
import type { CommitDetail } from './repository.ts';
import { cleanPath } from './tree.ts';

const FORMAT = '%x00%H%x00%P%x00%an%x00%cI%x00%s%x00%b%x00';
const HASH = /^[0-9a-f]{40,64}$/;

/** Commits reachable by first parents, newest first, at most `limit`, with what they changed below the paths. */
export async function readLog(
  git: Git,
  revision: string,
  paths: readonly string[],
  limit: number,
  signal: AbortSignal,
): Promise<CommitDetail[]> {
  const wanted = paths.map(cleanPath);
  const below = wanted.includes('') ? [] : wanted.map((path) => `:(top,literal)${path}`);
  const args = ['log', '--first-parent', '--diff-merges=first-parent', '--raw', '-z', '--no-abbrev', '--no-renames'];
  const out = await git(
    [...args, `--format=${FORMAT}`, `--max-count=${Math.max(0, Math.trunc(limit))}`, revision, '--', ...below],
    signal,
  );
  return parseLog(out.toString('utf8'));
}

/** Reads what `git log -z` wrote in our format; exported for its test. */
export function parseLog(text: string): CommitDetail[] {
  const tokens = text.split('\0');
  const commits: CommitDetail[] = [];
  let at = 0;
  const next = () => tokens[at++] ?? '';
  while (at < tokens.length) {
    const revision = next();
    if (!HASH.test(revision)) continue;
    const [parents, author, time, subject, body] = [next(), next(), next(), next(), next()];
    const files: CommitDetail['files'][number][] = [];
    while (at < tokens.length && !HASH.test(tokens[at] ?? '')) {
      const raw = /^\n?:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) [A-Z]/.exec(next());
      if (raw !== null) files.push(changed(next(), raw[1] ?? '', raw[2] ?? ''));
    }
    const parent = parents.split(' ')[0];
    commits.push({
      revision,
      parent: parent === '' ? undefined : parent,
      author: oneLine(author, QUOTED),
      time,
      subject: oneLine(subject, QUOTED),
      body: body.trimEnd(),
      files,
    });
  }
  return commits;
}

function changed(path: string, before: string, after: string): CommitDetail['files'][number] {
  return { path, ...(isNone(before) ? {} : { before }), ...(isNone(after) ? {} : { after }) };
}

function isNone(blob: string): boolean {
  return /^0+$/.test(blob);
}
