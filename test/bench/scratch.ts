import { limitOnce } from './first-sync.ts';
import { NAMESPACES } from './objects.ts';
import { cpuOfChildren } from './processes.ts';
import { startStage } from './stage.ts';

await using stage = await startStage({});
for (const name of NAMESPACES) await stage.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const L = [
  { name: 'h1-16', http2: false, inFlight: 16, connections: 16 },
  { name: 'h1-32', http2: false, inFlight: 32, connections: 32 },
  { name: 'h1-64', http2: false, inFlight: 64, connections: 64 },
  { name: 'h2-1x48', http2: true, inFlight: 48, connections: 1 },
  { name: 'h2-4x12', http2: true, inFlight: 48, connections: 4 },
];
const cp = () => cpuOfChildren(['kube-apiserver', 'etcd']);
console.log(cp());
await limitOnce(stage.cluster, L[1] as never);
console.log(cp());
for (let i = 0; i < Number(process.argv[2] ?? 3); i++) {
  const out = [];
  for (const l of L) {
    const r = await limitOnce(stage.cluster, l as never);
    out.push(`${l.name} ${Math.round(r.milliseconds)} (${r.cpu.toFixed(2)}+${r.server.toFixed(2)})`);
  }
  console.log(out.join('  '));
}
