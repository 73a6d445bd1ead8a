import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readAgentFile } from '@weaveflux/shared/node';
import { startProcess, temporaryDirectory } from '../rig/index.ts';
import { startWorld } from '../support/world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START = ['scripts/start.mjs'];

describe('npm start', () => {
  it('with --tour does by itself what a person would try, and ends with 0', { timeout: 400_000 }, async () => {
    const tour = await startProcess({
      name: 'tour',
      command: process.execPath,
      args: [...START, '--tour'],
      cwd: ROOT,
      env: { XDG_STATE_HOME: temporaryDirectory('tour') },
    });
    assert.equal(await tour.ended, 'exit code 0', tour.tail());
    assert.match(tour.tail(), /That was the tour/);
  });

  it('with flags is the agent on the repository and cluster that they name', { timeout: 300_000 }, async () => {
    await using world = await startWorld({
      'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: started\n  namespace: default\n',
    });
    const file = join(world.dir, 'started.json');
    const agent = await startProcess({
      name: 'npm start',
      command: process.execPath,
      args: [
        ...START,
        `--git-url=${world.repository.url.replace('https://', `https://${world.git.user}:${world.git.token}@`)}`,
        `--kubeconfig=${world.cluster.kubeconfig}`,
        `--data-dir=${join(world.dir, 'started')}`,
        '--listen=127.0.0.1:0',
        '--listen-metrics=127.0.0.1:0',
      ],
      cwd: ROOT,
      env: { GIT_SSL_CAINFO: world.git.caFile, WEAVEFLUX_AGENT_FILE: file },
      grace: 60_000,
    });
    await agent.ready({ what: 'the agent to write its agent file', deadline: 60_000 }, () => readAgentFile(file));
    await world.cluster.until(
      '/api/v1/namespaces/default/configmaps/started',
      'it to be applied',
      (object) => object !== undefined,
      { deadline: 60_000 },
    );
    await agent.stop();
    assert.equal(await agent.ended, 'exit code 0', agent.tail());
  });
});
