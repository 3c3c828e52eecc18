import type { Behaviour } from './behaviour.ts';
import type { Difference } from './not-emulated.ts';

export type Result = 'holds' | 'does not hold';

const cell = (text: string) => text.replaceAll('|', '\\|');
const pageName = (source: string) =>
  new URL(source).pathname.split('/').pop()?.replace('.html', '') ?? source;
const link = (source: string) => `[${pageName(source)}](${source})`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function sections<Row extends { readonly area: string }>(
  rows: readonly Row[],
  head: readonly string[],
  cells: (row: Row) => string[],
): string {
  return [...Map.groupBy(rows, ({ area }) => area)]
    .map(([area, inArea]) => `### ${area}\n\n${table(head, inArea.map(cells))}`)
    .join('\n\n');
}

/** The text of docs/fidelity.md. */
export function renderFidelity(
  results: readonly { readonly row: Behaviour; readonly result: Result }[],
  differences: readonly Difference[],
): string {
  const rows = results.map(({ row, result }) => ({ ...row, result }));
  const holding = rows.filter(({ result }) => result === 'holds').length;
  return `<!-- Written by npm run fidelity from tests/conformance; a test fails when it differs. -->
# Fidelity of the local stack

What AWS documents, the page it is documented on, and whether the local stack does it. Every row is one test in
\`tests/conformance/\`, on a virtual clock where time matters. ${holding} of ${rows.length} behaviours hold.

## Behaviours

${sections(rows, ['Behaviour', 'Source', 'Result'], ({ behaviour, source, result }) => [behaviour, link(source), result])}

## Not emulated, or decided here

${sections(differences, ['On AWS', 'Here'], ({ what, here }) => [what, here])}
`;
}
