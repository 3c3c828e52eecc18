import type { ParseArgsOptionsConfig } from 'node:util';
import { runTool } from '../../../ops/run-tool.ts';

/** One line of the table that `npm run bench` prints. All of it comes from one run. */
export interface Row {
  what: string;
  /** What it was measured against in the same run. */
  against: string;
  /** With its unit. */
  measured: string;
  /** Of what was measured to what it was measured against; how it is meant stands in `goal`. */
  ratio: string;
  goal: string;
  /** Undefined where nothing was aimed at. */
  met: boolean | undefined;
}

/** A benchmark: its rows once it has run. */
export type Benchmark = () => Promise<Row[]>;

const COLUMNS = ['what', 'against', 'measured', 'ratio', 'goal', 'met'] as const;

const cellsOf = (row: Row): string[] =>
  COLUMNS.map((column) => {
    if (column !== 'met') return row[column];
    if (row.met === undefined) return '';
    return row.met ? 'yes' : '**no**';
  });

/** The rows as a Markdown table, columns aligned. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [[...COLUMNS], ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const text = lines.map(
    (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [text[0], rule, ...text.slice(1)].join('\n');
};

/** Runs a benchmark by itself, as `node bench/<name>.ts` does: `if (import.meta.main) await runAlone(<name>)`. */
export const runAlone = (benchmark: Benchmark, options: ParseArgsOptionsConfig = {}): Promise<void> =>
  runTool({ help: 'Runs this benchmark alone, and prints its rows.', options }, async () => {
    console.log(tableOf(await benchmark()));
    return 0;
  });
