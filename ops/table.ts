/** A column of a table for people. */
export interface Column<Row> {
  title: string;
  of: (row: Row) => string;
  /** Numbers are right-aligned. */
  align?: 'right';
}

/** A table as lines of text, two spaces between its columns. */
export const tableLines = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] => {
  const cells = rows.map((row) => columns.map(({ of }) => of(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const lineOf = (line: readonly string[]): string =>
    line
      .map((cell, index) =>
        columns[index]?.align === 'right'
          ? cell.padStart(widths[index] ?? 0)
          : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    lineOf(columns.map(({ title }) => title)),
    lineOf(widths.map((width) => '-'.repeat(width))),
    ...cells.map(lineOf),
  ];
};

/** A number for people: three digits that count, thousands apart. */
export const readable = (value: number): string => {
  if (!Number.isFinite(value)) return 'never';
  if (value !== 0 && Math.abs(value) < 100) return `${Number(value.toPrecision(3))}`;
  return Math.round(value).toLocaleString('en-US');
};
