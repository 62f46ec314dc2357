"use strict";

// Which C library a Linux program needs, from its ELF header (System V ABI, "Program Header").

const PT_INTERP = 3;
const HEADER_BYTES = 64;

/**
 * The value for `libc` in a package.json: npm installs the package only where that library is.
 *
 * @param {Buffer} bytes the program, 64-bit and little-endian
 * @returns {string[] | undefined} nothing for a static program, which runs with any C library
 * @throws {Error} if it is no such program
 */
function requiredLibc(bytes) {
  const isElf64 = bytes.length >= HEADER_BYTES && bytes.readUInt32BE(0) === 0x7f454c46 && bytes[4] === 2 && bytes[5] === 1;
  if (!isElf64) {
    throw new Error("is not a 64-bit little-endian ELF program");
  }
  const table = Number(bytes.readBigUInt64LE(0x20));
  const size = bytes.readUInt16LE(0x36);
  const count = bytes.readUInt16LE(0x38);
  if (table + size * count > bytes.length) {
    throw new Error("is cut off");
  }
  for (let i = 0; i < count; i += 1) {
    const header = table + i * size;
    if (bytes.readUInt32LE(header) === PT_INTERP) {
      const start = Number(bytes.readBigUInt64LE(header + 8));
      const length = Number(bytes.readBigUInt64LE(header + 32));
      const interpreter = bytes.toString("latin1", start, start + length);
      return interpreter.includes("ld-musl") ? ["musl"] : ["glibc"];
    }
  }
  return undefined;
}

module.exports = { requiredLibc };
