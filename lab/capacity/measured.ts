import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Written by `npm run capacity:measure`. */
export const MEASURED_FILE = join(import.meta.dirname, 'measured.json');

/** What functions call, each with a latency of its own. */
export const SERVICES = ['dynamoDb', 'sns', 'sqs', 's3'] as const;
export type Service = (typeof SERVICES)[number];

const Counts = z.record(z.string(), z.number().nonnegative());

/** One warm invocation with so many records. */
const Point = z.object({
  records: z.int().positive(),
  /** Of a whole core of the machine it was measured on. */
  cpuMs: z.number().positive(),
  /** With engines on the same machine. */
  wallMs: z.number().positive(),
  /** Calls that wait for one another, by service: what a slower answer is multiplied by. */
  steps: z.partialRecord(z.enum(SERVICES), z.number().positive()),
  /** What the function writes to its log; Lambda's own lines come on top. */
  logBytes: z.number().nonnegative(),
  /** With POWERTOOLS_LOG_LEVEL=WARN, at which metrics are still written. */
  logBytesAtWarn: z.number().nonnegative(),
  /** By action. */
  calls: Counts,
  /** By the table's logical id, its indexes included. */
  writeUnits: Counts,
  readUnits: Counts,
});
export type MeasuredPoint = z.infer<typeof Point>;

const Measured = z.object({
  command: z.string(),
  measuredOn: z.iso.date(),
  machine: z.string(),
  node: z.string(),
  functions: z.record(z.string(), z.object({ points: z.array(Point).min(1) })),
});
export type Measured = z.infer<typeof Measured>;
export type MeasuredFunction = Measured['functions'][string];

/** The kept measurements. @throws when the file is damaged */
export const readMeasured = (): Measured => Measured.parse(JSON.parse(readFileSync(MEASURED_FILE, 'utf8')));
