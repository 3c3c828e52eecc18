import type * as z from 'zod';
import type { ProblemName } from './problem.ts';

/** What a route answers with when all is well. */
export interface Answer {
  description: string;
  /** Of the JSON body; left out when there is none. */
  body?: z.ZodType;
  /** Names of headers that are always there, as in `docs/openapi.json`. */
  headers?: readonly string[];
}

/** The parts of a request that a route can look at. */
export interface RequestShape {
  /**
   * The caller: the subject of the token. Behind the JWT authorizer everyone has one; where it is optional, the route
   * is open, but the function knows a caller who shows a token. Left out, tokens are not looked at.
   */
  userId?: z.ZodType<string | undefined>;
  /** Of the path. */
  params?: z.ZodObject;
  /** Left out, the route takes no query parameters. */
  query?: z.ZodObject;
  /** By lower-case names. */
  headers?: z.ZodObject;
  /** JSON. */
  body?: z.ZodType;
}

/**
 * What a route takes and answers, as data: its handler parses by it and the OpenAPI document is generated from it.
 * Method, path and authorizer are in the route's `function.yml`.
 */
export interface Route<Request extends object = object> {
  tag: 'Posts' | 'Push' | 'Service';
  summary: string;
  description?: string;
  /** An object of `RequestShape`: what its handler gets. */
  request: z.ZodType<Request> & { readonly shape: RequestShape };
  /** Of the body; application/json when left out. */
  mediaTypes?: readonly string[];
  answers: Readonly<Record<number, Answer>>;
  /** The problems a correctly routed request can meet, beyond those any request can. */
  problems?: readonly ProblemName[];
}

/** Who may call a route. */
export const authOf = ({ request }: Pick<Route, 'request'>): 'required' | 'optional' | 'none' => {
  const { userId } = request.shape;
  if (!userId) return 'none';
  return userId.safeParse(undefined).success ? 'optional' : 'required';
};
