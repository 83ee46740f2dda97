//! Any bytes as a list: problems with their lines, or a gazetteer that opens and works.
#![no_main]

use exonym::Gazetteer;
use exonym_fuzz::{compile, use_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|list: &[u8]| {
    match compile(list) {
        Ok(bytes) => {
            assert_eq!(compile(list).expect("compiles again"), bytes);
            let gazetteer = Gazetteer::from_bytes(bytes).expect("compiled bytes are sound");
            use_all(&gazetteer);
            for entity in gazetteer.entities() {
                let found = gazetteer.entity(&entity.id()).expect("found by its id");
                assert_eq!(found.id(), entity.id());
            }
        }
        Err(error) => assert!(!error.problems().is_empty(), "{error}"),
    }
});
