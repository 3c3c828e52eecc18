module.exports = require('../../resources/plugins/esbuild.js');
