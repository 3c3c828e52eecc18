import type { Behaviour } from './behaviour.ts';
import type { Difference } from './not-emulated.ts';

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

const basisOf = ({ basis }: Behaviour): string => {
  if (basis.kind === 'measured by others') return `measured by others: [${pageName(basis.by)}](${basis.by})`;
  if (basis.kind === 'decided here') return `decided here: ${basis.because}`;
  return basis.kind;
};

/** The text of docs/fidelity.md. */
export function renderFidelity(rows: readonly Behaviour[], differences: readonly Difference[]): string {
  const counts = Map.groupBy(rows, ({ basis }) => basis.kind);
  const count = (kind: Behaviour['basis']['kind']) => counts.get(kind)?.length ?? 0;
  return `<!-- Written by npm run fidelity from tests/conformance; a test fails when it differs. -->
# Fidelity of the local stack

What AWS does, and that the local stack does the same. Every row has its page, a test in \`tests/\` that passes (on a
virtual clock where time matters) and a mutation: a fault put into the source that the row's test must catch
(\`npm run mutations -w packages/local-stack\`). Of ${rows.length} rows ${count('documented')} are *documented*, ${count('measured by others')}
were *measured by others* on AWS, and ${count('decided here')} are *decided here* because AWS does not say.

## Behaviours

${sections(rows, ['Behaviour', 'Basis', 'Source'], (row) => [row.behaviour, basisOf(row), link(row.source)])}

## Not emulated

Everything else. What is not in this list and not above is not there.

${sections(differences, ['On AWS', 'Here'], ({ what, here }) => [what, here])}
`;
}
