"use strict";

// Runs the program as if it had been started in place of this script: same terminal, same signals, same way to end.

const { spawn } = require("node:child_process");
const os = require("node:os");

/** Those that end a program and that it can handle. */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/**
 * Runs the program and lets this process end as the program ends.
 *
 * @param {string} program its path
 * @param {string[]} args its arguments
 */
function runProgram(program, args) {
  let child;
  // The console of Windows sends Ctrl-C to the program, too, and to kill it would take away its chance to handle that.
  const forward = process.platform === "win32" ? () => {} : (signal) => child.kill(signal);
  for (const signal of FORWARDED) {
    process.on(signal, forward);
  }
  // Only now, so that there is no time in which a signal ends this process and leaves the program alone.
  child = spawn(program, args, { stdio: "inherit", windowsHide: true });
  child.on("error", (error) => {
    process.stderr.write(`aemlint: the program could not be started (${error.code || error.message}): ${program}\n`);
    process.exitCode = 2;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    // A shell that waits for this process sees how the program ended, and stops its script at Ctrl-C.
    FORWARDED.forEach((each) => process.removeListener(each, forward));
    process.exitCode = 128 + (os.constants.signals[signal] || 0);
    process.kill(process.pid, signal);
  });
}

module.exports = { runProgram };
