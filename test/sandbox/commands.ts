import type { Sandbox } from './sandbox.ts';

/** The commands that are worth trying on the sandbox, each with what it shows. */
export function commandsToTry({ repository, cluster }: Sandbox): [command: string, meaning: string][] {
  return [
    ['npx weaveflux status', 'what runs and how it stands'],
    ['npx weaveflux images', 'what is newer, and why it is or is not chosen'],
    ['npm run sandbox -- push shop/cart 1.4.2', 'what CI does: a new image; the agent commits and applies its tag'],
    ['npm run sandbox -- scale shop/catalog 9', 'what a hurried person does by hand; the agent undoes it'],
    ['npm run sandbox -- delete shop/reviews', 'the same, worse'],
    [
      `git clone ${repository.dir} environment`,
      'the repository: edit, commit and push; break a file and read the status',
    ],
    ['npx weaveflux rollback cart', 'back to the previous tag, which is then held'],
    [`kubectl --kubeconfig=${cluster.kubeconfig} get deployments -A`, 'the cluster itself, where you have kubectl'],
  ];
}
