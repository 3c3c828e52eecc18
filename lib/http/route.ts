import type * as z from 'zod';
import type { ProblemName } from './problem.ts';

/** What a route answers with when all is well. */
export interface Answer {
  description: string;
  /** Of the JSON body, if any. */
  body?: z.ZodType;
  /** Headers that are always there. */
  headers?: readonly string[];
}

/** The parts of a request that a route looks at. */
export interface RequestShape {
  /** The caller. When it is optional, the route is open and knows a caller who shows a token. */
  userId?: z.ZodType<string | undefined>;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** By lower-case names. */
  headers?: z.ZodObject;
  body?: z.ZodType;
}

/**
 * The requests and responses of a route: its handler parses by it, and the OpenAPI document is generated from it. Method, path
 * and authorizer are in the route's `function.yml`.
 */
export interface Route<Request extends object = object> {
  tag: 'Posts' | 'Push' | 'Service';
  summary: string;
  description?: string;
  request: z.ZodType<Request> & { readonly shape: RequestShape };
  /** Of the body; application/json by default. */
  mediaTypes?: readonly string[];
  answers: Readonly<Record<number, Answer>>;
  /** In addition to those that any request can cause. */
  problems?: readonly ProblemName[];
}

/** Who may call a route. */
export const authOf = ({ request }: Pick<Route, 'request'>): 'required' | 'optional' | 'none' => {
  const { userId } = request.shape;
  if (!userId) return 'none';
  return userId.safeParse(undefined).success ? 'optional' : 'required';
};
