import { z } from 'zod';
import { UserError } from '../user-error.ts';

/** What a statement names: itself, or everything but what it names (`NotAction`, `NotResource`). */
export interface Selection {
  readonly except: boolean;
  readonly patterns: readonly string[];
}

/** One comparison of a `Condition` block. */
export interface Condition {
  /** As written, for example `ForAllValues:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Principals of a resource policy by kind (`AWS`, `Service`, …); `*` stands under every kind. */
export interface PrincipalSelection {
  readonly except: boolean;
  readonly byKind: Readonly<Record<string, readonly string[]>>;
}

export interface Statement {
  /** Its place in the template, for people: `…Policies[0].PolicyDocument.Statement[2]`. */
  readonly path: string;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Selection;
  readonly resources: Selection;
  readonly conditions: readonly Condition[];
  /** Of resource policies only. */
  readonly principals?: PrincipalSelection;
}

/** A policy document that is well formed. */
export interface Policy {
  /** Policy variables exist since `2012-10-17`; without a version a policy is of `2008-10-17`. */
  readonly variables: boolean;
  readonly statements: readonly Statement[];
}

const listOf = (item: z.ZodType<string>) =>
  z.union([item.transform((one) => [one]), z.array(item).min(1)], {
    error: (issue) => (issue.input === undefined ? 'is missing' : undefined),
  });

const Action = z.string().regex(/^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/, {
  error: ({ input }) => `"${input}" is neither "*" nor <service>:<action>`,
});
const Resource = z
  .string({ error: 'is not an ARN' })
  .regex(/^(\*|arn:.*)$/s, { error: ({ input }) => `"${input}" is neither an ARN nor "*"` });
const Value = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Conditions = z.record(
  z.string(),
  z.record(z.string(), z.union([Value.transform((one) => [one]), z.array(Value)])),
);
const Principals = z.union([
  z.literal('*'),
  z.record(z.enum(['AWS', 'Service', 'Federated', 'CanonicalUser']).or(z.never()), listOf(z.string())),
]);

const either = <First extends string, Second extends string>(first: First, second: Second) =>
  [
    (statement: Readonly<Partial<Record<First | Second, unknown>>>) =>
      (statement[first] === undefined) !== (statement[second] === undefined),
    { error: `needs either ${first} or ${second}` },
  ] as const;

const COMMON = {
  Effect: z.enum(['Allow', 'Deny'], { error: 'is "Allow" or "Deny"' }),
  Action: listOf(Action).optional(),
  NotAction: listOf(Action).optional(),
  Resource: listOf(Resource).optional(),
  NotResource: listOf(Resource).optional(),
  Condition: Conditions.default({}),
};

const IdentityStatement = z
  .strictObject({
    ...COMMON,
    Sid: z
      .string()
      .regex(/^[a-zA-Z0-9]*$/, { error: 'holds letters and digits only' })
      .optional(),
  })
  .refine(...either('Action', 'NotAction'))
  .refine(...either('Resource', 'NotResource'));

const ResourceStatement = z
  .strictObject({
    ...COMMON,
    Sid: z.string().optional(),
    Principal: Principals.optional(),
    NotPrincipal: Principals.optional(),
  })
  .refine(...either('Action', 'NotAction'))
  .refine(...either('Principal', 'NotPrincipal'));

const documentOf = <Schema extends z.ZodType>(statement: Schema) =>
  z.strictObject({
    Version: z
      .enum(['2012-10-17', '2008-10-17'], { error: 'is "2012-10-17" or "2008-10-17"' })
      .default('2008-10-17'),
    Id: z.string().optional(),
    Statement: z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(statement).min(1)),
  });
const DOCUMENTS = {
  identity: documentOf(IdentityStatement),
  resource: documentOf(ResourceStatement),
} as const;

/** A policy document that IAM would refuse, by its path in the template. */
export class MalformedPolicy extends UserError {
  constructor(path: string, problems: readonly string[]) {
    super(`malformed policy:\n${problems.map((problem) => `  ${path}${problem}`).join('\n')}`);
    this.name = 'MalformedPolicy';
  }
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');

/** The innermost problem of each issue: a union says of its members what each of them misses. */
const problemsOf = (issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): string[] =>
  issues.flatMap((issue) => {
    const path = [...above, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.message !== 'Invalid input')
      return [`${pathOf(path)}: ${issue.message}`];
    const options = issue.errors.filter(([first]) => first?.code !== 'invalid_type' || first.path.length > 0);
    return problemsOf(options[0] ?? issue.errors[0] ?? [], path);
  });

const selection = (named: string[] | undefined, but: string[] | undefined): Selection =>
  named ? { except: false, patterns: named } : { except: true, patterns: but ?? [] };

type AnyStatement = z.infer<typeof IdentityStatement> | z.infer<typeof ResourceStatement>;

const principalsIn = (statement: AnyStatement): PrincipalSelection | undefined => {
  if (!('Principal' in statement || 'NotPrincipal' in statement)) return undefined;
  const { Principal, NotPrincipal } = statement;
  const given = Principal ?? NotPrincipal ?? {};
  return { except: NotPrincipal !== undefined, byKind: given === '*' ? { '*': ['*'] } : given };
};

/**
 * Reads a policy document as IAM does when a policy is created.
 * @param path the document's place in the template, for example `QueuePolicy.Properties.PolicyDocument`
 * @param kind whether it is attached to a role (no principals, always with resources) or to a resource
 * @throws {MalformedPolicy} naming every problem with its path
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export const parsePolicy = (document: unknown, path: string, kind: 'identity' | 'resource'): Policy => {
  const parsed = DOCUMENTS[kind].safeParse(document);
  if (!parsed.success) throw new MalformedPolicy(path, problemsOf(parsed.error.issues));
  const { Version, Statement } = parsed.data;
  return {
    variables: Version === '2012-10-17',
    statements: Statement.map((statement: AnyStatement, index): Statement => {
      const principals = principalsIn(statement);
      return {
        path: `${path}.Statement[${index}]`,
        ...(statement.Sid && { sid: statement.Sid }),
        effect: statement.Effect,
        actions: selection(statement.Action, statement.NotAction),
        // Some resource policies may leave the resource out: it is the one that they are attached to.
        resources:
          (statement.Resource ?? statement.NotResource)
            ? selection(statement.Resource, statement.NotResource)
            : { except: false, patterns: ['*'] },
        conditions: Object.entries(statement.Condition).flatMap(([operator, comparisons]) =>
          Object.entries(comparisons).map(([key, values]) => ({ operator, key, values })),
        ),
        ...(principals && { principals }),
      };
    }),
  };
};
