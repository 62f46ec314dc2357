"use strict";

// Which package holds the program for this machine, and where in it the program lies.

const path = require("node:path");

/** The packages with a program, which are the optional dependencies of this one. */
const PACKAGES = Object.keys(require("../package.json").optionalDependencies || {});

/**
 * The path of the program for a platform, or what is wrong and what to do.
 *
 * @param {string} platform as `process.platform` has it
 * @param {string} cpu as `process.arch` has it
 * @param {(request: string) => string} resolve as `require.resolve`
 * @returns {{ program?: string, error?: string }}
 */
function findProgram(platform = process.platform, cpu = process.arch, resolve = require.resolve) {
  const name = `@aemlint/${platform}-${cpu}`;
  if (!PACKAGES.includes(name)) {
    const known = PACKAGES.map((each) => each.split("/")[1]).join(", ");
    return {
      error: `there is no program for ${platform}-${cpu}, only for ${known}; build it with cargo, as the README of aemlint says`,
    };
  }
  let manifest;
  try {
    manifest = resolve(`${name}/package.json`);
  } catch {
    return {
      error:
        `the package ${name}, which holds the program for this machine, is not installed; install aemlint again on this ` +
        "kind of machine and with optional dependencies (without --omit=optional or --no-optional)",
    };
  }
  return { program: path.join(path.dirname(manifest), "bin", platform === "win32" ? "aemlint.exe" : "aemlint") };
}

module.exports = { findProgram };
