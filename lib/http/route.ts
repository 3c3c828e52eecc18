import * as z from '#lib/platform/zod.ts';
import { UserId } from '#lib/posts/user-id.ts';
import type { Endpoint } from './endpoints.ts';
import type { ProblemName } from './problem.ts';

/**
 * Who may call a route. `required`: the JWT authorizer in front lets no one in without a token. `optional`: open,
 * but the function knows a caller who shows a token. `none`: tokens are not looked at.
 */
export interface Auth<User extends CallerSchema = CallerSchema> {
  kind: 'required' | 'optional' | 'none';
  /** What its handler gets to know of the caller. */
  user: User;
}
/** Of a caller's user id, undefined where callers may be anonymous. */
export type CallerSchema = z.ZodMiniType<string | undefined>;

export const required = { kind: 'required', user: UserId } satisfies Auth;
export const optional = { kind: 'optional', user: z.optional(UserId) } satisfies Auth;
export const none = { kind: 'none', user: z.undefined() } satisfies Auth;

/** What a route answers with when all is well. */
export interface Answer {
  description: string;
  /** Of the JSON body; undefined when there is none. */
  body?: z.ZodMiniType;
  /** Names of the headers of `docs/openapi.json`'s components that are always there. */
  headers?: readonly string[];
}

/** One operation of the API as data: its handler parses by it and the OpenAPI document is generated from it. */
export interface Route<
  Params extends z.ZodMiniObject = z.ZodMiniObject,
  Query extends z.ZodMiniObject = z.ZodMiniObject,
  Headers extends z.ZodMiniObject = z.ZodMiniObject,
  Body extends z.ZodMiniType = z.ZodMiniType,
  User extends CallerSchema = CallerSchema,
> extends Endpoint {
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  auth: Auth<User>;
  params: Params;
  query: Query;
  /** By lower-case names; headers that are not named here are not looked at. */
  headers: Headers;
  /** `noBody` when the route takes none. */
  body: Body;
  /** Media types of the body it takes; empty when it takes none. */
  mediaTypes: readonly string[];
  answers: Readonly<Record<number, Answer>>;
  /** The problems a correctly routed request can meet, beyond those any request can. */
  problems: readonly ProblemName[];
}

/** For routes without parameters of a kind. */
export const nothing = z.strictObject({});
/** For routes that do not look at parameters or headers of a kind. */
export const anything = z.object({});
/** For routes without a body. */
export const noBody = z.undefined();

/** Declares a route; infers the types its handler gets to see. */
export const defineRoute = <
  Params extends z.ZodMiniObject,
  Query extends z.ZodMiniObject,
  Headers extends z.ZodMiniObject,
  Body extends z.ZodMiniType,
  User extends CallerSchema,
>(
  route: Route<Params, Query, Headers, Body, User>,
): Route<Params, Query, Headers, Body, User> => route;
