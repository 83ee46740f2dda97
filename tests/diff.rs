//! What differs between two gazetteers, and what that does to mentions.

use exonym::diff::{Change, Differences, EntityChange, mention_changes};
use exonym::{Gazetteer, LayerSource, Layers, Tagger};

use crate::cases::compile;

const HEADER: &str = "id,name,lang,role,policy,kind,same_as,replaced_by\n";

fn gazetteer(rows: &str) -> Gazetteer {
    Gazetteer::from_bytes(compile(&format!("{HEADER}{rows}"))).unwrap()
}

fn changes(old: &Gazetteer, new: &Gazetteer) -> Vec<EntityChange> {
    Differences::new(old, new).unwrap().collect()
}

/// Each change on one line: sign, id, then its names and facts.
fn shown(old: &str, new: &str) -> Vec<String> {
    let line = |change: EntityChange| {
        let mut parts = vec![format!("{} {}", change.change.name(), change.id)];
        parts.extend(change.by.map(|by| format!("by {by}")));
        parts.extend(change.replaces.iter().map(|id| format!("replaces {id}")));
        parts.extend(change.heirs.iter().map(|id| format!("heir {id}")));
        parts.extend(change.facts.iter().map(|f| format!("{} {}>{}", f.fact, f.old, f.new)));
        parts.extend(change.names.iter().map(|name| {
            let facts = name.facts.iter().map(|f| format!(" {} {}>{}", f.fact, f.old, f.new));
            format!("{} {}{}", name.change.name(), name.name, facts.collect::<String>())
        }));
        parts.join("; ")
    };
    changes(&gazetteer(old), &gazetteer(new)).into_iter().map(line).collect()
}

#[test]
fn a_gazetteer_does_not_differ_from_itself() {
    assert_eq!(
        changes(
            &gazetteer("a,Aa\nb,Bb|Cc,fr\nd,Dd,,decoy\n"),
            &gazetteer("b,Cc|Bb,fr\na,Aa\nd,Dd,,decoy\n")
        )
        .len(),
        1
    );
    let embedded: &dyn LayerSource = Gazetteer::embedded();
    assert_eq!(Differences::new(embedded, embedded).unwrap().count(), 0);
    let empty = gazetteer("");
    let all = Differences::new(&empty, embedded).unwrap();
    let (mut entities, mut names) = (0, 0);
    for change in all {
        assert_eq!((change.change, change.facts.len()), (Change::Came, 0));
        entities += 1;
        names += change.names.len();
    }
    assert_eq!(entities, Gazetteer::embedded().entities().count());
    let listed: usize = Gazetteer::embedded().entities().map(|entity| entity.names().count()).sum();
    assert_eq!(names, listed);
    let gone = Differences::new(embedded, &empty).unwrap();
    assert_eq!(gone.filter(|change| change.change == Change::Went).count(), entities);
}

#[test]
fn names_are_paired_by_language_first() {
    let old = "a,Aa,en,canonical\na,Bb,fr\na,Bb,de\na,Cc,fr,short,weak\n";
    let new = "a,Aa,en,canonical\na,Bb,fr,short\na,Bb,de\na,Cc,it,short,weak\na,Dd\n";
    let expected = "changed a; came Dd; changed Bb role variant>short; changed Cc lang fr>it";
    assert_eq!(shown(old, new), [expected]);
    let back = "changed a; went Dd; changed Bb role short>variant; changed Cc lang it>fr";
    assert_eq!(shown(new, old), [back]);
}

#[test]
fn order_of_rows_matters_only_where_it_decides_the_display_form() {
    assert_eq!(shown("a,Aa\na,Bb\n", "a,Bb\na,Aa\n"), ["changed a; canonical name Aa>Bb"]);
    assert!(shown("a,Aa,,canonical\na,Bb\n", "a,Bb\na,Aa,,canonical\n").is_empty());
}

#[test]
fn old_ids_live_on_through_replacements() {
    // Through a chain, and two that became one: what either had is no new name.
    let old = "a,Aa|Xx\nb,Bb|Aa\nc,Cc\n";
    let new = "a,,,,,,,b\nb,,,,,,,d\nc,Cc\nd,Aa|Bb\n";
    let expected =
        ["replaced a; by d", "replaced b; by d", "changed d; replaces a; replaces b; went Xx"];
    assert_eq!(shown(old, new), expected);
    // From then on it is no news.
    assert!(shown(new, new).is_empty());
    assert_eq!(shown(new, "c,Cc\nd,Aa|Bb\n"), ["went a", "went b"]);
    // An entity that was there before takes another's names over.
    let expected = ["replaced a; by b", "changed b; replaces a; came Yy"];
    assert_eq!(shown("a,Aa\nb,Bb\n", "a,,,,,,,b\nb,Bb|Aa|Yy\n"), expected);
}

#[test]
fn what_has_names_of_its_own_is_not_replaced_yet() {
    let expected = ["changed a; replaced_by >b", "came b; came Bb"];
    assert_eq!(shown("a,Aa\n", "a,Aa,,,,,,b\nb,Bb\n"), expected);
}

#[test]
fn external_ids_keep_ids_alive_or_hint_at_heirs() {
    let expected = ["changed a; replaces acme:1; same_as >acme:1", "replaced acme:1; by a"];
    assert_eq!(shown("acme:1,Aa\n", "a,Aa,,,,,acme:1\n"), expected);
    let expected = ["went a; heir b; went Aa", "came b; came Aa"];
    assert_eq!(shown("a,Aa,,,,,acme:1\n", "b,Aa,,,,,acme:1\n"), expected);
}

#[test]
fn a_retraction_is_told() {
    let expected = ["changed a; canonical name Aa>a; role >retract; went Aa"];
    assert_eq!(shown("a,Aa\n", "a,,,retract\n"), expected);
}

#[test]
fn mentions_come_go_and_change_their_entity() {
    let old =
        gazetteer("a,Qorvia,,,,city\nb,Velmar,,,,city\nc,Moz,,,weak,city\nx,Zorvia,,,,city\n");
    let new = gazetteer(
        "a,,,,,,,d\nd,Qorvia,,,,city\ne,Velmar,,,,city\nc,Moz,,,strong,city\ny,Zorvia of Hills\n",
    );
    let (old, new): ([&dyn LayerSource; 1], [&dyn LayerSource; 1]) = ([&old], [&new]);
    let layers = (Layers::new(old).unwrap(), Layers::new(new).unwrap());
    let (old, new) = (Tagger::with_layers(&layers.0), Tagger::with_layers(&layers.1));
    let text = "They left Qorvia for Velmar, then for Moz and\nZorvia of Hills.";
    let found = mention_changes(&old, &new, text);
    let lines: Vec<String> = found
        .iter()
        .map(|change| {
            let (old, new) = (&change.old.0, &change.new.0);
            assert_eq!(&text[change.span], change.text);
            format!("{} {} {old}>{new} {}", change.change.name(), change.text, change.why)
        })
        .collect();
    let expected = [
        "changed Velmar b>e ",
        "came Moz >c a weak name, and the document names neither the entity by another name, nor its \
         region or country",
        "went Zorvia x> the mention there is “Zorvia of Hills”",
        "came Zorvia of Hills >y the mention there is “Zorvia”",
    ];
    assert_eq!(lines, expected);
    assert_eq!(
        found[1].context,
        "They left Qorvia for Velmar, then for [Moz] and Zorvia of Hills."
    );
    assert!(mention_changes(&old, &old, text).is_empty());
}
