import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { z } from 'zod';
import type { Build } from '../../build/build.ts';
import { Fault } from '../../faults/fault.ts';
import { ConsoleError } from '../route.ts';

/** `{{run}}` in it becomes a word that no earlier run of the tour used. */
const Text = z.string().min(1);

const Request = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  path: Text.startsWith('/'),
  /** The user of the local token issuer who sends it; absent for an anonymous request. */
  user: Text.optional(),
  body: z.unknown().optional(),
});
export type TourRequest = z.infer<typeof Request>;

/** What a button of a step does. Everything is named by its logical id. */
const Action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('requests'), requests: z.array(Request).min(1) }),
  z.strictObject({ kind: z.literal('break'), fault: Fault }),
  z.strictObject({ kind: z.literal('repair') }),
  z.strictObject({ kind: z.literal('pass'), queue: Text.optional() }),
]);
export type TourAction = z.infer<typeof Action>;

/** What must be so for a step to be done. */
const Check = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('response'), request: Request, contains: Text }),
  z.strictObject({ kind: z.literal('lacks'), request: Request, text: Text }),
  z.strictObject({ kind: z.literal('broken'), isBroken: z.boolean() }),
  z.strictObject({
    kind: z.literal('queue'),
    queue: Text,
    /** Visible and hidden messages are counted. */
    atLeast: z.int().default(0),
    atMost: z.int().optional(),
  }),
  z.strictObject({ kind: z.literal('redriven'), from: Text, atLeast: z.int().default(1) }),
  /** An alarm whose name holds the text is in alarm. */
  z.strictObject({ kind: z.literal('alarm'), name: Text }),
  /** The person has opened this page of the console. */
  z.strictObject({ kind: z.literal('opened'), page: Text, path: z.array(Text).default([]) }),
]);
export type TourCheck = z.infer<typeof Check>;

export const Tour = z.strictObject({
  title: Text,
  about: Text,
  steps: z
    .array(
      z.strictObject({
        title: Text,
        /** Paragraphs. */
        text: z.array(Text).min(1),
        action: z.strictObject({ label: Text, does: Action }).optional(),
        look: z.strictObject({ label: Text, page: Text, path: z.array(Text).default([]) }).optional(),
        /** All of them. */
        checks: z.array(Check).default([]),
      }),
    )
    .min(1),
});
export type Tour = z.infer<typeof Tour>;

/**
 * The tour that the service gives: a JSON file named in `custom.localStack.tour`.
 * @throws {ConsoleError} when there is none, or it is wrong
 */
export const readTour = async ({ settings, serviceDirectory }: Build): Promise<Tour> => {
  if (settings.tour === undefined)
    throw new ConsoleError(404, 'the service has no tour: it would be named in custom.localStack.tour');
  const file = resolve(serviceDirectory, settings.tour);
  const inside = relative(serviceDirectory, file);
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new ConsoleError(400, `${settings.tour} is not in the service's folder`);
  try {
    return Tour.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ConsoleError(400, `${settings.tour}: ${reason}`, { cause: error });
  }
};

/** A value with every `{{run}}` in it replaced. */
export const forRun = <Value>(value: Value, run: string, schema: z.ZodType<Value>): Value =>
  schema.parse(JSON.parse(JSON.stringify(value).replaceAll('{{run}}', run)));
