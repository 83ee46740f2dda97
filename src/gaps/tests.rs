//! Small texts about places that do not exist.

use super::*;
use crate::compile::GazetteerBuilder;
use crate::gazetteer::Gazetteer;
use crate::record::{Kind, Record, Role};

/// A gazetteer with a strong and a weak place, a decoy, a demonym and an Arabic city.
fn gazetteer() -> Gazetteer<Vec<u8>> {
    let mut builder = GazetteerBuilder::new();
    let mut add = |id: &str, name: &str, role: Role, weak: bool| {
        let mut record = Record::new(id, name);
        record.role = Some(role);
        record.kind = (role == Role::Canonical).then_some(Kind::City);
        record.policy = weak.then_some(crate::record::Policy::WEAK);
        builder.add(record);
    };
    add("aleria", "Aleria", Role::Canonical, false);
    add("aleria", "Alerian", Role::Demonym, false);
    add("aleria", "ألريا", Role::Variant, false);
    add("zorvia", "Zorvia", Role::Canonical, false);
    add("nissa", "Nissa", Role::Canonical, true);
    add("decoys", "Boria Tribune", Role::Decoy, false);
    Gazetteer::from_bytes(builder.build().unwrap()).unwrap()
}

/// Unlisted names of documents in one language: `name count documents`, most important first.
fn found(lang: &str, texts: &[&str]) -> Vec<String> {
    let shown = |name: &Unlisted| format!("{} {} {}", name.name, name.count, name.documents);
    ranked(lang, texts, 1).iter().map(shown).collect()
}

fn ranked(lang: &str, texts: &[&str], least: u64) -> Vec<Unlisted> {
    let gazetteer = gazetteer();
    let tagger = Tagger::new(&gazetteer).unwrap();
    let mut names = UnlistedNames::new();
    for text in texts {
        names.add(tagger.unlisted(Document::new(text).lang(lang)));
    }
    names.ranked(tagger.layers(), least)
}

#[test]
fn capitalized_groups_inside_sentences_are_found() {
    let found = found("en", &["The mayor of Sidi bel Qorv met al-Dabran and N'Gorva rebels."]);
    assert_eq!(found, ["N'Gorva 1 1", "Sidi bel Qorv 1 1", "al-Dabran 1 1"]);
}

#[test]
fn a_group_that_only_begins_sentences_is_none() {
    assert_eq!(found("en", &["Qorvia fell. Qorvia rose!", "Qorvia: it fell"]), [""; 0]);
    assert_eq!(found("en", &["Qorvia fell. In Qorvia it rains."]), ["Qorvia 2 1"]);
    // A common word that begins a sentence is cut off, and the rest stands inside it.
    assert_eq!(found("fr", &["Le Front de Qorvie recule."]), ["Front de Qorvie 1 1"]);
}

#[test]
fn what_a_mention_covers_is_listed() {
    // Accepted, weak, decoy and demonym.
    assert_eq!(found("en", &["He left Aleria for Nissa, read the Boria Tribune."]), [""; 0]);
    assert_eq!(found("en", &["He met the Alerian Grubbo in Zorvia."]), ["Grubbo 1 1"]);
    // A longer name with a listed one inside is none of it, but a particle leads to another name.
    assert_eq!(found("en", &["He left New Aleria in May."]), ["New Aleria 1 1"]);
    assert_eq!(found("en", &["a Grubbo of Aleria"]), ["Grubbo 1 1"]);
}

#[test]
fn heads_stay_outside_the_name() {
    let province = ranked("en", &["in Qorv Province", "the province of Qorv", "Qorv province"], 1);
    assert_eq!((province[0].name.as_str(), province[0].places), ("Qorv", 3));
    assert_eq!(found("en", &["he left Aleria Province and Province of Zorvia"]), [""; 0]);
    // But not where they belong to it.
    assert_eq!(found("en", &["he sailed Lake Aleria"]), ["Lake Aleria 1 1"]);
    let group = ranked("fr", &["le groupe armé Qorvat", "la milice des Qorvat"], 1);
    assert_eq!((group[0].groups, group[0].places, group[0].count), (2, 0, 2));
    let person = ranked("en", &["he met Mr Qorv"], 1);
    assert_eq!((person[0].name.as_str(), person[0].persons), ("Qorv", 1));
    assert_eq!(person[0].rank(), 0.0);
}

#[test]
fn elisions_and_endings_stay_outside_the_name() {
    assert_eq!(found("fr", &["la ville d'Orva et l’Orva"]), ["Orva 2 1"]);
    assert_eq!(found("en", &["from Qorvia's port"]), ["Qorvia 1 1"]);
    let turkish = ranked("tr", &["dün Qorva'da, Qorva ilinde"], 1);
    assert_eq!((turkish[0].name.as_str(), turkish[0].count), ("Qorva", 2));
    assert_eq!((turkish[0].located, turkish[0].places), (1, 1));
    assert_eq!(found("en", &["he left San'ara"]), ["San'ara 1 1"]);
}

#[test]
fn without_case_phrases_introduce() {
    let texts = ["وصل إلى مدينة قورفا أمس", "غادر بمدينة قورفا", "في مدينة ألريا"];
    assert_eq!(found("ar", &texts), ["قورفا 2 2"]);
    // Two words, if they mostly stand together.
    let names = |texts: &[&str]| -> Vec<String> {
        let names = ranked("ar", texts, 2);
        assert!(names.iter().all(|name| name.id.is_empty()));
        names.into_iter().map(|name| name.name).collect()
    };
    assert_eq!(names(&["بلدة دير قورف", "بلدة دير قورف", "بلدة دير"]), ["دير قورف"]);
    assert_eq!(names(&["مدينة قورفا شرقا", "مدينة قورفا غربا", "مدينة قورفا"]), ["قورفا"]);
}

#[test]
fn headlines_codes_and_calendar_are_no_names() {
    assert_eq!(found("en", &["so GRUBBO SAYS it on Monday at B52 and X7"]), [""; 0]);
    assert_eq!(found("en", &["so Ab Cd Ef Gh Ij Kl Mn go"]), [""; 0]);
    assert_eq!(found("de", &["so kam das Fahrrad nach Qorvia"]), [""; 0]);
    assert_eq!(found("de", &["so kam er in die Stadt Qorvia"]), ["Qorvia 1 1"]);
}

#[test]
fn rank_is_documents_by_share_and_introduction() {
    let texts = ["he saw Pomo and Qorv", "in Qorv he saw a pomo", "he saw Pomo"];
    let names = ranked("en", &texts, 1);
    let share = |name: &Unlisted| (name.name.clone(), name.share);
    assert_eq!(share(&names[0]), ("Qorv".into(), 1.0));
    assert_eq!(share(&names[1]), ("Pomo".into(), 2.0 / 3.0));
    assert!(names[0].rank() > names[1].rank());
    assert_eq!(names[0].context, "he saw Pomo and Qorv");
    assert_eq!(
        ranked("en", &["he saw Qorv", "the city of Qorv"], 1)[0].context,
        "the city of Qorv"
    );
}

#[test]
fn ids_are_suggested_that_nobody_has() {
    let names = ranked("ru", &["он видел Горький-Яр", "он видел Älst-on-Örva"], 1);
    let id = |name: &str| &names.iter().find(|found| found.name == name).unwrap().id;
    assert_eq!(id("Горький-Яр"), "gorkiy-yar");
    assert_eq!(id("Älst-on-Örva"), "alst-on-orva");
    // The key has no name, but the id is taken.
    assert_eq!(ranked("ru", &["он видел Алериа"], 1)[0].id, "aleria-2");
    assert_eq!(slug("دير"), "");
}

#[test]
fn forms_of_one_key_count_together() {
    let names = ranked("en", &["he left Dab-Ran", "he left Dab Ran", "he left Dab Ran"], 1);
    assert_eq!((names.len(), names[0].name.as_str(), names[0].count), (1, "Dab Ran", 3));
}

#[test]
fn memory_is_bounded_and_frequent_names_survive() {
    let gazetteer = gazetteer();
    let tagger = Tagger::new(&gazetteer).unwrap();
    let mut names = UnlistedNames::remembering(100);
    let letter = |number: usize| char::from(b'a' + (number % 26) as u8);
    for number in 0..1000 {
        let rare: String = [number / 676, number / 26, number].map(letter).iter().collect();
        names.add(tagger.unlisted(format!("he saw Grubbo and Xx{rare}").as_str()));
        assert!(names.names.len() <= 100);
    }
    let ranked = names.ranked(tagger.layers(), 1);
    assert_eq!((ranked[0].name.as_str(), ranked[0].count), ("Grubbo", 1000));
    assert!(names.forgotten() > 800);
}
