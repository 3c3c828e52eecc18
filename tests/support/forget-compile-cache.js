const { rm } = require('node:fs/promises');

/** Removes what `compile-cache.js` made, but not what the caller of Jest had set. */
module.exports = async () => {
  if (globalThis.compileCacheOfRun) await rm(globalThis.compileCacheOfRun, { recursive: true, force: true });
};
