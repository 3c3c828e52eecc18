// Runs the check of one row, in a process of its own: exits with 0 when it holds, with 1 when it does not, and with
// another code when the source cannot be loaded.
const [, , wanted] = process.argv;
const { behaviours } = await import('../../tests/conformance/table.ts').catch(() => process.exit(2));
const row = behaviours.find(({ behaviour }) => behaviour === wanted);
if (!row || typeof row.proof !== 'function') throw new Error(`no row with a check: ${wanted}`);
// A fault may come to light outside of what the check waits for.
process.on('uncaughtException', () => process.exit(1));
process.on('unhandledRejection', () => process.exit(1));
try {
  await row.proof();
} catch {
  process.exit(1);
}
process.exit(0);
