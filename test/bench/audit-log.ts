import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** A request as the API server's audit log has it (audit.k8s.io/v1 Event, level Metadata). */
const requestSchema = z.object({
  stage: z.string(),
  verb: z.string(),
  requestURI: z.string(),
  userAgent: z.string().optional(),
  responseStatus: z.object({ code: z.number() }).optional(),
  stageTimestamp: z.string(),
});
export type AuditedRequest = z.infer<typeof requestSchema>;

/** What an API server was asked, by its own log: what a client says of itself cannot deceive it. */
export interface AuditLog {
  /** What agents asked from a time on, in the order of their ends; a watch counts when it begins. */
  ofAgents(since: Date): Promise<AuditedRequest[]>;
}

const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** Flags of an API server that writes its log into `dir`. */
export async function auditFlags(dir: string): Promise<string[]> {
  const policy = join(dir, 'audit-policy.json');
  await writeFile(policy, JSON.stringify(POLICY));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${logOf(dir)}`, '--audit-log-mode=blocking'];
}

export function createAuditLog(dir: string): AuditLog {
  return {
    async ofAgents(since) {
      const text = await readFile(logOf(dir), 'utf8');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => requestSchema.parse(JSON.parse(line)))
        .filter(({ userAgent }) => userAgent?.startsWith('weaveflux') === true)
        .filter(({ stage, verb }) => (verb === 'watch' ? stage === 'ResponseStarted' : stage === 'ResponseComplete'))
        .filter(({ stageTimestamp }) => Date.parse(stageTimestamp) >= since.getTime());
    },
  };
}

function logOf(dir: string): string {
  return join(dir, 'audit.log');
}

/** Requests that change something: everything but reads, dry runs and reviews of rights. */
export function writesOf(requests: readonly AuditedRequest[]): AuditedRequest[] {
  const reading = new Set(['get', 'list', 'watch']);
  return requests.filter(
    ({ verb, requestURI }) =>
      !reading.has(verb) && !requestURI.includes('dryRun=All') && !requestURI.includes('accessreviews'),
  );
}
