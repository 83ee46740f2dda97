//! Gazetteers replaced while threads tag: each answer is that of one version, whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use exonym::{CurrentLayers, Gazetteer, LayerSource, OwnedLayers, Tagger};

use crate::cases::compile;

const TEXT: &str = "From Qorvia to Belmarsk and Tuvost; Qorvia and Belmarsk again, then Tuvost.";

/// A base that stays and names that change: each version knows other entities by the same names.
fn version(number: usize) -> OwnedLayers {
    let base = "id,name,kind,same_as\ntuvost,Tuvost,city,x:1\n";
    let list = format!(
        "id,name,kind,same_as\nq{number},Qorvia,city,\nb{number},Belmarsk,city,\nt{number},Tuvost City,city,x:{number}\n"
    );
    let layers = [base, &list].map(|list| {
        let gazetteer = Gazetteer::from_bytes(compile(list)).unwrap();
        Box::new(gazetteer) as Box<dyn LayerSource>
    });
    OwnedLayers::new(layers).unwrap()
}

/// The ids of what the text names.
fn tagged(layers: &OwnedLayers) -> Vec<String> {
    let tagger = Tagger::with_owned(layers).unwrap();
    let mentions = tagger.tag(TEXT).mentions;
    mentions.iter().map(|mention| tagger.entity(mention.entity).id()).collect()
}

#[test]
fn each_document_is_tagged_with_one_version() {
    const VERSIONS: usize = 40;
    let current = CurrentLayers::new(version(0));
    let (done, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let work = || {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(Ordering::Acquire) {
                    let ids = tagged(&current.get());
                    let number: usize = ids[0].strip_prefix('q').unwrap().parse().unwrap();
                    let [q, b] = ["q", "b"].map(|letter| format!("{letter}{number}"));
                    assert_eq!(ids, [&q, &b, "tuvost", &q, &b, "tuvost"]);
                    assert!(last <= number && number < VERSIONS, "{last} {number}");
                    last = number;
                    answers.fetch_add(1, Ordering::AcqRel);
                }
            })
        };
        let workers = [work(), work(), work()];
        for number in 1..VERSIONS {
            let before = answers.load(Ordering::Acquire);
            current.replace(version(number));
            while answers.load(Ordering::Acquire) < before + 3 {
                // Else a wrong answer would hang the test instead of failing it.
                assert!(!workers.iter().all(|worker| worker.is_finished()), "wrong answers");
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Release);
    });
    assert_eq!(tagged(&current.get())[0], format!("q{}", VERSIONS - 1));
}

#[test]
fn the_former_live_as_long_as_somebody_works_with_them() {
    let current = CurrentLayers::new(version(1));
    let held = current.get();
    let tagger = Tagger::with_owned(&held).unwrap();
    let former = Arc::downgrade(&current.replace(version(2)));
    assert_eq!(tagger.entity(tagger.tag(TEXT).mentions[0].entity).id(), "q1");
    assert_eq!(tagged(&current.get())[0], "q2");
    drop(tagger);
    assert!(former.upgrade().is_some());
    drop(held);
    assert!(former.upgrade().is_none(), "freed");
}

#[test]
fn owned_layers_are_joined_as_borrowed_ones() {
    let owned = version(1);
    let layers = owned.layers().unwrap();
    assert_eq!(layers.lookup("Tuvost City")[0].entity().id(), "tuvost");
    assert_eq!(version(2).layers().unwrap().lookup("Tuvost City")[0].entity().id(), "t2");
    // One gazetteer in several sets.
    let shared = Arc::new(Gazetteer::from_bytes(compile("id,name\nqorv,Qorv\n")).unwrap());
    let sets = [(); 2].map(|()| OwnedLayers::over_embedded(shared.clone()).unwrap());
    for set in &sets {
        assert_eq!(set.layers().unwrap().lookup("Qorv")[0].entity().id(), "qorv");
        assert_eq!(set.layers().unwrap().lookup("Mossoul")[0].entity().id(), "mosul");
    }
}
