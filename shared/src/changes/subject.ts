import type { Outcome } from '../api/requests.ts';
import type { ImageChange } from './workload.ts';

/** The subject of a commit that changes images: `Release team/app:1.4.2`, or `Release 3 images`. */
export function releaseSubject(changes: readonly Pick<ImageChange, 'repository' | 'to'>[]): string {
  const images = [...new Set(changes.map(({ repository, to }) => `${shortName(repository)}:${to}`))];
  return images.length === 1 ? `Release ${images[0]}` : `Release ${images.length} images`;
}

/** The subject of a commit that changes no image: what the first change came to, and how many more there are. */
export function changeSubject(outcomes: readonly Outcome[]): string {
  const changed = outcomes.filter(({ result }) => result === 'configured');
  const [first] = changed;
  const sentence = first?.message.replace(/\.$/, '') ?? 'Change policies';
  return changed.length > 1 ? `${sentence} and ${changed.length - 1} more` : sentence;
}

/** The path of an image repository, without registry and Docker's `library`. */
function shortName(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1).replace(/^library\//, '');
}
