#![no_main]

use aemlint_fuzz::invariants;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| invariants::packages::bundle(data));
