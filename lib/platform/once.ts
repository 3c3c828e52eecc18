/**
 * The result of `load`, loaded on first use and kept from then on. Concurrent callers wait for the
 * same loading; one that failed is tried again by the next who asks.
 */
export const once = <Value>(load: () => Promise<Value>): (() => Promise<Value>) => {
  let loaded: Promise<Value> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
};
