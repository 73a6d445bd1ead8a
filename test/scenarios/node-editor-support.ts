import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type Author, temporaryDirectory } from '../rig/index.ts';
import { actAsPerson } from '../support/editor-world.ts';
import { HOME, type NodeWorld } from '../support/node-world.ts';

/** Someone with a working copy and a login of the cluster. */
export interface NodePerson {
  /** Absolute: of the working copy. */
  readonly dir: string;
  /** Absolute; its only context names the node's cluster. */
  readonly kubeconfig: string;
  /** Takes over what others pushed. */
  pull(): Promise<unknown>;
}

/** A working copy and a kubeconfig for a user of the cluster; no role is bound to them. */
export async function createPerson(world: NodeWorld, user: string, author: Author): Promise<NodePerson> {
  const { node, repository } = world;
  const workspace = await node.git.checkout(repository);
  await actAsPerson(workspace, repository, author);
  const kubeconfig = await node.kubeconfigFor({ user });
  return { dir: workspace.dir, kubeconfig, pull: () => workspace.pull() };
}

/** Binds a role of the agent's namespace to a user, with the command of the documents. */
export async function bindRole(world: NodeWorld, user: string, role: string): Promise<void> {
  await world.kubectl('create', 'rolebinding', user, `--role=${role}`, `--user=${user}`);
}

const requestSchema = z.object({
  verb: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({ resource: z.string().optional(), subresource: z.string().optional(), namespace: z.string().optional() })
    .optional(),
  requestURI: z.string(),
});

/** What people's logins asked of the cluster, by the API server's own log. */
export interface RequestAudit {
  /** For the API server. */
  readonly flags: readonly string[];
  /** All that a user asked so far, each once and sorted: `list pods`, `create pods/portforward`; elsewhere with `in <namespace>`. */
  asked(user: string): Promise<string[]>;
}

/** An audit of what these users ask. */
export async function createRequestAudit(users: readonly string[]): Promise<RequestAudit> {
  const dir = temporaryDirectory('requests');
  const policy = join(dir, 'policy.json');
  const log = join(dir, 'audit.log');
  // A stream is logged when it begins: its end may never come.
  const rules = [{ level: 'Metadata', users }, { level: 'None' }];
  await writeFile(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
  return {
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-mode=blocking'],
    async asked(user) {
      const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
      const all = lines.map((line) => requestSchema.parse(JSON.parse(line)));
      return [...new Set(all.filter((request) => request.user.username === user).map(sayRequest))].sort();
    },
  };
}

function sayRequest({ verb, objectRef, requestURI }: z.infer<typeof requestSchema>): string {
  if (objectRef?.resource === undefined) return `${verb} ${requestURI}`;
  const { resource, subresource, namespace } = objectRef;
  const what = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
  return namespace === HOME ? what : `${what} in ${namespace ?? 'the cluster'}`;
}
