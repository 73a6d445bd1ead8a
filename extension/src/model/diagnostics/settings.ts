import { parseSettings } from '@weaveflux/shared';
import { type Finding, lineRange } from './finding.ts';

/** What is wrong with `.weaveflux.yaml`, as the agent will say it. */
export function settingsFindings(text: string): Finding[] {
  const lines = text.split('\n');
  return parseSettings(text).problems.map(({ code, severity, message, line = 1 }) => {
    const at = Math.min(line, lines.length) - 1;
    return { code, severity, message, range: lineRange(at, lines[at] ?? '') };
  });
}
