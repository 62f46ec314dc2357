"use strict";

const assert = require("node:assert/strict");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { requiredLibc } = require("../elf");
const support = require("./support");

/** An ELF program with one program header; with an interpreter, it needs the C library that this belongs to. */
function elf(interpreter) {
  const bytes = Buffer.alloc(256);
  bytes.write("\x7fELF", "latin1");
  bytes[4] = 2;
  bytes[5] = 1;
  bytes.writeBigUInt64LE(64n, 0x20);
  bytes.writeUInt16LE(56, 0x36);
  bytes.writeUInt16LE(1, 0x38);
  bytes.writeUInt32LE(interpreter ? 3 : 1, 64);
  bytes.writeBigUInt64LE(120n, 64 + 8);
  bytes.writeBigUInt64LE(BigInt((interpreter || "").length), 64 + 32);
  bytes.write(interpreter || "", 120, "latin1");
  return bytes;
}

test("a static program runs with any C library, a dynamic one with its own", () => {
  assert.equal(requiredLibc(elf()), undefined);
  assert.deepEqual(requiredLibc(elf("/lib64/ld-linux-x86-64.so.2")), ["glibc"]);
  assert.deepEqual(requiredLibc(elf("/lib/ld-musl-aarch64.so.1")), ["musl"]);
});

test("what is no program is refused", () => {
  assert.throws(() => requiredLibc(Buffer.from("#!/bin/sh\n")), /is not a 64-bit little-endian ELF program/);
  assert.throws(() => requiredLibc(elf().subarray(0, 100)), /is cut off/);
});

function build(...args) {
  return spawnSync(process.execPath, [path.join(support.ROOT, "npm", "build.js"), ...args], { encoding: "utf8" });
}

test("mistakes of use and files that are no program make nothing", (t) => {
  const out = path.join(support.makeDirectory(t), "out");
  const script = path.join(support.makeDirectory(t), "aemlint");
  fs.writeFileSync(script, "#!/bin/sh\n");
  for (const args of [[], ["--out", out], ["--out", out, "sparc-sun-solaris=x"]]) {
    assert.equal(build(...args).status, 2, args.join(" "));
  }
  const { status, stderr } = build("--out", out, `x86_64-unknown-linux-musl=${script}`);
  assert.equal(status, 2);
  assert.match(stderr, /aemlint: is not a 64-bit little-endian ELF program/);
});

test("each platform has a package of its own; others are told what there is", (t) => {
  // The list of packages is written when it is packed.
  const directory = support.makeDirectory(t);
  fs.cpSync(path.join(support.ROOT, "npm", "aemlint"), directory, { recursive: true });
  const manifest = { optionalDependencies: { "@aemlint/linux-x64": "1.0.0", "@aemlint/win32-x64": "1.0.0" } };
  fs.writeFileSync(path.join(directory, "package.json"), JSON.stringify(manifest));
  const { findProgram } = require(path.join(directory, "lib", "platform.js"));
  const resolve = (request) => path.join("modules", ...request.split("/"));
  const found = (...parts) => ({ program: path.join("modules", "@aemlint", ...parts) });
  assert.deepEqual(findProgram("linux", "x64", resolve), found("linux-x64", "bin", "aemlint"));
  assert.deepEqual(findProgram("win32", "x64", resolve), found("win32-x64", "bin", "aemlint.exe"));
  assert.match(findProgram("aix", "ppc64", resolve).error, /no program for aix-ppc64, only for linux-x64, win32-x64;/);
});
