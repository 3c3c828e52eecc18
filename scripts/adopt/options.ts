import { createInterface } from 'node:readline/promises';
import { z } from 'zod';
import { OperatorError } from '../../ops/operator-error.ts';
import { Entity } from './entity.ts';
import type { PackageFields } from './package-fields.ts';
import { isPart, PARTS, type PartName } from './parts.ts';

export const HELP = `npm run adopt -- --service <name> --entity <singular> --plural <plural> [options]
npm run adopt                 asks, at a terminal

Turns a clone into a service of your own: renames post and posts everywhere, leaves out the parts that you do not want,
and commits the result. Git's history stays; \`git reset --hard HEAD~\` undoes the commit.

  --service <name>       name of the service, its stacks and functions: lower-case words joined by hyphens, such as my-shop
  --entity <singular>    what the service stores, such as order or "purchase order"
  --plural <plural>      its plural, such as orders or "purchase orders"
  --without <parts>      parts to leave out, separated by commas:
${Object.entries(PARTS)
  .map(([name, { title }]) => `                           ${name.padEnd(12)}${title.replace(/^\w+: /, '')}`)
  .join('\n')}
  --license <SPDX id>    licence of your service, such as MIT or UNLICENSED
  --author <name>        for package.json and the licence
  --description <text>   for package.json
  --package-name <name>  for package.json (default: the service's name)
  --dry-run              shows what would be done, and changes nothing`;

// A stack's name has 128 characters, a function's 64: `<service>-<stage>-<function>`.
const Service = z
  .string('is missing: the name of your service, such as my-shop')
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens, such as my-shop')
  .max(
    20,
    'must have at most 20 characters, because AWS limits the names of functions, which begin with it, to 64',
  );

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
      z.string().refine(isPart, {
        error: ({ input }) => `"${input}" is not a part: choose from ${Object.keys(PARTS).join(', ')}`,
      }),
    ),
  );

const Options = z.object({
  service: Service,
  entity: z.string('is missing: what your service stores, such as order'),
  plural: z.string('is missing: the plural of --entity, such as orders'),
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
 * What to make of the clone. At a terminal, options that are missing are asked for; elsewhere those of package.json have a
 * default.
 * @throws {OperatorError} naming every option that is wrong
 */
export const readAdoption = async (given: Given): Promise<Adoption> => {
  const ask = asker();
  try {
    const asked = {
      service: given.service ?? (await ask('Name of the service, such as my-shop')),
      entity: given.entity ?? (await ask('What it stores, such as order or purchase order')),
      plural: given.plural ?? (await ask('The plural, such as orders or purchase orders')),
    };
    const { service, entity, plural, without } = parsed(Options, { ...asked, without: given.without });
    const checked = parsed(Entity, { singular: entity, plural });
    const license =
      given.license ?? (await ask('Licence, as an SPDX identifier', 'UNLICENSED')) ?? 'UNLICENSED';
    const author = given.author ?? (await ask('Author')) ?? '';
    const described = `The ${service} service`;
    const description = given.description ?? (await ask('Description', described)) ?? described;
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

/** Asks a question at the terminal; the answer is undefined where there is none, and for an empty line without a default. */
const asker = () => {
  const terminal = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stdout })
    : undefined;
  const ask = async (question: string, otherwise?: string): Promise<string | undefined> => {
    const answer = await terminal?.question(
      `${question}${otherwise === undefined ? '' : ` (${otherwise})`}: `,
    );
    return answer?.trim() || otherwise;
  };
  return Object.assign(ask, { close: () => terminal?.close() });
};
