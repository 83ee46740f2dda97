//! One small list per code, with a neighbour that must not be found.

use super::lists::Lists;
use super::*;
use crate::record::ReadOptions;

const HEADER: &str = "id,name,lang,role,policy,since,until,kind,country,parent,lat,lon,weight,\
                      same_as,replaced_by,note";

/// Findings on a list that names its own columns: `line severity code`.
fn found(list: &str) -> Vec<String> {
    let findings = messages(list);
    findings
        .iter()
        .map(|finding| format!("{} {} {}", finding.line, finding.severity.name(), finding.code))
        .collect()
}

fn messages(list: &str) -> Vec<Finding> {
    let mut lists = Lists::default();
    lists.add_list(list.as_bytes(), "list.csv", ReadOptions::default());
    check(lists, None).unwrap()
}

/// Findings on rows of `id,name,lang,role,policy,note`, of entities that are complete otherwise.
fn of_names(rows: &[&str]) -> Vec<String> {
    let mut list = format!("{HEADER}\n");
    for row in rows {
        let [id, name, lang, role, policy, note] =
            row.split(',').collect::<Vec<_>>().try_into().unwrap();
        list.push_str(&format!("{id},{name},{lang},{role},{policy},,,region,,,,,,,,{note}\n"));
    }
    let mut found = found(&list);
    found.retain(|finding| !finding.ends_with("no-canonical"));
    found
}

#[test]
fn a_good_list_is_clean() {
    let list = format!(
        "{HEADER}\n\
         iraq,Iraq,en,canonical,,,,country,IQ,,33,44,1000000,wikidata:Q796,,\n\
         iraq,Irak,fr,canonical,,,,,,,,,,,,\n\
         mosul,Mosul,en,canonical,,,,city,IQ,iraq,36.3,43.1,1000,,,\n\
         mosul,الموصل,ar,canonical,,,,,,,,,,,,\n\
         mosul,Mossoul,fr,variant,,,,,,,,,,,,\n"
    );
    assert!(found(&list).is_empty(), "{:?}", messages(&list));
}

#[test]
fn bad_rows_are_errors_and_the_rest_is_still_checked() {
    let list = format!(
        "{HEADER}\n\
         a,Aleria,en,canonical,,,,planet,,,,,,,,\n\
         b,Boria,en,canonical,,,,region,,nowhere,,,,,,\n\
         b,Boria Two,en,variant,,,,county,,,,,,,,\n\
         c,Coria,en,canonical,upper,,,region,,,,,,,,\n"
    );
    // The parent may be the row that is bad.
    assert_eq!(found(&list), ["2 error bad-row", "4 error bad-row", "5 warning unreachable"]);
    let missing = messages("id,title\na,Aleria\n");
    assert_eq!(missing.len(), 1);
    assert_eq!((missing[0].line, missing[0].severity), (1, Severity::Error));
    assert!(missing[0].message.contains("`name`"), "{}", missing[0]);
}

#[test]
fn contradictions_between_entities_are_errors() {
    let list = format!(
        "{HEADER}\n\
         a,Aleria,en,canonical,,,,region,,b,,,,wikidata:Q1,,\n\
         b,Boria,en,canonical,,,,region,,a,,,,wikidata:Q1,,\n"
    );
    let found = found(&list);
    assert!(found.contains(&"3 error bad-row".into()), "{found:?}");
    assert!(found.iter().all(|finding| finding.ends_with("error bad-row")), "{found:?}");
}

#[test]
fn ambiguous_keys_are_ranked_or_found() {
    let rows = |first: &str, second: &str| {
        found(&format!(
            "{HEADER}\na,Kamenka,en,canonical,,,,region,,,,,{first}\n\
             b,Kámenka,en,canonical,,,,region,,,,,{second}\n"
        ))
    };
    assert_eq!(rows(",,,", ",,,"), ["3 warning ambiguous"]);
    assert_eq!(rows("9,,,", ",,,"), ["3 warning ambiguous"]);
    assert_eq!(rows("9,,,", "7,,,"), ["3 note ambiguous"]);
    assert_eq!(rows(",,,usually this one", ",,,"), ["3 note ambiguous"]);
    let weak = ["a,Kamenka,,,weak,", "b,Kamenka,,,weak,"];
    assert_eq!(of_names(&weak), ["3 note ambiguous"]);
    // Decoys and names that only lookup finds are no rivals.
    assert!(of_names(&["a,Kamenka,,,,", "b,Kamenka,,search,,"]).is_empty());
    // The language of the text tells a name from an adjective.
    assert_eq!(of_names(&["a,Polska,pl,,,", "b,polska,sv,demonym,,"]), ["3 note ambiguous"]);
    let digraph = ["a,Köln,de,,,", "b,Koeln,en,,,"];
    assert_eq!(of_names(&digraph), ["3 warning ambiguous"]);
}

#[test]
fn duplicates_say_whether_something_is_lost() {
    assert_eq!(of_names(&["a,Aleria,fr,,,", "a,Aleria,fr,,,"]), ["3 note duplicate"]);
    assert_eq!(of_names(&["a,Aleria,fr,canonical,,", "a,Aleria,fr,,,"]), ["3 note duplicate"]);
    assert_eq!(of_names(&["a,Aleria,fr,,,", "a,Aleria,fr,canonical,,"]), ["3 warning duplicate"]);
    assert_eq!(of_names(&["a,Aleria,fr,,,", "a,Aleria,fr,,weak,"]), ["3 warning duplicate"]);
    assert!(of_names(&["a,Aleria,fr,,,", "a,Aleria,it,,,"]).is_empty());
}

#[test]
fn superfluous_variants_are_noted() {
    let found = of_names(&["a,Al-Bab,en,canonical,,", "a,Al Bab,en,variant,,", "a,Ál Bab,,,,"]);
    // The last one serves texts of any language.
    assert_eq!(found, ["3 note same-key"]);
    // What is met by fewer texts says no more, in whatever order.
    assert_eq!(of_names(&["a,Al-Bab,en,,,", "a,al-Bab,en,,,"]), ["2 note same-key"]);
    assert_eq!(of_names(&["a,Aleria,en,,weak,", "a,Áleria,en,,,"]), ["2 note same-key"]);
    assert_eq!(of_names(&["a,Aleria,,,exact,", "a,Áleria,,,,"]), ["2 note same-key"]);
    assert!(of_names(&["a,Aleria,,,exact,", "a,Áleria,,,exact,"]).is_empty());
    // A mark inside is met only by the name that has it.
    assert!(of_names(&["a,Al Bab,en,canonical,,", "a,Al/Bab,en,,,"]).is_empty());
    assert!(of_names(&["a,Polska,pl,,,", "a,polska,pl,demonym,,"]).is_empty());
    // München is found as Muenchen, too.
    assert_eq!(of_names(&["a,München,de,,,", "a,Muenchen,de,,,"]), ["3 note same-key"]);
}

#[test]
fn names_that_are_not_found_in_their_own_writing() {
    let cases = [
        ("Coria", "upper", true),
        ("CORIA", "upper", false),
        ("CORIA", "title", true),
        ("coria", "title", true),
        ("Coria", "title", false),
        ("coria", "", false),
        ("Coria-sur-Mer", "exact", false),
        ("Coria! Now", "", true),
        ("Coria Jr. Town", "exact", false),
        ("Coria & Sons", "", false),
        ("Coria (Boria)", "", false),
        ("Coria (Boria) Doria", "", false),
        ("Coria (“Boria”)", "", true),
        ("coria.doria", "", true),
        ("D.C.", "weak", false),
        ("'s-Gravenhage", "", false),
        ("L'Aquila", "", false),
        ("ولاية حلب", "", false),
        ("北京", "", false),
        ("กรุงเทพ", "", false),
    ];
    for (name, policy, unreachable) in cases {
        let found = of_names(&[&format!("a,{name},,,{policy},")]);
        let expected: &[&str] = if unreachable { &["2 warning unreachable"] } else { &[] };
        assert_eq!(found, expected, "{name} {policy}");
    }
    assert_eq!(of_names(&["a,Coria,,search,upper,"]), ["2 warning unreachable"]);
    assert!(of_names(&["a,Coria! Now,,search,,"]).is_empty());
    let reason = &messages("id,name,policy\na,Coria,upper\n");
    let reason = reason.iter().find(|finding| finding.code == "unreachable").unwrap();
    assert!(reason.message.contains("`upper`"), "{reason}");
}

#[test]
fn common_words_and_short_forms_that_nothing_holds_back() {
    assert_eq!(of_names(&["a,Nice,fr,,title,"]), ["2 warning common-word"]);
    assert_eq!(of_names(&["a,Nice,fr,,strong,"]), ["2 warning common-word"]);
    assert_eq!(of_names(&["a,Nice,fr,,strong,the city"]), ["2 note common-word"]);
    for policy in ["", "weak", "exact", "upper weak"] {
        let found = of_names(&[&format!("a,Nice,fr,,{policy},")]);
        assert!(!found.iter().any(|finding| finding.contains("common-word")), "{policy}");
    }
    assert!(of_names(&["a,Nice Town,fr,,title,"]).is_empty());
    assert_eq!(of_names(&["a,WHO,en,,upper strong,"]), ["2 warning short-form"]);
    assert!(of_names(&["a,WHO,en,,,"]).is_empty());
    assert!(of_names(&["a,XQZV,en,,upper strong,"]).is_empty());
    assert_eq!(of_names(&["a,Ош,ru,,,", "a,Ош,ky,,,"]), ["2 warning short-form"]);
    assert_eq!(of_names(&["a,U.K.,en,,upper strong,"]), ["2 warning short-form"]);
    for name in ["UK", "بو رقيبة", "中国", "G7", "한국"] {
        assert!(of_names(&[&format!("a,{name},,,,")]).is_empty(), "{name}");
    }
}

#[test]
fn given_names() {
    let mut lists = Lists::default();
    let list =
        "id,name,role,policy\na,Florence,canonical,\nb,Charlotte,,title\nc,Chad,,weak\nd,Lagos,,\n";
    lists.add_list(list.as_bytes(), "list.csv", ReadOptions::default());
    let forms = form::of_names(&lists.names);
    let mut report = Report { lists: &lists, findings: Vec::new(), groups: BTreeMap::new() };
    names::check_with(&forms, |key| ["florence", "charlotte", "chad"].contains(&key), &mut report);
    let found: Vec<_> = report
        .finish()
        .iter()
        .map(|finding| (finding.line, finding.severity, finding.code))
        .collect();
    assert_eq!(found, [(2, Severity::Note, "given-name"), (3, Severity::Warning, "given-name")]);
}

#[test]
fn decoys_that_take_all_of_a_name() {
    assert_eq!(of_names(&["a,Coria,en,,,", "b,Coria,it,decoy,,"]), ["2 warning shadowed"]);
    let upper = ["a,CORIA,en,,upper,", "b,coria,it,decoy,,"];
    assert_eq!(of_names(&upper), ["2 warning shadowed"]);
    for decoy in ["b,Coria,it,decoy,exact,", "b,CORIA,it,decoy,upper,", "b,Coria Town,,decoy,,"] {
        assert!(of_names(&["a,Coria,en,,,", decoy]).is_empty(), "{decoy}");
    }
    assert_eq!(of_names(&["a,Coria,,,exact,", "b,Coria,,decoy,exact,"]), ["2 warning shadowed"]);
    assert_eq!(of_names(&["a,جارية,,,,", "b,جارية,,decoy,upper,"]), ["2 warning shadowed"]);
}

#[test]
fn what_entities_leave_out() {
    let list = format!(
        "{HEADER}\n\
         a,Aleria,en,canonical,,,,city,,,,,,,,\n\
         b,Boria,en,canonical,,,,region,,x,,,,,,\n\
         c,Coria,en,variant,,,,region,,,,,,,,\n\
         d,Doria,en,variant,,,,region,,,,,,,,\n\
         d,Dória Town,en,variant,,,,,,,,,,,,\n\
         e,Eoria,en,canonical,,,,,,,,,,,,\n\
         f,,,,,,,,,,,,,,y,\n\
         g,Goria,en,decoy,,,,,,,,,,,,\n\
         h,Horia,en,canonical,,,,region,,,,,,,,\n\
         h,Horia Town,en,canonical,,,,,,,,,,,,\n\
         h,Horia,fr,canonical,,,,,,,,,,,,\n"
    );
    assert_eq!(
        found(&list),
        [
            "2 note no-country",
            "2 note no-location",
            "3 warning unknown-parent",
            "4 note no-canonical",
            "5 warning no-canonical",
            "7 warning no-kind",
            "8 warning replaced-by",
            "11 warning two-canonicals",
        ]
    );
}

#[test]
fn a_list_without_a_column_makes_one_finding_of_it() {
    let findings = messages("id,name\na,Aleria\nb,Boria\nc,Coria\nc,Coria Town\n");
    let found: Vec<_> =
        findings.iter().map(|finding| (finding.line, finding.severity, finding.code)).collect();
    let warning = Severity::Warning;
    assert_eq!(found, [(1, warning, "no-canonical"), (1, warning, "no-kind")]);
    assert!(findings[1].message.contains("all 3 entities"), "{}", findings[1]);
}

#[test]
fn dates_that_are_none_and_names_that_end() {
    let rows = |rows: &[&str]| {
        let rows: String = rows.iter().map(|row| format!("{},region,,,,,,,,\n", row)).collect();
        found(&format!("{HEADER}\n{rows}"))
    };
    assert_eq!(rows(&["a,Aleria,en,canonical,,2023-02-29,"]), ["2 warning date"]);
    assert!(rows(&["a,Aleria,en,canonical,,2024-02-29,"]).is_empty());
    let ends = |until: &str| {
        rows(&["a,Aleria,en,canonical,,,", &format!("a,Boria,en,historic,,,{until}")])
    };
    assert_eq!(ends("2023-04-30"), [""; 0]);
    assert_eq!(ends("2023-02"), [""; 0]);
    assert_eq!(ends("2023-02-30"), ["3 warning date"]);
    assert_eq!(rows(&["a,Aleria,en,canonical,,,1990"]), ["2 note date"]);
    let partly = rows(&["a,Aleria,en,canonical,,,1990", "a,Aleria,fr,canonical,,,"]);
    assert_eq!(partly, ["2 warning date"]);
}

#[test]
fn rows_of_one_name_make_one_finding_with_all_lines() {
    let mut list = format!("{HEADER}\n");
    for lang in ["ru", "uk", "bg", "mk", "sr", "be", "kk", "ky", "tt", "ba", "cv", "os"] {
        list.push_str(&format!("a,Ош,{lang},canonical,,,,region,,,,,,,,\n"));
    }
    let findings = messages(&list);
    assert_eq!(findings.len(), 1);
    let shown = findings[0].to_string();
    assert!(shown.starts_with("list.csv:2: warning[short-form]: "), "{shown}");
    assert!(
        shown.ends_with(
            "(also line 3, line 4, line 5, line 6, line 7, line 8, line 9, line 10 and 3 more)"
        ),
        "{shown}"
    );
}
