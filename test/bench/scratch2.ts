import { agentOnce, limitOnce } from './first-sync.ts';
import { NAMESPACES } from './objects.ts';
import { startStage } from './stage.ts';
const profile = process.argv[3];
await using stage = await startStage({ profile });
for (const name of NAMESPACES) await stage.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const l = { http2: false, inFlight: 32, connections: 32 } as never;
await limitOnce(stage.cluster, l);
for (let i = 0; i < Number(process.argv[2] ?? 3); i++) {
  const a = await agentOnce(stage);
  const r = await limitOnce(stage.cluster, l);
  console.log(`agent ${a.wall} (seen ${a.sinceSeen}) cpu ${a.cpu.toFixed(2)}+${a.server.toFixed(2)}   limit ${Math.round(r.milliseconds)} ${r.cpu.toFixed(2)}+${r.server.toFixed(2)}  ratio wall ${(a.wall / r.milliseconds).toFixed(2)} cpu ${((a.cpu + a.server) / (r.cpu + r.server)).toFixed(2)}`);
}
