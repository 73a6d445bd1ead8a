import { freePort } from '../ports.ts';
import { type RigProcess, startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';
import type { Bridge } from './bridge.ts';

/** Starts kube-proxy, by which the addresses of Services lead somewhere; resolves when they do. */
export async function startProxy(name: string, kubeconfig: string, bridge: Bridge): Promise<RigProcess> {
  const [health, metrics] = [await freePort(), await freePort()];
  const process = await startProcess({
    name: 'kube-proxy',
    command: await findTool('kube-proxy'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--hostname-override=${name}`,
      `--cluster-cidr=${bridge.range}`,
      '--proxy-mode=iptables',
      '--iptables-min-sync-period=100ms',
      `--healthz-bind-address=127.0.0.1:${health}`,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
      // The machine's own limits stay.
      '--conntrack-max-per-core=0',
      '--conntrack-min=0',
      '--oom-score-adj=0',
    ],
    env: { PATH: `${globalThis.process.env.PATH}:/usr/sbin:/sbin` },
    grace: 0,
  });
  await process.ready({ what: 'kube-proxy to have written its rules' }, async () => {
    const answer = await fetch(`http://127.0.0.1:${health}/healthz`);
    return answer.ok;
  });
  return process;
}
