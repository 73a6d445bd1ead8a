/** The texts of both sides of a comparison. */
export interface Sides {
  readonly left: string;
  readonly right: string;
}

/** A YAML text with sentences above it as comments. */
export function commented(sentences: readonly string[], yaml: string): string {
  const lines = sentences.map((sentence) => `# ${sentence.replace(/\s+/g, ' ').trim()}\n`);
  return [...lines, yaml].join('');
}
