#!/usr/bin/env node
"use strict";

// Makes the npm packages from the programs of a release, packed and ready to publish:
//
//     node npm/build.js --out DIR TARGET=PROGRAM…
//
// TARGET is a Rust target of platforms.json. DIR gets one .tgz for each program and one for `aemlint`, which names all
// platforms of the release as optional dependencies in this very version. The version is that of Cargo.toml.

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { requiredLibc } = require("./elf");

const ROOT = path.dirname(__dirname);
const PLATFORMS = JSON.parse(fs.readFileSync(path.join(__dirname, "platforms.json"), "utf8"));
const MAIN = path.join(__dirname, "aemlint");

function readVersion() {
  const version = /^version = "(.+)"$/m.exec(fs.readFileSync(path.join(ROOT, "Cargo.toml"), "utf8"));
  return version[1];
}

function parseArguments(args) {
  const programs = new Map();
  let out;
  for (let i = 0; i < args.length; i += 1) {
    const [target, program] = args[i].split(/=(.*)/s);
    if (args[i] === "--out") {
      out = args[(i += 1)];
    } else if (program && PLATFORMS.some((each) => each.target === target)) {
      programs.set(target, program);
    } else {
      throw new Error(`${args[i]}: not TARGET=PROGRAM with a target of platforms.json`);
    }
  }
  if (!out || programs.size === 0) {
    throw new Error("usage: node npm/build.js --out DIR TARGET=PROGRAM…");
  }
  return { out, programs };
}

/** The licence texts, which every package with the program has to carry. */
function copyLicences(folder) {
  for (const name of fs.readdirSync(ROOT).filter((each) => each.startsWith("LICENSE-"))) {
    fs.copyFileSync(path.join(ROOT, name), path.join(folder, name));
  }
}

function writeManifest(folder, manifest) {
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function writeMain(folder, version) {
  fs.cpSync(MAIN, folder, { recursive: true });
  copyLicences(folder);
  const manifest = JSON.parse(fs.readFileSync(path.join(MAIN, "package.json"), "utf8"));
  manifest.version = version;
  manifest.optionalDependencies = Object.fromEntries(PLATFORMS.map((each) => [each.package, version]));
  writeManifest(folder, manifest);
}

function writePlatform(folder, version, platform, program) {
  const bytes = fs.readFileSync(program);
  const name = platform.os === "win32" ? "aemlint.exe" : "aemlint";
  fs.mkdirSync(path.join(folder, "bin"), { recursive: true });
  fs.writeFileSync(path.join(folder, "bin", name), bytes, { mode: 0o755 });
  copyLicences(folder);
  fs.writeFileSync(
    path.join(folder, "README.md"),
    `The program of [aemlint](https://github.com/aemlint/aemlint#readme) for ${platform.os}-${platform.cpu}. Install the package \`aemlint\` instead.\n`,
  );
  const { license, homepage, bugs, repository, publishConfig } = JSON.parse(
    fs.readFileSync(path.join(MAIN, "package.json"), "utf8"),
  );
  writeManifest(folder, {
    name: platform.package,
    version,
    description: `The program of aemlint for ${platform.os}-${platform.cpu}`,
    license,
    homepage,
    bugs,
    repository,
    files: ["bin", "LICENSE-*"],
    os: [platform.os],
    cpu: [platform.cpu],
    libc: platform.os === "linux" ? requiredLibc(bytes) : undefined,
    // Plug'n'Play keeps packages zipped, and a zipped program cannot be run.
    preferUnplugged: true,
    publishConfig,
  });
}

function pack(folder, out) {
  // A shell, because npm is a script of the command prompt on Windows; no argument of it comes from outside.
  const windows = process.platform === "win32";
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", windows ? `"${out}"` : out], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: windows,
  });
}

function main() {
  const { out, programs } = parseArguments(process.argv.slice(2));
  const version = readVersion();
  const destination = path.resolve(out);
  fs.mkdirSync(destination, { recursive: true });
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "aemlint-npm-"));
  try {
    const packed = path.join(work, "aemlint");
    writeMain(packed, version);
    pack(packed, destination);
    for (const platform of PLATFORMS.filter((each) => programs.has(each.target))) {
      const folder = path.join(work, platform.package);
      try {
        writePlatform(folder, version, platform, programs.get(platform.target));
      } catch (error) {
        throw new Error(`${programs.get(platform.target)}: ${error.message}`);
      }
      pack(folder, destination);
    }
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`npm/build.js: ${error.message}\n`);
  process.exitCode = 2;
}
