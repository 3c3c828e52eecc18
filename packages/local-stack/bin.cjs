#!/usr/bin/env node
const { load, unsupportedNode } = require('./load.cjs');

const problem = unsupportedNode();
if (problem === undefined) {
  load(process.cwd(), 'commands/command-line').then(({ commandLine }) => commandLine(process.argv.slice(2)));
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
