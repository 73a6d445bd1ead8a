import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readAgentFile } from '@weaveflux/shared/node';
import { freePort, startWorkbench, type Workbench, waitFor } from '../rig/index.ts';
import { run } from '../rig/tools/run.ts';
import { type AgentProcess, startAgent } from '../support/agent-process.ts';
import { buildExtension } from '../support/extension-build.ts';
import { reportWindows } from '../support/window-report.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, urlOf } from './delivery-support.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a person gets from an open folder to its agent, and what VS Code's own Git gives us meanwhile. */
describe('from an open folder to its agent', { concurrency: false }, () => {
  let world: World;
  let extension: string;
  let env: Record<string, string>;
  let workbench: Workbench;
  reportWindows(() => workbench);
  let agent: AgentProcess;
  let head: string;

  before(async () => {
    [world, extension] = await Promise.all([
      startWorld({ 'web.yaml': configMap('web'), 'shop/cart.yaml': configMap('cart') }),
      buildExtension(),
    ]);
    const home = join(world.dir, 'home');
    await mkdir(home);
    env = { HOME: home, XDG_STATE_HOME: join(world.dir, 'state'), KUBECONFIG: join(world.dir, 'none') };
    const { git } = world.person;
    await git(['remote', 'add', 'published', world.repository.url]);
    await git(['config', 'user.name', 'Ann Example']);
    await git(['config', 'user.email', 'ann@example.org']);
    agent = await startAgent(
      {
        'git-url': urlOf(world, world.repository),
        'git-poll-interval': '500ms',
        environment: 'production',
        kubeconfig: world.cluster.kubeconfig,
        'k8s-default-namespace': 'default',
        'data-dir': join(world.dir, 'data-production'),
        listen: `127.0.0.1:${await freePort()}`,
        'listen-metrics': '127.0.0.1:0',
        'ssh-known-hosts': join(world.dir, 'known_hosts'),
      },
      join(world.dir, 'elsewhere.json'),
      { GIT_SSL_CAINFO: world.git.caFile },
    );
    head = await world.repository.head();
    await agent.healthy(head);
    workbench = await open(true);
  });
  after(async () => {
    await workbench?.[Symbol.asyncDispose]();
    await agent?.stop();
    await world?.[Symbol.asyncDispose]();
  });

  function open(trusted: boolean): Promise<Workbench> {
    const folders = [world.person.dir];
    return startWorkbench({ folders, extension: { kind: 'development', path: extension }, env, trusted });
  }

  const applied = () => workbench.treeRow(head.slice(0, 7));
  const button = (name: string) => workbench.page.getByRole('button', { name, exact: true }).first();
  /** Presses a button of the empty view, which is drawn anew whenever it is looked for once more, until it asks. */
  async function pressUntilAsked(name: string): Promise<void> {
    await waitFor({ what: `what the button "${name}" asks`, deadline: 60_000 }, async () => {
      await button(name).click({ timeout: 5_000 });
      await workbench.quickPick.input().waitFor({ timeout: 5_000 });
      return true;
    });
  }
  const statusItem = () =>
    workbench.page
      .locator('.statusbar-item[id="weaveflux.weaveflux-vscode.weaveflux.status"], .statusbar-item', {
        hasText: 'production',
      })
      .first();

  test('where no agent is found, the empty view says so and has the button that helps', async () => {
    await workbench.openView('Weaveflux');
    await button('Choose Kubeconfig').waitFor();
    await pressUntilAsked('Enter Address and Token');
    const { url, token } = await readAgentFile(agent.file);
    await workbench.quickPick.type('http://agent.example:3030');
    await workbench.page.locator('.quick-input-message', { hasText: 'https only' }).waitFor();
    await workbench.quickPick.type(url);
    await workbench.quickPick.accept();
    await workbench.page.locator('.quick-input-widget', { hasText: 'secret storage' }).waitFor();
    await workbench.quickPick.type(token);
    await workbench.quickPick.accept();
    await applied().waitFor();
    await statusItem().waitFor();
    assert.ok(!(await workbench.hostLog()).includes(token));
  });

  test('another branch has no agent, until its environment is chosen', async () => {
    await world.person.git(['checkout', '-q', '-b', 'work']);
    await pressUntilAsked('Choose Environment');
    await workbench.quickPick.choose('production');
    await applied().waitFor();
    await world.person.git(['checkout', '-q', 'main']);
  });

  test('the agent is told of on asking', async () => {
    // On the branch of before it is looked for once more, which is told, too.
    const told = workbench.notifications(/is connected to production at http/).first();
    await waitFor({ what: 'word of the connection', deadline: 60_000 }, async () => {
      await workbench.command('Weaveflux: Show How the Agent Is Reached');
      await told.waitFor({ timeout: 5_000 });
      return true;
    });
  });

  test('VS Code’s own Git gives remotes, revisions, files and what changed', async () => {
    const bundle = join(world.dir, 'git-repository.cjs');
    await run(
      join(ROOT, 'node_modules/esbuild/bin/esbuild'),
      [
        join(ROOT, 'extension/src/agents/git-repository.ts'),
        '--bundle',
        '--platform=node',
        '--format=cjs',
        `--outfile=${bundle}`,
      ],
      { cwd: ROOT },
    );
    await world.person.git(['tag', '-a', 'v1', '-m', 'the first']);
    await world.person.write({ 'web.yaml': configMap('web', { a: 'other' }), 'new.yaml': configMap('new') });
    await rm(join(world.person.dir, 'shop/cart.yaml'));
    const seen = await workbench.inHost<Record<string, unknown>>(`
      const { createRepository } = process.getBuiltinModule('node:module').createRequire('/')(${JSON.stringify(bundle)});
      const api = vscode.extensions.getExtension('vscode.git').exports.getAPI(1);
      await api.repositories[0].status();
      const ports = { isCaseless: false, commitOptions: () => ({}), showSourceControl: async () => undefined, failed: console.error };
      const repository = createRepository(api, api.repositories[0], ports);
      const uri = repository.uriOf('shop/cart.yaml');
      const failing = await Promise.allSettled([repository.files('f'.repeat(40)), repository.show('no.yaml', 'HEAD'), repository.files('--output=x')]);
      return {
        remotes: repository.remotes, branch: repository.branch, head: repository.head, staged: repository.hasStagedChanges,
        path: repository.pathOf(uri), outside: repository.pathOf(vscode.Uri.file('/etc/passwd')) ?? null,
        shown: await repository.show('web.yaml', 'HEAD'),
        at: (await vscode.workspace.openTextDocument(repository.at('web.yaml', 'HEAD'))).getText(),
        name: await repository.config('user.name'), none: await repository.config('user.nothing'),
        files: await repository.files('HEAD'), changed: [...await repository.changedSince('HEAD')].sort(),
        revisions: await repository.revisions(),
        behind: await repository.commitsBetween('HEAD', 'HEAD'), unknown: (await repository.commitsBetween('f'.repeat(40), 'HEAD')) ?? null,
        failing: failing.map(({ status, reason }) => status + ' ' + (reason?.message ?? '')),
      };
    `);
    const { revisions, failing, ...facts } = seen as {
      revisions: { kind: string; name: string; revision: string }[];
      failing: string[];
    };
    assert.deepEqual(facts, {
      remotes: [(await world.person.git(['remote', 'get-url', 'origin'])).trim(), world.repository.url],
      branch: 'main',
      head,
      staged: false,
      path: 'shop/cart.yaml',
      outside: null,
      shown: configMap('web'),
      at: configMap('web'),
      name: 'Ann Example',
      none: '',
      files: ['shop/cart.yaml', 'web.yaml'],
      changed: ['shop/cart.yaml', 'web.yaml'],
      behind: 0,
      unknown: null,
    });
    assert.ok(
      revisions.some((each) => each.kind === 'branch' && each.name === 'origin/main' && each.revision === head),
    );
    assert.ok(revisions.some((each) => each.kind === 'tag' && each.name === 'v1' && each.revision === head));
    assert.ok(revisions.some((each) => each.kind === 'commit' && each.revision === head));
    assert.ok(
      failing.every((each) => each.startsWith('rejected git could not')),
      failing.join('\n'),
    );
  });

  test('exactly the given files are committed, nothing while other changes are staged, and a begun message stays', async () => {
    const bundle = join(world.dir, 'git-repository.cjs');
    await writeFile(join(world.person.dir, 'shop/cart.yaml'), configMap('cart'));
    const commit = (staged: string) => `
      const { createRepository } = process.getBuiltinModule('node:module').createRequire('/')(${JSON.stringify(bundle)});
      const api = vscode.extensions.getExtension('vscode.git').exports.getAPI(1);
      const [git] = api.repositories;
      const ports = { isCaseless: false, commitOptions: () => ({}), showSourceControl: async () => undefined, failed: console.error };
      const repository = createRepository(api, git, ports);
      git.inputBox.value = 'my own words';
      ${staged}
      await git.status();
      try {
        await repository.commit([repository.uriOf('web.yaml')], 'Release web');
        await repository.prepareCommit('and more');
        return [git.inputBox.value, repository.hasStagedChanges];
      } catch (error) { return error.message; }
    `;
    const refused = await workbench.inHost<string>(commit(`await git.add([repository.uriOf('new.yaml').fsPath]);`));
    assert.match(refused, /^git could not commit: other changes are staged/);
    const done = await workbench.inHost<unknown>(commit(`await git.revert([repository.uriOf('new.yaml').fsPath]);`));
    assert.deepEqual(done, ['my own words\n\nand more', false]);
    const [newest] = await world.person.log(1);
    assert.equal(newest?.subject, 'Release web');
    assert.deepEqual((await world.person.git(['show', '--name-only', '--format=', 'HEAD'])).trim(), 'web.yaml');
  });

  test('in Restricted Mode nothing is asked; once the workspace is trusted, the agent is found', async () => {
    await workbench[Symbol.asyncDispose]();
    workbench = await open(false);
    await workbench.openView('Weaveflux');
    await button('Manage Workspace Trust').waitFor();
    assert.equal(await statusItem().count(), 0);
    await button('Manage Workspace Trust').click();
    await workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await button('Choose Kubeconfig').waitFor();
  });
});
