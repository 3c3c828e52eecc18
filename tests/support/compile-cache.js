const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/**
 * Lets the programs that tests start share what Node.js compiled, since loading the framework is most of a short
 * command's time. Each run has its own, or copies of the service in temporary folders would pile up in it.
 * https://nodejs.org/api/module.html#module-compile-cache
 */
module.exports = () => {
  if (process.env.NODE_COMPILE_CACHE) return;
  globalThis.compileCacheOfRun = mkdtempSync(join(tmpdir(), 'compile-cache-'));
  process.env.NODE_COMPILE_CACHE = globalThis.compileCacheOfRun;
};
