#!/usr/bin/env node
"use strict";

const { findProgram } = require("../lib/platform");
const { runProgram } = require("../lib/run");

const found = findProgram();
if (found.error) {
  process.stderr.write(`aemlint: ${found.error}\n`);
  process.exitCode = 2;
} else {
  runProgram(found.program, process.argv.slice(2));
}
