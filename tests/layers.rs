//! Several gazetteers as one: corrections, unions, retractions, inherited policies.

use std::collections::BTreeSet;

use exonym::{Gazetteer, LayerSource, Layers, Policy, Role, Tagger};
use proptest::prelude::*;

use crate::cases::compile;

const BASE: &str = "\
id,name,lang,role,policy,kind,country,parent,lat,lon,weight,same_as,region
iraq,Iraq,en,canonical,,country,IQ,,33,44,40000000,wikidata:Q796
mosul,Mosul,en,canonical,,city,IQ,iraq,36.34,43.13,1683000,geonames:99072|wikidata:Q9,north
mosul,Mossoul,fr,canonical
mosul,Moz,en,variant,weak
nice,Nice,fr,canonical,title weak,city,FR,,43.7,7.27,340000
nice-matin,Nice-Matin,fr,decoy
jordan-m,Jordan,en,decoy
georgia,Georgia,en,canonical,,country,GE,,42,43.5,3700000,wikidata:Q230
baath,Baath Party,en,canonical,,party,,,,,,wikidata:Q100
";

fn gazetteers(lists: &[&str]) -> Vec<Gazetteer> {
    lists.iter().map(|list| Gazetteer::from_bytes(compile(list)).unwrap()).collect()
}

fn joined(gazetteers: &[Gazetteer]) -> Layers<'_> {
    Layers::new(gazetteers.iter().map(|gazetteer| gazetteer as &dyn LayerSource)).unwrap()
}

/// Runs `test` on [`BASE`] and the layers over it.
fn with(overlays: &[&str], test: impl Fn(&Layers<'_>)) {
    let gazetteers = gazetteers(&[&[BASE], overlays].concat());
    test(&joined(&gazetteers));
}

/// Ids that a name may mean, best first.
fn ids(layers: &Layers<'_>, name: &str) -> Vec<String> {
    layers.lookup(name).iter().map(|found| found.entity().id()).collect()
}

/// Accepted mentions as `surface|id`, then rejected ones as `-surface|code`.
fn tagged(layers: &Layers<'_>, text: &str) -> Vec<String> {
    let tagger = Tagger::with_layers(layers);
    let tagged = tagger.tag(text);
    let accepted = tagged
        .mentions
        .iter()
        .map(|mention| format!("{}|{}", &text[mention.span()], tagger.entity(mention.entity).id()));
    let rejected = tagged
        .rejected
        .iter()
        .map(|mention| format!("-{}|{}", &text[mention.span()], mention.why[0].code()));
    accepted.chain(rejected).collect()
}

#[test]
fn the_same_id_corrects_what_it_states() {
    let list = "\
id,name,lang,role,kind,weight,same_as,region
mosul,Mawsil,en,canonical,region,99,x:1,west
mosul,Mosul City,en,variant
";
    with(&[list], |layers| {
        let mosul = layers.entity(layers.find("mosul").unwrap());
        assert_eq!(mosul.kind().name(), "region");
        assert_eq!(mosul.weight(), Some(99.0));
        assert_eq!(mosul.canonical_name("en"), "Mawsil");
        assert_eq!(mosul.canonical_name("fr"), "Mossoul", "an empty cell states nothing");
        assert_eq!(mosul.location(), Some((36.34, 43.13)));
        assert_eq!(mosul.parent_id().as_deref(), Some("iraq"));
        assert_eq!(mosul.ids(), ["geonames:99072", "wikidata:Q9", "x:1"]);
        assert_eq!(layers.find("x:1"), layers.find("geonames:99072"));
        for name in ["Mosul", "Mossoul", "Mawsil", "Mosul City"] {
            assert_eq!(ids(layers, name), ["mosul"], "{name}");
        }
        assert_eq!(
            tagged(layers, "From Mosul City to Mosul."),
            ["Mosul City|mosul", "Mosul|mosul"]
        );
    });
}

#[test]
fn the_last_correction_wins() {
    let one = "id,name,role,lang,weight\nmosul,One,canonical,en,1\n";
    let two = "id,name,role,lang,kind\nmosul,Two,canonical,en,region\n";
    with(&[one, two], |layers| {
        let mosul = layers.entity(layers.find("mosul").unwrap());
        assert_eq!(mosul.canonical_name("en"), "Two");
        assert_eq!((mosul.weight(), mosul.kind().name()), (Some(1.0), "region"));
        assert_eq!(mosul.names().count(), 5);
    });
}

#[test]
fn a_shared_external_id_unites() {
    let list = "\
id,name,lang,role,kind,weight,same_as,lat,lon
my-mosul,Ninive-Stadt,de,canonical,locality,5,geonames:99072|own:7,36.3,43.1
my-mosul,Mawsil,en,canonical
wikidata:Q796,Republic of Iraq,en,canonical,country,1,,10,10
";
    with(&[list], |layers| {
        let mosul = layers.entity(layers.find("my-mosul").unwrap());
        assert_eq!(mosul.id(), "mosul", "the earlier layer keeps the id");
        assert_eq!(mosul.kind().name(), "city");
        assert_eq!(mosul.weight(), Some(1683000.0));
        assert_eq!(mosul.location(), Some((36.34, 43.13)));
        assert_eq!(mosul.canonical_name("en"), "Mosul");
        assert_eq!(mosul.canonical_name("de"), "Ninive-Stadt", "a blank is filled");
        assert_eq!(mosul.ids(), ["geonames:99072", "wikidata:Q9", "my-mosul", "own:7"]);
        assert_eq!(ids(layers, "Mawsil"), ["mosul"]);
        // An id that is itself an external one.
        let iraq = layers.entity(layers.find("wikidata:Q796").unwrap());
        assert_eq!((iraq.id(), iraq.location()), ("iraq".into(), Some((33.0, 44.0))));
        assert_eq!(ids(layers, "Republic of Iraq"), ["iraq"]);
        assert_eq!(
            tagged(layers, "In Ninive-Stadt, Republic of Iraq."),
            ["Ninive-Stadt|mosul", "Republic of Iraq|iraq"]
        );
        assert_eq!(layers.refused_joins(), [""; 0]);
    });
}

#[test]
fn an_external_id_on_different_things_joins_nothing() {
    let list = "\
id,name,kind,same_as,lat,lon
mosul-party,Mosul Party,party,geonames:99072
mosul-texas,Mosul TX,city,wikidata:Q9,31,-97
georgia-us,Georgia State,region,wikidata:Q230,33,-83
";
    with(&[list], |layers| {
        for (id, name) in [("mosul-party", "Mosul Party"), ("mosul-texas", "Mosul TX")] {
            assert_eq!(ids(layers, name), [id]);
            assert_eq!(layers.entity(layers.find(id).unwrap()).id(), id);
        }
        let refused = layers.refused_joins();
        assert_eq!(
            refused[0],
            "geonames:99072 stands on mosul and mosul-party, but one is a place and the other a group"
        );
        assert!(
            refused[1].starts_with("wikidata:Q9 stands on mosul and mosul-texas, which lie 11"),
            "{refused:?}"
        );
        // The middle of a country may lie anywhere: only the kinds tell.
        assert_eq!(refused.len(), 2);
        assert_eq!(ids(layers, "Georgia State"), ["georgia"]);
    });
}

#[test]
fn a_name_is_taken_back() {
    let list = "id,name,role\nmosul,Mossoul,retract\nnice-matin,Nice-Matin,retract\n";
    with(&[list], |layers| {
        assert_eq!(ids(layers, "Mossoul"), [""; 0]);
        assert_eq!(ids(layers, "MOSSOUL"), [""; 0]);
        assert_eq!(ids(layers, "Mosul"), ["mosul"]);
        assert_eq!(tagged(layers, "Mossoul, Mosul."), ["Mosul|mosul"]);
        // A decoy too.
        assert_eq!(ids(layers, "Nice-Matin"), [""; 0]);
        assert_eq!(tagged(layers, "Nice-Matin."), ["-Nice|weak"]);
    });
    // A later layer may give it again.
    with(&[list, "id,name\nmosul,Mossoul\n"], |layers| {
        assert_eq!(ids(layers, "Mossoul"), ["mosul"]);
        assert_eq!(tagged(layers, "Mossoul, Mosul."), ["Mossoul|mosul", "Mosul|mosul"]);
    });
    // Only this entity's name is meant.
    with(&["id,name,role\nother,Mosul\nmosul,Mosul,retract\n"], |layers| {
        assert_eq!(ids(layers, "Mosul"), ["other"]);
    });
}

#[test]
fn an_entity_is_taken_back() {
    let list = "id,name,role\nmosul,,retract\n";
    with(&[list], |layers| {
        for name in ["Mosul", "Mossoul", "Moz"] {
            assert_eq!(ids(layers, name), [""; 0], "{name}");
        }
        assert_eq!(tagged(layers, "Mossoul, Mosul, Iraq."), ["Iraq|iraq"]);
    });
    with(&[list, "id,name,role\nmosul,Mosul\n"], |layers| {
        assert_eq!(ids(layers, "Mosul"), ["mosul"], "a later layer gives it again");
    });
}

#[test]
fn a_name_without_policy_inherits_that_of_its_key() {
    let list = "\
id,name,lang,policy,kind,country
nice-in,Nice,en,,city,IN
moz-pl,MOZ,pl,,city,PL
nice-strong,Nicé,fr,strong,city,CA
";
    with(&[list], |layers| {
        let tagger = Tagger::with_layers(layers);
        let policy = |text: &str, id: &str| {
            let mention = tagger.find_iter(text).next()?;
            let key = layers.find(id)?;
            let of = mention.candidates.iter().find(|candidate| candidate.entity == key)?;
            Some(of.policy.to_string())
        };
        assert_eq!(policy("Nice", "nice").as_deref(), Some("title weak"));
        assert_eq!(policy("Nice", "nice-in").as_deref(), Some("title weak"));
        assert_eq!(policy("Nice", "nice-strong").as_deref(), Some("strong"), "stated");
        // Not the default of four capitals.
        assert_eq!(policy("Moz", "moz-pl").as_deref(), Some("weak"));
        assert_eq!(tagged(layers, "They said Nice."), ["Nice|nice-strong"]);
        assert_eq!(tagged(layers, "They said nice."), [""; 0]);
    });
}

#[test]
fn decoys_of_the_base_hold_back_names_of_layers() {
    let list = "id,name,lang,policy,kind\njordan,Jordan,en,,country\nmatin,Matin,fr,strong,city\n";
    with(&[list], |layers| {
        assert_eq!(tagged(layers, "Jordan won."), ["-Jordan|decoy"]);
        assert_eq!(
            tagged(layers, "Lu dans Nice-Matin, à Matin."),
            ["Matin|matin", "-Nice-Matin|decoy"]
        );
        assert!(layers.lookup("Jordan").iter().any(|found| found.decoy));
    });
}

#[test]
fn an_old_id_leads_to_its_replacement_in_any_layer() {
    let list = "id,name,replaced_by\nbaghdad-old,,baghdad\nbaghdad,Baghdad,\nmosul,,mosul-2\n";
    with(&[list, "id,name\nmosul-2,Mosul Two\n"], |layers| {
        let id = |id: &str| layers.entity(layers.find(id).unwrap()).id();
        assert_eq!(id("baghdad-old"), "baghdad");
        assert_eq!(id("mosul"), "mosul-2");
        assert!(layers.find("nowhere").is_none());
    });
}

#[test]
fn one_layer_is_the_gazetteer_itself() {
    let gazetteers = gazetteers(&[BASE]);
    let layers = joined(&gazetteers);
    let text = "Mosul, Nice, Moz, Jordan and Georgia; Nice-Matin.";
    let alone = Tagger::new(&gazetteers[0]).unwrap();
    let [one, other] = [alone.tag(text), Tagger::with_layers(&layers).tag(text)]
        .map(|tagged| format!("{tagged:?}"));
    assert_eq!(one, other);
    let names = |entity: &exonym::Entity<'_>| -> Vec<(String, Role, Policy)> {
        entity.names().map(|name| (name.text(), name.role(), name.policy())).collect()
    };
    for entity in gazetteers[0].entities() {
        let joined = layers.entity(layers.find(&entity.id()).unwrap());
        assert_eq!(names(&joined), names(&entity));
        assert_eq!(joined.attributes(), entity.attributes());
    }
}

#[test]
fn an_own_id_that_is_an_external_one_is_among_those_written() {
    let list = "id,name,kind,same_as\ngeonames:7,Qorvia,city,wikidata:Q7\nqorv,Qorv,city,x:1\n";
    let gazetteers = gazetteers(&[list]);
    let layers = joined(&gazetteers);
    let written = |id: &str| {
        let entity = layers.entity(layers.find(id).unwrap());
        exonym::output::json_entity(&entity, String::new())["ids"].to_string()
    };
    assert_eq!(written("geonames:7"), r#"["geonames:7","wikidata:Q7"]"#);
    assert_eq!(written("qorv"), r#"["x:1"]"#);
}

/// Layers as lists of entities: an id of its own, and external ids.
fn joinable() -> impl Strategy<Value = Vec<Vec<(String, Vec<String>)>>> {
    let id = prop::sample::select(vec!["a", "b", "c", "x:0", "x:1", "x:2"]);
    let externals = prop::collection::btree_set(0..6_u8, 0..3);
    let layer = prop::collection::btree_map(id, externals, 0..6).prop_map(|layer| {
        // Within a list an id stands on one entity.
        let mut taken: BTreeSet<String> = layer.keys().map(|id| id.to_string()).collect();
        let entity = |(id, externals): (&str, BTreeSet<u8>)| {
            let externals = externals.into_iter().rev().map(|number| format!("x:{number}"));
            (id.to_owned(), externals.filter(|external| taken.insert(external.clone())).collect())
        };
        layer.into_iter().map(entity).collect()
    });
    prop::collection::vec(layer, 2..5)
}

/// The id under which each entity of each layer is known, by the rules said in the simplest way.
fn known_as(layers: &[Vec<(String, Vec<String>)>]) -> Vec<Vec<String>> {
    let mut known: Vec<Vec<String>> = Vec::new();
    for (number, layer) in layers.iter().enumerate() {
        let earlier = |id: &String, known: &[Vec<String>]| {
            layers[..number].iter().zip(known).find_map(|(layer, known)| {
                let has =
                    |(own, externals): &(String, Vec<String>)| own == id || externals.contains(id);
                Some(known[layer.iter().position(has)?].clone())
            })
        };
        let all = layer.iter().map(|(own, externals)| {
            let joined = std::iter::once(own).chain(externals).find_map(|id| earlier(id, &known));
            joined.unwrap_or_else(|| own.clone())
        });
        let all = all.collect();
        known.push(all);
    }
    known
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn entities_join_by_the_first_id_that_an_earlier_layer_has(lists in joinable()) {
        let name = |layer: usize, index: usize| format!("Qorvia {layer}{index}");
        let gazetteers: Vec<Gazetteer> = lists
            .iter()
            .enumerate()
            .map(|(layer, list)| {
                let rows = list.iter().enumerate().map(|(index, (id, externals))| {
                    format!("{id},{},{}\n", name(layer, index), externals.join("|"))
                });
                let rows: String = rows.collect();
                Gazetteer::from_bytes(compile(&format!("id,name,same_as\n{rows}"))).unwrap()
            })
            .collect();
        let layers = joined(&gazetteers);
        for (layer, known) in known_as(&lists).iter().enumerate() {
            for (index, wanted) in known.iter().enumerate() {
                prop_assert_eq!(&ids(&layers, &name(layer, index)), std::slice::from_ref(wanted));
            }
        }
    }
}
