const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const OLDEST_NODE = 24;

// A published package holds compiled code only: Node.js strips no types under node_modules.
const COMPILED = !existsSync(join(__dirname, 'src'));

/** Why this Node.js cannot run the stack, undefined when it can. */
const unsupportedNode = () =>
  Number(process.versions.node.split('.')[0]) < OLDEST_NODE
    ? `The local stack runs on Node.js ${OLDEST_NODE} (this is ${process.version}). It comes with "npm ci": ` +
      'start the command by npx or an npm script, for example "npm start" or "npx sls invoke local".'
    : undefined;

/** A module of the stack, which is not deleted from the compile cache between starts. */
const load = (directory, module) => {
  // Most of a start would be compiling the same sources again.
  enableCompileCache(join(directory, '.local', 'compile-cache'));
  return import(COMPILED ? `./dist/${module}.js` : `./src/${module}.ts`);
};

module.exports = { load, unsupportedNode };
