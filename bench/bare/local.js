// The framework takes plugins of the service's own directory or of npm, and nothing above it.
module.exports = require('../../local/index.js');
