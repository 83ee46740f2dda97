//! Any bytes as a compiled file: refused, or used without a panic.
#![no_main]

use exonym::Gazetteer;
use exonym_fuzz::use_all;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Verified as a whole, then section by section as with a mapped file.
    if let Ok(gazetteer) = Gazetteer::from_bytes(bytes) {
        use_all(&gazetteer);
    }
    if let Ok(gazetteer) = Gazetteer::over(bytes) {
        use_all(&gazetteer);
    }
});
