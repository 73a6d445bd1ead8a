import { Command } from 'commander';
import { installOptions } from '../../install/choices.ts';
import { installManifest } from '../../install/manifest.ts';
import { OVERLAY_NAMES } from '../../install/values.ts';
import type { CliCommand, Runner, Session } from '../command.ts';
import { EXIT } from '../context.ts';
import { items } from '../text.ts';

interface Options {
  gitUrl?: string;
  gitBranch?: string;
  gitPath?: string[];
  environment?: string;
  k8sSecretName?: string;
  k8sSecretDataKey?: string;
  namespace?: string;
  image?: string;
  imagePullSecret?: string;
  overlay?: string[];
  allowNamespace?: string[];
  /** Flags of the agent, after `--`. */
  args: string[];
}

const EXAMPLES = [
  'weaveflux install --git-url=git@github.com:example/environment.git | kubectl apply -f -',
  'weaveflux install --git-url=… --overlay namespaced --allow-namespace shop,infra',
  'weaveflux install --git-url=… --overlay ha -- --registry-rps=20',
];

export function installCommand(run: Runner): CliCommand {
  const command = new Command('install')
    .description('print everything that runs the agent in a cluster, for kubectl apply; nothing is sent anywhere')
    .argument('[flags...]', 'after "--": more flags for the agent')
    .option('--git-url <url>', 'the repository of the environment')
    .option('--git-branch <branch>', 'its branch (default: main)')
    .option('--git-path <paths>', 'folders of it to deliver, repeated or separated by commas', items)
    .option('--environment <name>', 'the name of the environment, which every object will carry (default: default)')
    .option('--k8s-secret-name <name>', "the Secret with git's credentials (default: flux-git-deploy)")
    .option('--k8s-secret-data-key <key>', 'its key that holds the ssh key (default: identity)')
    .option('-n, --namespace <namespace>', "the agent's namespace (default: weaveflux)")
    .option('--image <image>', "the agent's image, where it is not the published one")
    .option('--image-pull-secret <name>', 'the Secret that this image is pulled with')
    .option('--overlay <names>', `variants, repeated or separated by commas: ${OVERLAY_NAMES.join(', ')}`, items)
    .option('--allow-namespace <namespaces>', "of namespaced: where the environment's objects are", items)
    .action((flags: string[], options: object, self: Command) => {
      self.setOptionValue('args', flags);
      return run<Options>(install)(options, self);
    });
  return { command, example: EXAMPLES.join('\n') };
}

async function install({ options, context }: Session<Options>): Promise<number> {
  const choices = {
    gitUrl: options.gitUrl,
    gitBranch: options.gitBranch,
    gitPaths: options.gitPath,
    environment: options.environment,
    secretName: options.k8sSecretName,
    secretKey: options.k8sSecretDataKey,
    namespace: options.namespace,
    image: options.image,
    imagePullSecret: options.imagePullSecret,
    overlays: options.overlay,
    allowNamespaces: options.allowNamespace,
    args: options.args,
  };
  const manifest = installManifest(installOptions(choices, context.version));
  if (options.gitUrl === undefined)
    context.stderr.write(
      'weaveflux: without --git-url an example stands in its place; edit it before you apply this.\n',
    );
  context.stdout.write(manifest);
  return EXIT.ok;
}
