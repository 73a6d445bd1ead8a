import * as z from 'zod';

/**
 * What a command is about, as lenses, tree rows and key bindings hand it over: plain JSON. All parts may be missing; the
 * command then asks, or takes what the cursor stands in.
 */
export const targetSchema = z.object({
  /** `Environment.id`. */
  environment: z.string().optional(),
  /** `objectKey`, or any unambiguous suffix of `namespace:kind/name`. */
  workload: z.string().optional(),
  container: z.string().optional(),
  tag: z.string().optional(),
  /** Path inside the repository, and 1-based line. */
  file: z.string().optional(),
  line: z.number().int().optional(),
  /** `Event.id`, of the Activity view. */
  event: z.string().optional(),
  revision: z.string().optional(),
});
export type Target = z.infer<typeof targetSchema>;

/** The target in what a command was called with: a target itself, or a tree row that carries one. */
export function targetOf(argument: unknown): Target {
  const row = z.object({ target: targetSchema }).safeParse(argument);
  if (row.success) return row.data.target;
  const target = targetSchema.safeParse(argument);
  return target.success ? target.data : {};
}
