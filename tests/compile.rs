//! Compiling: the same bytes with any memory and any number of threads, nothing left behind, and
//! lists with bad rows.

use std::path::Path;

use exonym::{
    CompileOptions, Error, Gazetteer, GazetteerBuilder, Normalizer, Policy, Provenance, Record,
};

fn options(threads: usize) -> CompileOptions {
    let mut options = CompileOptions::default();
    options.provenance = Provenance::Rows;
    options.threads = threads;
    options
}

/// A list with every column: many names of one key, repeated names, umlauts, dates, decoys.
fn list(rows: u32) -> String {
    let mut list =
        String::from("id,name,lang,role,policy,since,kind,parent,lat,lon,same_as,colour\n");
    let mut number = 1_u32;
    let mut draw = |most: u32| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (number >> 8) % most
    };
    for row in 0..rows {
        let (id, word, kind) = (draw(4000), draw(900), draw(16));
        let name = match kind {
            0 => format!("Köln {word}|Cologne {word}"),
            1 => format!("Мосул-{word}"),
            2 => format!("الموصل {word}"),
            3 => format!("D{word}"),
            4 => "Springfield".to_owned(),
            5 => format!("A very long name whose beginning many others share with it {word}"),
            _ => format!("San {} {word}", ["Antonio", "Marino", "José"][word as usize % 3]),
        };
        let lang = ["", "de", "fr"][kind as usize % 3];
        let role = ["", "canonical", "historic", "decoy", "search"][draw(5) as usize];
        let policy = ["", "", "", "weak"][draw(4) as usize];
        let since = if kind == 6 { "2014-06" } else { "" };
        let parent = if id > 0 { format!("e{}", id / 2) } else { String::new() };
        let (lat, lon) = (f64::from(id) / 100.0, f64::from(id) / 50.0);
        list += &format!(
            "e{id},{name},{lang},{role},{policy},{since},city,{parent},{lat},{lon},\
             wikidata:Q{id}|x:{id}a,{}\n",
            if row % 50 == 0 { "red" } else { "" }
        );
    }
    list
}

#[test]
fn any_memory_and_any_number_of_threads_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, list(8000)).unwrap();
    let compile = |threads, memory: Option<u64>| {
        let mut builder = GazetteerBuilder::with_options(options(threads));
        if let Some(memory) = memory {
            builder = builder.bounded(folder.path(), memory);
        }
        builder.read(&path, Default::default()).unwrap();
        let progress = builder.progress();
        assert_eq!((progress.rows(), progress.written()), (8000, None));
        let mut bytes = Vec::new();
        let report = builder.write(&mut bytes).unwrap();
        assert_eq!(report.rows, 8000);
        assert_eq!(report.bytes, bytes.len() as u64);
        assert!(report.merged > 0 && report.refused.is_empty());
        let (written, names) = progress.written().unwrap();
        assert!(written >= names && names >= report.names, "{written} {names} {report:?}");
        bytes
    };
    let wanted = compile(1, None);
    let gazetteer = Gazetteer::from_bytes(wanted.as_slice()).unwrap();
    let info = gazetteer.info().unwrap();
    assert!(info.names > 7000 && info.keys > 1500 && info.ambiguous > 10, "{info:?}");
    for memory in [1000, 30_000, 200_000, 1_000_000, 5_000_000, 1 << 30] {
        for threads in [1, 2, 5] {
            assert!(compile(threads, Some(memory)) == wanted, "{memory} bytes, {threads} threads");
        }
    }
    // The files had no names, and are gone.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn nothing_is_written_below_the_bound() {
    // A folder that is not there: any temporary file would fail.
    let compile = |memory| {
        let mut builder = GazetteerBuilder::new().bounded("/nowhere/at/all", memory);
        for number in 0..2000 {
            builder.add(Record::new(format!("e{number}"), format!("Name {number}")));
        }
        builder.build()
    };
    assert!(compile(1 << 20).is_ok());
    let error = compile(1000).unwrap_err();
    assert!(error.is_io() && error.path() == Some(Path::new("/nowhere/at/all")), "{error}");
}

/// Compiles a list, bad rows left out; the problems, and the gazetteer.
fn skipping(list: &str) -> Result<(Vec<String>, Gazetteer<Vec<u8>>), Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, list).unwrap();
    let mut options = options(2);
    options.skip_bad = true;
    let mut builder = GazetteerBuilder::with_options(options);
    builder.read(&path, Default::default())?;
    let mut bytes = Vec::new();
    let report = builder.write(&mut bytes)?;
    assert_eq!(report.rows, list.lines().count() as u64 - 1);
    let problems = report.refused.iter();
    let problems =
        problems.map(|problem| format!("{}: {}: {}", problem.line, problem.column, problem.reason));
    Ok((problems.collect(), Gazetteer::from_bytes(bytes)?))
}

#[test]
fn bad_rows_are_left_out_and_told() {
    let list = "id,name,kind,country\n\
        mosul,Mosul,city,IQ\n\
        mosul,Mos\u{9F}sul,,\n\
        mosul,ʼ,,\n\
        mosul,Mossoul,region,SY\n\
        mosul,Al Mawsil,,IQ\n";
    let (problems, gazetteer) = skipping(list).unwrap();
    assert_eq!(
        problems,
        [
            "3: name: holds the control character U+009F, mostly a sign of a wrong encoding; \
             correct the text, or take the character out",
            "4: name: `ʼ` holds no letter and no digit, so that no text can meet it; correct it, \
             or leave the row out",
            "5: kind: states region, but an earlier row of `mosul` (the entity's first is line 2) \
             states city",
        ]
    );
    let mosul = gazetteer.entity("mosul").unwrap();
    assert_eq!(mosul.country().as_deref(), Some("IQ"));
    assert_eq!(mosul.names().map(|name| name.text()).collect::<Vec<_>>(), ["Mosul", "Al Mawsil"]);
}

#[test]
fn what_entities_contradict_each_other_in_is_taken_away() {
    let list = "id,name,same_as,parent,replaced_by\n\
        a,A town,wikidata:Q1|wikidata:Q2,b,\n\
        b,Another town,wikidata:Q2|wikidata:Q3,a,\n\
        wikidata:Q1,A third town,,,\n\
        d,A fourth town,,,d\n";
    let (problems, gazetteer) = skipping(list).unwrap();
    assert_eq!(
        problems,
        [
            "2: parent: `a` contains itself through its parents",
            "2: same_as: wikidata:Q1 is the id of another entity of this list",
            "3: same_as: wikidata:Q2 stands on `a` and on `b`",
            "5: replaced_by: an entity cannot replace itself",
        ]
    );
    let ids = |id: &str| gazetteer.entity(id).unwrap().ids();
    assert_eq!(ids("a"), ["wikidata:Q2"]);
    assert_eq!(ids("b"), ["wikidata:Q3"]);
    assert_eq!(gazetteer.entity("wikidata:Q1").unwrap().id(), "wikidata:Q1");
    assert_eq!(gazetteer.entity("a").unwrap().parent_id(), None);
    assert_eq!(gazetteer.entity("b").unwrap().parent_id().as_deref(), Some("a"));
    assert_eq!(gazetteer.entity("d").unwrap().replaced_by(), None);
}

#[test]
fn lists_that_cannot_be_read_fail_all_the_same() {
    let error = skipping("name,lang\nMosul,en\n").unwrap_err();
    assert_eq!(error.problems().len(), 1);
    assert_eq!((error.problems()[0].line, error.problems()[0].column.as_str()), (1, "id"));
    // A row is never half taken: what a refused one states of its entity is not kept.
    let mut builder = GazetteerBuilder::new();
    builder.add(Record { country: "Iraq".into(), ..Record::new("mosul", "Mosul") });
    let error = builder.build().unwrap_err();
    assert_eq!(error.problems()[0].column, "country");
}

#[test]
fn a_truncated_list_is_never_taken_for_a_whole_one() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv.gz");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(list(30_000).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    std::fs::write(&path, &packed[..packed.len() / 2]).unwrap();
    for threads in [1, 3] {
        let mut options = options(threads);
        options.skip_bad = true;
        let mut builder = GazetteerBuilder::with_options(options);
        builder.read(&path, Default::default()).unwrap();
        let error = builder.build().unwrap_err();
        assert!(error.problems().iter().any(|problem| problem.line == 0), "{error}");
    }
}

/// The names of the shared world list that are common words do not flood a text.
#[test]
fn places_named_like_common_words_are_weak() {
    let Some(shared) = std::env::var_os("EXONYM_SHARED") else {
        println!("skipped: EXONYM_SHARED is not set");
        return;
    };
    let path = Path::new(&shared).join("gazetteers/world.csv.gz");
    let mut options = options(2);
    options.skip_bad = true;
    let mut builder = GazetteerBuilder::with_options(options);
    builder.read(&path, Default::default()).unwrap();
    let mut bytes = Vec::new();
    let report = builder.write(&mut bytes).unwrap();
    assert_eq!((report.rows, report.refused.len()), (2_130_123, 2));
    let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
    let normalizer = Normalizer::new();
    // Of these, La, Tous and En have their key, but are written otherwise (L.A., T'ous).
    for word in ["La", "Une", "Il", "Le", "En", "Tous", "Par", "Au"] {
        let key = normalizer.key(word);
        let found = gazetteer.lookup(word);
        for found in &found {
            for name in found.entity().names() {
                let same = normalizer.key(&name.text()) == key;
                assert!(!same || name.policy().has(Policy::WEAK), "{}", name.text());
            }
        }
        assert!(!found.is_empty() || word == "En", "{word}");
    }
    let weak = gazetteer.lookup("Mosul");
    assert!(
        !weak[0]
            .entity()
            .names()
            .any(|name| { name.text() == "Mosul" && name.policy().has(Policy::WEAK) })
    );
}
