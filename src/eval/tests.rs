//! Judging and counting, case by case.

use super::gold::{GoldForm, read};
use super::*;

fn document(json: &str) -> GoldDocument {
    read(json.as_bytes(), "gold.jsonl", GoldForm::Jsonl).unwrap().remove(0)
}

/// An answer to the text that it stands in, found by its surface.
fn answer(text: &str, surface: &str, kind: Kind) -> Answer {
    let start = text.find(surface).unwrap();
    Answer {
        span: Span::new(start, start + surface.len()),
        id: surface.to_lowercase(),
        ids: vec![format!("geonames:{}", surface.len())],
        name: surface.to_owned(),
        kind,
        location: Some((36.0, 43.0)),
        score: 0.5,
        any: 0.75,
        demonym: false,
    }
}

fn place(text: &str, surface: &str) -> Answer {
    answer(text, surface, Kind::City)
}

/// The verdicts as `found`, `missed`, `false`, `free`, with their surfaces.
fn verdicts(gold: &GoldDocument, answers: &[Answer], types: Types) -> Vec<String> {
    let options = EvalOptions { types, ..EvalOptions::default() };
    let judged = judge(gold, answers, &options);
    let shown = judged.iter().map(|verdict| match verdict {
        Verdict::Found { gold: mention, link, near, .. } => {
            format!("found {} {link:?} {near:?}", gold.surface(mention.span))
        }
        Verdict::Missed { gold: mention, linkable, overlapped } => {
            format!("missed {} {linkable} {overlapped}", gold.surface(mention.span))
        }
        Verdict::False { answer, touches } => format!("false {} {touches:?}", answer.name),
        Verdict::Free { answer, touches } => format!("free {} {touches:?}", answer.name),
    });
    shown.collect()
}

#[test]
fn loose_gold_and_demonyms_cost_nothing() {
    let gold = document(concat!(
        r#"{"text":"Rome Oslo Bonn Lyon Kyiv Bern Iraqi Syrian Riga","evaluation_span":[0,42],"#,
        r#""mentions":[{"start":0,"end":4,"type":"place"},"#,
        r#"{"start":5,"end":9,"type":"place","optional":true},"#,
        r#"{"start":10,"end":14,"type":"other","untyped":true},"#,
        r#"{"start":15,"end":19,"type":"person"},"#,
        r#"{"start":20,"end":24,"type":"place","facility":true},"#,
        r#"{"start":25,"end":29},"#,
        r#"{"start":30,"end":35,"type":"place"},"#,
        r#"{"start":43,"end":47,"type":"place"}]}"#,
    ));
    let all = ["Oslo", "Bonn", "Lyon", "Kyiv", "Bern", "Riga"];
    let mut answers: Vec<Answer> = all.iter().map(|name| place(&gold.text, name)).collect();
    for name in ["Iraqi", "Syrian"] {
        answers.push(Answer { demonym: true, ..place(&gold.text, name) });
    }
    let free = ["free Oslo Loose", "free Bonn Loose", "false Lyon Nothing", "free Kyiv Loose"];
    let found = ["missed Rome false false", "found Iraqi None None"];
    let rest = ["free Bern Loose", "free Syrian Nothing"];
    assert_eq!(verdicts(&gold, &answers, Types::Place), [&found[..], &free, &rest].concat());
    // Of everything, what may be a place or a group is wanted.
    let found = ["missed Rome false false", "found Bern None None", "found Iraqi None None"];
    assert_eq!(verdicts(&gold, &answers, Types::All), [&found[..], &free, &rest[1..]].concat());
    // Answers of the other type are not there.
    let groups = [answer(&gold.text, "Rome", Kind::Party), place(&gold.text, "Lyon")];
    assert_eq!(verdicts(&gold, &groups, Types::Group), ["false Rome Nothing"]);
    assert_eq!(verdicts(&gold, &groups, Types::All)[0], "found Rome None None");
}

#[test]
fn an_entity_is_right_by_any_id_that_tells() {
    let gold = |rest: &str| {
        let mention = r#"{"start":0,"end":4,"type":"place""#;
        document(&format!("{{\"text\":\"Rome\",\"mentions\":[{mention}{rest}}}]}}"))
    };
    let near = r#","lat":36.0,"lon":44.7"#;
    let far = r#","lat":36.0,"lon":44.9"#;
    for (rest, shown) in [
        ("", "None None"),
        (r#","ids":["geonames:4"]"#, "Some(true) None"),
        (r#","ids":["rome"]"#, "Some(true) None"),
        (r#","ids":["wikidata:Q1","geonames:4"]"#, "Some(true) None"),
        (r#","ids":["wikidata:Q1"]"#, "Some(false) None"),
        (r#","ids":["bsnlp:rome"]"#, "None None"),
        (near, "None Some(true)"),
        (far, "None Some(false)"),
        (&format!(r#","ids":["geonames:4"]{far}"#), "Some(true) Some(true)"),
    ] {
        let gold = gold(rest);
        let shown = format!("found Rome {shown}");
        assert_eq!(verdicts(&gold, &[place("Rome", "Rome")], Types::Place), [shown], "{rest}");
    }
}

#[test]
fn a_score_is_held_against_what_can_be_told() {
    let text = "Rome";
    // Its entity has 0.5, any entity 0.75: that counts where only the span can be judged.
    let (entity, any) = (5, 7);
    for (gold, right, bin) in [
        (r#""ids":[]"#, true, any),
        (r#""ids":["geonames:4"]"#, true, entity),
        (r#""ids":["geonames:5"]"#, false, entity),
        (r#""ids":["roma"]"#, false, entity),
        // The answer has no id of that vocabulary.
        (r#""ids":["wikidata:Q1"]"#, true, any),
        (r#""ids":["wikidata:Q1","geonames:5"]"#, false, entity),
        // So its location tells.
        (r#""ids":["wikidata:Q1"],"lat":36.0,"lon":44.9"#, false, entity),
        (r#""ids":["wikidata:Q1"],"lat":36.0,"lon":44.7"#, true, entity),
        (r#""lat":36.0,"lon":44.9"#, false, entity),
        (r#""ids":["geonames:5"],"lat":36.0,"lon":44.7"#, false, entity),
    ] {
        let mentions = format!(r#"[{{"start":0,"end":4,"type":"place",{gold}}}]"#);
        let gold = document(&format!(r#"{{"text":"{text}","mentions":{mentions}}}"#));
        let answers = [place(text, text)];
        let verdicts = judge(&gold, &answers, &EvalOptions::default());
        assert_eq!(verdicts[0].is_right(), Some(right), "{mentions}");
        let mut figures = Figures::new(EvalOptions::default());
        figures.add("", &gold, &answers);
        assert_eq!(figures.calibration().bins()[bin].count, 1, "{mentions}");
        assert_eq!(figures.calibration().bins()[bin].right, u64::from(right));
    }
}

#[test]
fn a_proclitic_may_be_missing_in_scripts_that_write_it_with_the_name() {
    let json = |lang: &str| {
        let text = "ذهب وبالموصل بالموصل";
        let mentions = r#"[{"start":4,"end":12,"type":"place"}]"#;
        document(&format!(r#"{{"lang":"{lang}","text":"{text}","mentions":{mentions}}}"#))
    };
    let arabic = json("ar");
    let peeled = [place(&arabic.text, "الموصل")];
    assert_eq!(verdicts(&arabic, &peeled, Types::Place), ["found وبالموصل None None"]);
    let other = json("ku");
    let shown = ["missed وبالموصل false true", "false الموصل Wanted"];
    assert_eq!(verdicts(&other, &peeled, Types::Place), shown);
    // Not if more is missing, or the gold's span was answered itself.
    let part = [place(&arabic.text, "صل")];
    assert_eq!(verdicts(&arabic, &part, Types::Place)[1], "false صل Wanted");
    let both = [place(&arabic.text, "الموصل"), place(&arabic.text, "وبالموصل")];
    let shown = ["found وبالموصل None None", "false الموصل Wanted"];
    assert_eq!(verdicts(&arabic, &both, Types::Place), shown);
}

#[test]
fn overlapping_answers_count_apart_from_exact_ones() {
    let gold = document(concat!(
        r#"{"id":"x","text":"New York City and the Gulf of Aden","mentions":["#,
        r#"{"start":0,"end":13,"type":"place"},{"start":22,"end":34,"type":"place"}]}"#,
    ));
    let mut figures = Figures::new(EvalOptions::default());
    let text = &gold.text;
    let answers = ["York", "City", "and", "Gulf of Aden"].map(|name| place(text, name));
    figures.add("x", &gold, &answers);
    let all = figures.all();
    assert_eq!((all.gold, all.found, all.answers, all.right), (2, 1, 4, 1));
    assert_eq!((all.precision(), all.recall()), (Some(0.25), Some(0.5)));
    assert_eq!((all.overlap_precision(), all.overlap_recall()), (Some(0.75), Some(1.0)));
    assert!((all.f1().unwrap() - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!((all.link_recall(), all.near_share(), figures.b_cubed()), (None, None, None));
    let [missed] = figures.missed(9).try_into().unwrap();
    let shown = "[New York City] and the Gulf of Aden";
    assert_eq!((missed.surface.as_str(), missed.context.as_str()), ("New York City", shown));
    let false_answers = figures.false_answers(2);
    assert_eq!(false_answers.len(), 2);
    assert_eq!(false_answers[0].answer, ("city".to_owned(), "City".to_owned()));
    // One of four answers is right, and all say by three quarters that they mean a place.
    assert_eq!(figures.calibration().expected_error(), Some(0.5));
    figures.add("x", &gold, &[]);
    assert_eq!(figures.missed(1)[0].count, 2);
    let none = Tally { gold: 3, ..Tally::default() };
    assert_eq!((none.precision(), none.recall(), none.f1()), (None, Some(0.0), Some(0.0)));
}

#[test]
fn b_cubed_tells_whether_entities_were_kept_apart() {
    let mut figures = Figures::new(EvalOptions::default());
    // Two mentions of one entity were given two, one of another was given the first's.
    for (gold, given) in [("a:1", "x"), ("a:1", "y"), ("a:2", "x"), ("a:2", "x")] {
        let gold = document(&format!(
            r#"{{"text":"Rome","mentions":[{{"start":0,"end":4,"type":"place","ids":["{gold}"]}}]}}"#
        ));
        figures.add("", &gold, &[Answer { id: given.into(), ..place("Rome", "Rome") }]);
    }
    // Precision (1/3 + 1 + 2/3 + 2/3) / 4, recall (1/2 + 1/2 + 1 + 1) / 4.
    let (precision, recall) = (2.0 / 3.0, 0.75);
    let f1 = 2.0 * precision * recall / (precision + recall);
    assert!((figures.b_cubed().unwrap() - f1).abs() < 1e-12);
    assert_eq!(figures.all().linkable, 0);
}

#[test]
fn what_gazetteers_know_of_the_ids_completes_gold_that_says_little() {
    let lists = "id,name,kind,lat,lon,same_as,replaced_by\nrome,Rome,city,41.9,12.5,acme:7,\n\
                 roma,Roma,,,,,rome\nleague,League,party,,,,\n";
    let mut builder = crate::GazetteerBuilder::new();
    let options = crate::ReadOptions::default();
    let mut add = |record| builder.add(record);
    assert_eq!(crate::read_list(lists.as_bytes(), "l.csv", 0, options, &mut add), []);
    let gazetteer = crate::Gazetteer::from_bytes(builder.build().unwrap()).unwrap();
    let layers = Layers::new([&gazetteer as &dyn crate::LayerSource]).unwrap();
    let text = "[Rome](roma) [Rom](acme:7) [League](league) [Oslo](oslo) [Bonn]() [Kyiv](x:1)";
    let mut gold = read(text.as_bytes(), "en.txt", GoldForm::Annotated).unwrap();
    let mut options = EvalOptions::default();
    options.add_vocabularies(&gold, &layers);
    assert!(options.vocabularies.contains("acme") && !options.vocabularies.contains("x"));
    assert_eq!(gold[0].complete(&layers), ["oslo"]);
    let known: Vec<_> = gold[0]
        .mentions
        .iter()
        .map(|mention| {
            (mention.ids.join(""), mention.type_, mention.kind, mention.location.is_some())
        })
        .collect();
    let (unknown, city) = (GoldType::PlaceOrGroup, Some(Kind::City));
    assert_eq!(
        known,
        [
            ("rome".to_owned(), GoldType::Place, city, true),
            ("acme:7".to_owned(), GoldType::Place, city, true),
            ("league".to_owned(), GoldType::Group, Some(Kind::Party), false),
            ("oslo".to_owned(), unknown, None, false),
            (String::new(), unknown, None, false),
            ("x:1".to_owned(), unknown, None, false),
        ]
    );
}
