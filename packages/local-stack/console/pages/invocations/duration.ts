/** Milliseconds as people read them: `0.8 ms`, `12 ms`, `3.4 s`. */
export const duration = (milliseconds: number): string => {
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${milliseconds >= 10 ? Math.round(milliseconds) : milliseconds.toFixed(1)} ms`;
};
