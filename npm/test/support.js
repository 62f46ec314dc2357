"use strict";

// An installation as a user makes it: packed, then installed offline from the packed files into an empty directory.

const { execFileSync, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const ROOT = path.resolve(__dirname, "..", "..");
const WINDOWS = process.platform === "win32";
const PLATFORM = JSON.parse(fs.readFileSync(path.join(ROOT, "npm", "platforms.json"), "utf8")).find(
  (each) => each.os === process.platform && each.cpu === process.arch,
);

/** The program under test: $AEMLINT_PROGRAM, or what `cargo build` makes. */
const PROGRAM = path.resolve(
  process.env.AEMLINT_PROGRAM || path.join(ROOT, "target", "debug", WINDOWS ? "aemlint.exe" : "aemlint"),
);

function makeDirectory(t) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "aemlint-npm-test-"));
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Packs the program under test; returns the paths of `aemlint` and of the package with the program. */
function packPrograms(out) {
  execFileSync(process.execPath, [path.join(ROOT, "npm", "build.js"), "--out", out, `${PLATFORM.target}=${PROGRAM}`]);
  const files = fs.readdirSync(out).map((name) => path.join(out, name));
  const isMain = (file) => /^aemlint-\d/.test(path.basename(file));
  return { main: files.find(isMain), program: files.find((file) => !isMain(file)) };
}

function npmInstall(directory, files, ...options) {
  fs.writeFileSync(path.join(directory, "package.json"), '{ "name": "acme", "version": "1.0.0", "private": true }\n');
  const cache = path.join(directory, ".cache");
  const args = ["install", "--offline", "--no-audit", "--no-fund", "--cache", cache, ...options, ...files];
  execFileSync("npm", args, { cwd: directory, stdio: ["ignore", "ignore", "inherit"], shell: WINDOWS });
}

/** The command that npm links for scripts. */
function commandIn(directory) {
  return path.join(directory, "node_modules", ".bin", WINDOWS ? "aemlint.cmd" : "aemlint");
}

function run(directory, args) {
  return spawnSync(commandIn(directory), args, { cwd: directory, encoding: "utf8", shell: WINDOWS });
}

function programIn(directory) {
  return path.join(directory, "node_modules", PLATFORM.package, "bin", "aemlint");
}

/** Copies what is installed but the program, which is large. */
function copyInstallation(from, to) {
  const filter = (file) => file !== programIn(from);
  const options = { recursive: true, verbatimSymlinks: true, filter };
  fs.cpSync(path.join(from, "node_modules"), path.join(to, "node_modules"), options);
}

/** Puts a shell script in the place of the program. */
function writeProgram(directory, script) {
  fs.writeFileSync(programIn(directory), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

module.exports = {
  ROOT,
  WINDOWS,
  PLATFORM,
  PROGRAM,
  makeDirectory,
  packPrograms,
  npmInstall,
  commandIn,
  run,
  copyInstallation,
  writeProgram,
};
