/**
 * What `load` gives, loaded when it is first asked for and kept from then on. Whoever asks meanwhile waits for the
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
