/** A variant of the service: its stage and what is given after `--param`. */
export interface Variant {
  stage: string;
  parameters: Record<string, string>;
}

/** Values that make another stack, by parameter; those of one entry are given together. The first is the default. */
const CHOICES: readonly (readonly Record<string, string>[])[] = [
  [{ stage: 'dev' }, { stage: 'prod' }],
  [{}, { alarmEmail: 'operator@example.com' }],
  [{}, { issuer: 'https://issuer.example/', audience: 'posts' }],
  [{}, { corsOrigins: 'https://a.example,https://b.example' }],
  [{}, { retainData: 'true' }],
  [{}, { customerKey: 'create' }],
  [{}, { search: 'opensearch' }],
  [{}, { moderation: 'comprehend' }, { moderation: 'rules,comprehend' }],
  [{}, { maxReadUnits: '2000' }],
  [{}, { maxWriteUnits: '1000' }],
  [{}, { tracing: 'PassThrough' }],
  [{}, { topicTracePolicy: 'on' }],
  [{}, { searchReservedConcurrency: '5' }],
  [{}, { archive: 'on' }],
  [{}, { reminders: 'on' }, { reminders: 'on', reminderDelay: '0' }],
  [{}, { batchingWindow: '5' }],
];

type Row = readonly number[];
const pairKey = (a: number, valueOfA: number, b: number, valueOfB: number) =>
  `${a}=${valueOfA},${b}=${valueOfB}`;
const pairsOf = (row: Row): string[] =>
  row.flatMap((value, a) =>
    row.slice(a + 1).map((other, offset) => pairKey(a, value, a + 1 + offset, other)),
  );

/**
 * Variants in which every two values of two parameters come together at least once, far fewer than all: each next one
 * begins with a pair that is still missing and takes for every other parameter the value that adds most pairs.
 */
export const pairwiseVariants = (): Variant[] => {
  const missing = new Set<string>();
  for (const [a, ofA] of CHOICES.entries())
    for (const [b, ofB] of CHOICES.entries())
      if (a < b) for (const x of ofA.keys()) for (const y of ofB.keys()) missing.add(pairKey(a, x, b, y));
  const rows: Row[] = [];
  for (let [pair] = missing; pair !== undefined; [pair] = missing) {
    const chosen = new Map(
      pair
        .split(',')
        .map((one) => one.split('=').map(Number))
        .map(([p = 0, v = 0]) => [p, v]),
    );
    for (const [parameter, values] of CHOICES.entries()) {
      if (chosen.has(parameter)) continue;
      const gain = (value: number) =>
        [...chosen].filter(([other, of]) =>
          missing.has(
            other < parameter ? pairKey(other, of, parameter, value) : pairKey(parameter, value, other, of),
          ),
        ).length;
      const [best = 0] = [...values.keys()].toSorted((x, y) => gain(y) - gain(x));
      chosen.set(parameter, best);
    }
    const row = CHOICES.map((_, parameter) => chosen.get(parameter) ?? 0);
    for (const covered of pairsOf(row)) missing.delete(covered);
    rows.push(row);
  }
  return rows.map((row) => {
    const given = Object.assign({}, ...row.map((value, parameter) => CHOICES[parameter]?.[value]));
    const { stage, ...parameters }: Record<string, string> = given;
    return { stage: stage ?? 'dev', parameters };
  });
};
