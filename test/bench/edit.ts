import { applyEdits, manifestsOf, parseFile } from '@weaveflux/shared';
import type { Benchmark } from './benchmark.ts';
import { median, millis, spread } from './numbers.ts';
import { filesOf, NAMESPACE_FILES } from './objects.ts';
import { type Following, startStage } from './stage.ts';

const SERVICES = 400;
const FILE = 'shop/service-200.yaml';
const WORKLOAD = 'shop:deployment/service-200';
const REPOSITORY = 'registry.example.com/shop/service-200';
/** The Deployment is the fourth document of a service's file. */
const DOCUMENT = 3;
const IMAGE = ['spec', 'template', 'spec', 'containers', 0, 'image'] as const;

export const edit: Benchmark = {
  name: 'edit',
  title: 'Edit of one image in a repository of 2,000 documents',
  how: 'One tag is changed: in the text of one file (5 documents), in one file that holds all 2,000 documents, and through the agent (request, edit, commit and push over https, answer). Both library times include reading the result again to verify it; bytes are compared before and after.',
  async run(say, { rounds = 7, profile }) {
    const files = texts();
    const one = libraryEdit(FILE, files.get(FILE) ?? '', DOCUMENT, rounds);
    const order = [...files.keys()];
    const at = order.slice(0, order.indexOf(FILE)).length * 5 + DOCUMENT;
    const all = libraryEdit('all.yaml', [...files.values()].join('---\n'), at, rounds);
    say(`library: ${millis(median(one.times))}, ${millis(median(all.times))}`);

    await using stage = await startStage({ profile });
    await using following = await stage.follow(
      { ...NAMESPACE_FILES, ...Object.fromEntries(files) },
      { 'registry-disable-scanning': 'true' },
    );
    const agent: Awaited<ReturnType<typeof release>>[] = [];
    for (let round = 1; round <= rounds; round++) {
      const done = await release(following, `2.${round}.0`);
      say(`round ${round}: ${Math.round(done.milliseconds)} ms, ${done.changed.removed} → ${done.changed.added} bytes`);
      agent.push(done);
    }
    const files1 = agent.every(({ files: changed }) => changed === 1);
    const exact = [one, all, ...agent].every((each) => each.exact);
    return {
      figures: [
        { what: 'one file of 5 documents, in the library', measured: spread(one.times, millis) },
        { what: 'one file of 2,000 documents, in the library', measured: spread(all.times, millis) },
        {
          what: 'through the agent, from the request to the pushed commit',
          measured: spread(
            agent.map(({ milliseconds }) => milliseconds),
            millis,
          ),
        },
        {
          what: 'bytes changed',
          measured: `at most ${Math.max(...[one, all, ...agent].map(({ changed }) => Math.max(changed.removed, changed.added)))}`,
          goal: 'those of the tag only, in one file',
          met: exact && files1,
        },
      ],
    };
  },
};

/** What the text must be afterwards, made without the library. */
function withTag(text: string, tag: string): string {
  return text.replace(/(registry\.example\.com\/shop\/service-200:)[\w.]+/, `$1${tag}`);
}

function texts(): Map<string, string> {
  return new Map(Object.entries(filesOf(SERVICES)).map(([path, text]) => [path, String(text)]));
}

function libraryEdit(file: string, text: string, document: number, rounds: number) {
  const documents = manifestsOf(parseFile(file, text)).manifests.length;
  let after = text;
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now();
    after = applyEdits(file, text, [{ document, path: IMAGE, value: `${REPOSITORY}:2.200.0` }]);
    return performance.now() - began;
  });
  if (documents === 0 || after === text) throw new Error(`${file} was not edited`);
  return { times, changed: changedBytes(text, after), exact: after === withTag(text, '2.200.0') };
}

/** What is left between the common beginning and the common end. */
function changedBytes(before: string, after: string): { readonly removed: number; readonly added: number } {
  const [a, b] = [Buffer.from(before), Buffer.from(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return { removed: a.length - start - end, added: b.length - start - end };
}

async function release({ agent, repository }: Following, tag: string) {
  const before = await repository.read(FILE);
  const began = performance.now();
  const asked = await agent.api.changes({
    requestedBy: { name: 'Bench' },
    changes: [{ kind: 'release', workload: WORKLOAD, tag }],
  });
  const done = await agent.api.finishedJob(asked.id);
  const milliseconds = performance.now() - began;
  if (done.commit === undefined) throw new Error(`${tag} was not committed: ${JSON.stringify(done)}`);
  const after = await repository.read(FILE);
  const names = await repository.git(['diff', '--name-only', `${done.commit.revision}~1`, done.commit.revision]);
  const changed = changedBytes(before, after);
  return { milliseconds, changed, exact: after === withTag(before, tag), files: names.trim().split('\n').length };
}
