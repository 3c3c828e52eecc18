const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');
require('./compiled-once.js');

const { createContext } = vm;

/**
 * Jest's environment for Node.js, in a context with an ordinary global object. Jest's own puts a proxy behind it, so
 * that each mention of `Math`, `Object` or `Error` in tested code is a call: simulations take more than twice as long.
 * https://nodejs.org/api/vm.html#when-vmcreatecontext-is-called-with-vmconstantsdont_contextify
 */
module.exports = class PlainContext extends TestEnvironment {
  constructor(config, context) {
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
};
