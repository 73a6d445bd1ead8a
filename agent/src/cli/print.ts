import type { Problem, WeavefluxError } from '@weaveflux/shared';
import type { CliContext } from './context.ts';
import { renderRows, renderTable, widthOf } from './table.ts';
import { type Cell, colorOf, type Paint, paintFor, placed, printable } from './text.ts';

/** Writes what a command has to say. */
export interface Printer {
  /** For scripts, after `-o json`. */
  readonly json: boolean;
  readonly paint: Paint;
  /** A value as JSON, indented. */
  value(value: unknown): void;
  line(text: string): void;
  /** What is wrong, and where. */
  problem(problem: Problem): void;
  table(head: readonly string[], rows: readonly (readonly Cell[])[]): void;
  /** A table without a head. */
  rows(rows: readonly (readonly Cell[])[]): void;
  /** A text that keeps its own lines, such as a diff. */
  block(text: string): void;
}

export function printerFor(context: CliContext, output: string | undefined): Printer {
  const paint = paintFor(context.stdout.isTTY, context.env);
  const width = widthOf(context.stdout);
  const write = (text: string) => context.stdout.write(text);
  return {
    json: output === 'json',
    paint,
    value: (value) => write(`${JSON.stringify(value, null, 2)}\n`),
    line: (text) => write(`${text}\n`),
    problem: (problem) =>
      write(`${paint(problem.severity, colorOf(problem.severity))}: ${placed(problem.message, problem)}\n`),
    table: (head, rows) => write(renderTable(head, rows, paint, width)),
    rows: (rows) => write(renderRows(rows, paint, width)),
    block: (text) => write(printable(text.endsWith('\n') ? text : `${text}\n`)),
  };
}

/** An error as the one line that people see. */
export function errorLine(error: WeavefluxError): string {
  return `weaveflux: ${placed(error.message, error.about)}\n`;
}
