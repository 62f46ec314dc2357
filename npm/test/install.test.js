"use strict";

const assert = require("node:assert/strict");
const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { after, before, test } = require("node:test");
const support = require("./support");

const PACKAGE = path.join(support.ROOT, "testdata", "packages", "acme.all-1.4.0.zip");
let directory;
let packed;
const cleanUp = [];

before(() => {
  directory = support.makeDirectory({ after: (each) => cleanUp.push(each) });
  packed = support.packPrograms(path.join(directory, "packed"));
  support.npmInstall(directory, [packed.main, packed.program]);
});

after(() => cleanUp.forEach((each) => each()));

function manifestOf(name) {
  return JSON.parse(fs.readFileSync(path.join(directory, "node_modules", name, "package.json"), "utf8"));
}

test("nothing runs when it is installed", () => {
  for (const name of ["aemlint", support.PLATFORM.package]) {
    assert.equal(manifestOf(name).scripts, undefined, name);
    assert.equal(manifestOf(name).dependencies, undefined, name);
  }
});

test("all platforms are optional dependencies in this very version", () => {
  const { version, optionalDependencies } = manifestOf("aemlint");
  const platforms = JSON.parse(fs.readFileSync(path.join(support.ROOT, "npm", "platforms.json"), "utf8"));
  assert.deepEqual(Object.keys(optionalDependencies), platforms.map((each) => each.package));
  assert.deepEqual(new Set(Object.values(optionalDependencies)), new Set([version]));
  const { os, cpu } = manifestOf(support.PLATFORM.package);
  assert.deepEqual([os, cpu], [[process.platform], [process.arch]]);
});

test("the licences are in both packages", () => {
  for (const name of ["aemlint", support.PLATFORM.package]) {
    assert.ok(fs.existsSync(path.join(directory, "node_modules", name, "LICENSE-MIT")), name);
  }
});

test("what it prints and its exit code are those of the program", () => {
  const empty = path.join(directory, "empty");
  const clean = path.join(directory, "clean", "jcr_root", "apps", "acme");
  fs.mkdirSync(empty);
  fs.mkdirSync(clean, { recursive: true });
  fs.writeFileSync(path.join(clean, ".content.xml"), '<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="nt:folder"/>\n');
  const checks = [
    [0, ["check", "--no-times", path.join(directory, "clean")]],
    [1, ["check", "--no-times", PACKAGE]],
    [2, ["check", "--no-such-option"]],
    [3, ["check", "--no-times", empty]],
  ];
  for (const [code, args] of checks) {
    const direct = spawnSync(support.PROGRAM, args, { cwd: directory, encoding: "utf8" });
    const installed = support.run(directory, args);
    assert.equal(direct.status, code, direct.stderr);
    assert.equal(installed.status, code, installed.stderr);
    assert.equal(installed.stdout, direct.stdout);
    assert.equal(installed.stderr, direct.stderr);
  }
});

test("arguments arrive as they are", { skip: support.WINDOWS }, (t) => {
  const other = install(t, "printf '<%s>\\n' \"$@\"");
  assert.equal(support.run(other, ["a b", "$HOME", "", "ü*"]).stdout, "<a b>\n<$HOME>\n<>\n<ü*>\n");
});

test("a terminal stays a terminal, with its colours", { skip: spawnSync("script", ["-V"]).status !== 0 }, () => {
  const env = { ...process.env, TERM: "xterm-256color", NO_COLOR: undefined, CI: undefined };
  const command = `'${support.commandIn(directory)}' check '${PACKAGE}'`;
  const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8", env });
  assert.match(stdout, /\u001b\[[0-9;]*m.*error/);
  assert.doesNotMatch(support.run(directory, ["check", PACKAGE]).stdout, /\u001b\[/);
});

test("standard input reaches the program", { skip: support.WINDOWS }, (t) => {
  const other = install(t, "read line; echo \"got $line\"");
  const { stdout } = spawnSync(support.commandIn(other), [], { input: "a line\n", encoding: "utf8" });
  assert.equal(stdout, "got a line\n");
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  test(`${signal} reaches a program that handles it`, { skip: support.WINDOWS }, async (t) => {
    const name = signal.slice(3);
    const other = install(t, `trap 'echo handled; exit 7' ${name}\necho ready\nwhile :; do sleep 0.1; done`);
    const { stdout, code } = await signalWhenReady(other, signal);
    assert.equal(stdout, "ready\nhandled\n");
    assert.equal(code, 7);
  });

  test(`a program that ${signal} ends, ends this one in the same way`, { skip: support.WINDOWS }, async (t) => {
    const other = install(t, "echo ready\nexec sleep 60");
    const end = await signalWhenReady(other, signal);
    assert.equal(end.signal, signal);
  });
}

test("a package for another platform is told in one line", (t) => {
  const other = support.makeDirectory(t);
  support.npmInstall(other, [packed.main], "--omit=optional");
  const { status, stdout, stderr } = support.run(other, ["check"]);
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.match(stderr, new RegExp(`^aemlint: the package ${support.PLATFORM.package}, which .* is not installed; .*\\n$`));
});

test("a program that cannot be started is an error of use", { skip: support.WINDOWS }, (t) => {
  const other = install(t, "exit 0");
  fs.chmodSync(path.join(other, "node_modules", support.PLATFORM.package, "bin", "aemlint"), 0o644);
  const { status, stderr } = support.run(other, ["check"]);
  assert.equal(status, 2);
  assert.match(stderr, /^aemlint: the program could not be started \(EACCES\): .*\n$/);
});

/** An installation whose program is this shell script. */
function install(t, script) {
  const other = support.makeDirectory(t);
  support.copyInstallation(directory, other);
  support.writeProgram(other, script);
  return other;
}

/** Long enough for a machine that is busy; a signal that is lost must not hold up the tests for ever. */
const MAX_WAIT_MILLISECONDS = 60_000;

/** Sends a signal to the command that npm linked, once its program has said that it is ready. */
function signalWhenReady(other, signal) {
  return new Promise((resolve) => {
    const child = spawn(support.commandIn(other), [], { stdio: ["ignore", "pipe", "inherit"], detached: true });
    const killAll = setTimeout(() => process.kill(-child.pid, "SIGKILL"), MAX_WAIT_MILLISECONDS);
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      if (stdout === "ready\n") {
        child.kill(signal);
      }
    });
    child.on("close", (code, end) => {
      clearTimeout(killAll);
      resolve({ stdout, code, signal: end });
    });
  });
}
