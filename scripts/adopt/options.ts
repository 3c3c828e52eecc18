import { createInterface } from 'node:readline/promises';
import { z } from 'zod';
import { OperatorError } from '../../ops/operator-error.ts';
import { Entity } from './entity.ts';
import type { PackageFields } from './package-fields.ts';
import { isPart, PARTS, type PartName } from './parts.ts';

export const HELP = `npm run adopt -- --service <name> --entity <singular> --plural <plural> [options]

Turns a clone into a service of your own: renames post and posts everywhere, leaves out the parts that you do not want,
and commits the result. Nothing of git's history is rewritten; \`git reset --hard HEAD~\` takes it back.

  --service <name>       of the service, its stacks and functions: lower-case words joined by hyphens, such as my-shop
  --entity <singular>    what the service keeps, such as order or "purchase order"
  --plural <plural>      such as orders or "purchase orders"
  --without <parts>      separated by commas:
${Object.entries(PARTS)
  .map(([name, { title }]) => `                           ${name.padEnd(12)}${title.replace(/^\w+: /, '')}`)
  .join('\n')}
  --license <SPDX id>    of your service, such as MIT or UNLICENSED (asked for)
  --author <name>        for package.json and the licence (asked for)
  --description <text>   for package.json (asked for)
  --package-name <name>  (default: the service's name)
  --dry-run              says what would be done, and changes nothing`;

// A stack's name has 128 characters, a function's 64: `<service>-<stage>-<function>`.
const Service = z
  .string('is missing: how is your service called? For example my-shop')
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens, such as my-shop')
  .max(20, 'must have at most 20 characters: it begins the names of all functions, which have 64 at most');

const Parts = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .pipe(
    z.array(
      z
        .string()
        .refine(isPart, { error: ({ input }) => `"${input}" is no part: ${Object.keys(PARTS).join(', ')}` }),
    ),
  );

const Options = z.object({
  service: Service,
  entity: z.string('is missing: what does your service keep? For example order'),
  plural: z.string('is missing: and in the plural? For example orders'),
  without: Parts,
});

export interface Adoption {
  service: string;
  entity: Entity;
  without: PartName[];
  fields: PackageFields;
}

interface Given {
  service?: string | undefined;
  entity?: string | undefined;
  plural?: string | undefined;
  without?: string | undefined;
  license?: string | undefined;
  author?: string | undefined;
  description?: string | undefined;
  'package-name'?: string | undefined;
}

const NAMES: Readonly<Record<string, string>> = { singular: 'entity', plural: 'plural' };

const parsed = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> => {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new OperatorError(
    error.issues
      .map(({ path, message }) => `--${NAMES[String(path[0])] ?? String(path[0])} ${message}`)
      .join('\n'),
  );
};

/**
 * What to make of the clone. What is not given as an option is asked for when a person is there, and has a default when
 * not.
 * @throws {OperatorError} naming every option that is wrong
 */
export const readAdoption = async (given: Given): Promise<Adoption> => {
  const { service, entity, plural, without } = parsed(Options, given);
  const checked = parsed(Entity, { singular: entity, plural });
  const ask = asker();
  try {
    const license = given.license ?? (await ask('Licence, as an SPDX identifier', 'UNLICENSED'));
    const author = given.author ?? (await ask('Author', ''));
    const description = given.description ?? (await ask('Description', `The ${service} service`));
    return {
      service,
      entity: checked,
      without,
      fields: { name: given['package-name'] ?? service, license, author, description },
    };
  } finally {
    ask.close();
  }
};

const asker = () => {
  const terminal = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stdout })
    : undefined;
  const ask = async (question: string, otherwise: string): Promise<string> => {
    const answer = await terminal?.question(`${question}${otherwise && ` (${otherwise})`}: `);
    return answer?.trim() || otherwise;
  };
  return Object.assign(ask, { close: () => terminal?.close() });
};
