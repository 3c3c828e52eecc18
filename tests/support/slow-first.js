const { default: Sequencer } = require('@jest/test-sequencer');

// Those that start a stack, package the service or count much. A fresh checkout has no timings of earlier runs to go by, and a
// slow file that begins last leaves one of two cores idle.
const SLOW = [
  'road/road',
  'template/',
  'new-subscriber/generated',
  'redrive/',
  'exercise/',
  'http/api.e2e',
  'invoke-local/',
  'search/term-index',
  'road/demo',
  'event-source-mappings/kill',
  'subscribers/isolation',
  'capacity/',
];

const rank = ({ path }) => {
  const found = SLOW.findIndex((part) => path.includes(`/tests/${part}`));
  return found < 0 ? SLOW.length : found;
};

/** Runs the slowest test files first. */
module.exports = class SlowFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
