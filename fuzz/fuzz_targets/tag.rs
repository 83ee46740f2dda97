//! Any text: spans on character boundaries, in order, the same each time, in the small gazetteer and
//! in the embedded one. The first byte chooses options.
#![no_main]

use exonym::{Gazetteer, Normalizer, Tagger};
use exonym_fuzz::{GAZETTEER, options, tag};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(bytes);
    let small = Tagger::new(&*GAZETTEER).expect("sound").options(options(choice));
    let embedded = Tagger::new(Gazetteer::embedded()).expect("sound").options(options(choice));
    for tagger in [small, embedded] {
        tag(&tagger, &text);
        std::hint::black_box(tagger.explain(&*text));
        // Overlapping mentions include the longest.
        let mut all = options(choice);
        all.overlapping = true;
        let longest: Vec<_> = tagger.find_iter(&*text).map(|mention| mention.span).collect();
        let tagger = tagger.options(all);
        let all: Vec<_> = tagger.find_iter(&*text).map(|mention| mention.span).collect();
        assert!(longest.iter().all(|span| all.contains(span)), "{longest:?} {all:?}");
    }
    std::hint::black_box(GAZETTEER.lookup(&text));
    let key = Normalizer::new().key(&text).into_owned();
    assert_eq!(Normalizer::new().key(&key), key);
});
