import { z } from 'zod';
import type { FunctionLogLine } from './lambda-runtime/index.ts';

const Structured = z.looseObject({ level: z.string(), message: z.string() });
/** Fields that a reader in a terminal has no use for. */
const NOISE = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
]);

const fieldText = ([name, value]: [string, unknown]): string =>
  `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;

/**
 * A log line as a person reads it; undefined for lines that only carry metrics. Not escaped: see `printable.ts`.
 */
export const readableLine = ({ functionName, line, timestamp }: FunctionLogLine): string | undefined => {
  const time = new Date(timestamp).toISOString().slice(11, 23);
  const prefix = `${time} ${functionName}`;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return `${prefix}  ${line}`;
  }
  if (typeof json === 'object' && json !== null && '_aws' in json) return undefined;
  const structured = Structured.safeParse(json);
  if (!structured.success) return `${prefix}  ${line}`;
  const { level, message, ...fields } = structured.data;
  const rest = Object.entries(fields).filter(([name]) => !NOISE.has(name));
  return `${prefix}  ${level} ${message}  ${rest.map(fieldText).join(' ')}`.trimEnd();
};
