import { OperatorError } from '../../ops/operator-error.ts';
import { isReservedWord } from '../new-function/naming.ts';

// Those that resources/http-api.yml lets browsers use.
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

const CALLERS = ['required', 'optional', 'none'] as const;
/** Whether a route needs a signed-in user, knows one who shows a token, or looks at no token. */
export type Caller = (typeof CALLERS)[number];

/** Where a route is found, and by whom. */
export interface Address {
  method: Method;
  path: string;
  /** The names of the parameters in the path. */
  parameters: string[];
  caller: Caller;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
const MAX_PATH = 512;
const WORD = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const PARAMETER = /^\{([a-z][A-Za-z0-9]*)\}$/;

/** A path as CloudFormation's logical ids and API Gateway tell it from others: parameters are alike, hyphens are lost. */
const shapeOf = (path: string): string =>
  path
    .toLowerCase()
    .replace(/\{\w+\}/g, '{}')
    .replaceAll('-', '');

const parametersOf = (path: string): string[] => {
  if (!path.startsWith('/') || path === '/') {
    throw new OperatorError(`--path "${path}" must begin with / and a word, as in /posts/{postId}/likes`);
  }
  if (path.length > MAX_PATH) throw new OperatorError(`--path must have at most ${MAX_PATH} characters`);
  const parameters: string[] = [];
  for (const segment of path.slice(1).split('/')) {
    const [, name] = PARAMETER.exec(segment) ?? [];
    if (name === undefined && !WORD.test(segment)) {
      throw new OperatorError(
        `--path "${path}": "${segment}" must be lower-case words joined by hyphens, or a parameter such as {postId}`,
      );
    }
    if (name === undefined) continue;
    if (name in {} || name === 'prototype' || isReservedWord(name)) {
      throw new OperatorError(
        `--path "${path}": JavaScript uses "${name}" for something else. Rename the parameter`,
      );
    }
    if (parameters.includes(name)) throw new OperatorError(`--path "${path}" has two parameters {${name}}`);
    parameters.push(name);
  }
  return parameters;
};

const oneOf = <Word extends string>(
  option: string,
  words: readonly Word[],
  given: string | undefined,
): Word => {
  const found = words.find((word) => word === given);
  if (found === undefined) {
    throw new OperatorError(`--${option} must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
  }
  return found;
};

/**
 * @param routes those that are there
 * @throws {OperatorError} naming the option that is wrong, or the function that answers there already
 */
export const addressOf = (
  given: { method?: string | undefined; path?: string | undefined; caller?: string | undefined },
  routes: readonly { method: string; path: string; folder: string }[],
): Address => {
  const method = oneOf('method', METHODS, given.method?.toUpperCase());
  const caller = oneOf('caller', CALLERS, given.caller ?? 'required');
  if (given.path === undefined) throw new OperatorError("Which path? --path '/posts/{postId}/likes'");
  const { path } = given;
  const parameters = parametersOf(path);
  const same = routes.find((route) => route.method === method && shapeOf(route.path) === shapeOf(path));
  if (same) {
    throw new OperatorError(
      `functions/${same.folder} answers ${same.method} ${same.path} already. Choose another method or path`,
    );
  }
  return { method, path, parameters, caller };
};
