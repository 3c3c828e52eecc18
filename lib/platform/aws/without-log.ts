interface Client {
  middlewareStack: { remove(name: string): boolean };
}

/**
 * Takes the SDK's own log out of a client. Nobody reads it, but inputs and outputs of every call were prepared for it,
 * by a walk over their schemas.
 */
export const withoutLog = <AnyClient extends Client>(client: AnyClient): AnyClient => {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
};
