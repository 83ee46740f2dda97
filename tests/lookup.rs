//! The order in which a name's entities come: language, characters, weakness, weight.

use exonym::{Gazetteer, LayerSource, Layers};

use crate::cases::compile;

const LIST: &str = "\
id,name,lang,role,policy,kind,weight
oman,Oman,en,canonical,,country,4600000
oman,عُمان,ar,canonical
oman,عمان,fa,canonical
amman,Amman,en,canonical,,city,1200000
amman,عمّان,ar,canonical
amman,عمان,ar,variant
cologne,Köln,de,canonical,,city,1000000
koln,Koln,en,canonical,,locality,300
koeln-any,KOLN,,variant,,locality,20
nice,Nice,fr,canonical,title weak,city,340000
nice-town,Nice,en,canonical,strong,locality,2700
nice-lower,nice,en,variant,weak,locality,5
jordan,Jordan,en,canonical,weak,country,10000000
decoy-person,Jordan,en,decoy
";

/// Ids of what `name` in `lang` may mean, with `over` over [`LIST`]; scores never rise.
fn found(over: &str, name: &str, lang: &str) -> Vec<String> {
    let gazetteers = [LIST, over].map(|list| Gazetteer::from_bytes(compile(list)).unwrap());
    let sources = gazetteers.iter().map(|gazetteer| gazetteer as &dyn LayerSource);
    let layers = Layers::new(sources).unwrap();
    let found = layers.lookup_in(name, lang);
    assert!(found.is_sorted_by(|one, other| one.score >= other.score), "{name} {lang}");
    assert!(found.iter().all(|found| found.score > 0.0 && found.score <= 1.0), "{name} {lang}");
    found.iter().map(|found| found.entity().id()).collect()
}

const NOTHING: &str = "id,name\nqorv,Qorv\n";

#[test]
fn the_very_characters_come_before_the_same_key() {
    for (name, ids) in
        [("عمّان", ["amman", "oman"]), ("عُمان", ["oman", "amman"]), ("عمان", ["oman", "amman"])]
    {
        assert_eq!(found(NOTHING, name, ""), ids, "{name}");
    }
    // NFD is the same characters.
    for (name, ids) in [
        ("Köln", ["cologne", "koln", "koeln-any"]),
        ("Ko\u{308}ln", ["cologne", "koln", "koeln-any"]),
        ("Koln", ["koln", "cologne", "koeln-any"]),
        ("KOLN", ["koeln-any", "cologne", "koln"]),
        ("koln", ["cologne", "koln", "koeln-any"]),
    ] {
        assert_eq!(found(NOTHING, name, ""), ids, "{name}");
    }
}

#[test]
fn names_of_the_language_asked_for_come_first() {
    for (name, lang, ids) in [
        ("عمان", "ar", ["amman", "oman"]),
        ("عمان", "fa", ["oman", "amman"]),
        ("عمان", "fa-AF", ["oman", "amman"]),
        ("عمان", "fr", ["oman", "amman"]),
    ] {
        assert_eq!(found(NOTHING, name, lang), ids, "{name} {lang}");
    }
    // A name for any language is in this one, too.
    assert_eq!(found(NOTHING, "Koln", "de"), ["cologne", "koeln-any", "koln"]);
    assert_eq!(found(NOTHING, "Koln", "en"), ["koln", "koeln-any", "cologne"]);
}

#[test]
fn weak_names_and_decoys_come_after_strong_ones_met_as_well() {
    assert_eq!(found(NOTHING, "Nice", ""), ["nice-town", "nice", "nice-lower"]);
    assert_eq!(found(NOTHING, "nice", ""), ["nice-lower", "nice-town", "nice"]);
    assert_eq!(found(NOTHING, "Jordan", ""), ["jordan", "decoy-person"]);
}

#[test]
fn a_name_of_a_later_layer_is_as_weak_as_that_of_the_earlier() {
    let over = "id,name,lang,policy,kind,weight\nnice-in,Nice,en,,city,10\njo-town,Jordan,en,strong,city,9\n";
    let ids = found(over, "Nice", "");
    assert_eq!(ids[..2], ["nice-town", "nice"], "{ids:?}");
    assert_eq!(found(over, "Jordan", "")[..2], ["jo-town", "jordan"], "stated");
}
