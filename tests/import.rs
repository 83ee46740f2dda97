//! Importers: what they make of the samples under `tests/import` is shown on the page
//! `tests/cli/import.trycmd`; here is what holds for all of them, on samples, on damaged files, and
//! on the real files that `EXONYM_SHARED` names.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use exonym::{
    Gazetteer, GazetteerBuilder, IMPORT_SOURCES, ImportOptions, ImportReport, ImportSource, Kind,
    ListWriter, Problem, Record, Role, import,
};
use proptest::prelude::*;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import")
}

/// What an import made and told.
#[derive(Debug, Default)]
struct Made {
    records: Vec<Record>,
    problems: Vec<Problem>,
    report: ImportReport,
}

fn try_import(
    source: &str,
    files: &[PathBuf],
    options: &ImportOptions,
) -> Result<Made, exonym::Error> {
    let source = ImportSource::find(source).unwrap();
    let mut made = Made::default();
    let Made { records, problems, .. } = &mut made;
    let mut keep = |record| {
        records.push(record);
        Ok(())
    };
    let report =
        import(source, files, options, &mut keep, &mut |problem| problems.push(problem.clone()))?;
    Ok(Made { report, ..made })
}

fn imported(source: &str, files: &[PathBuf]) -> Made {
    try_import(source, files, &ImportOptions::default()).unwrap()
}

fn options(change: impl FnOnce(&mut ImportOptions)) -> ImportOptions {
    let mut options = ImportOptions::default();
    change(&mut options);
    options
}

/// The list that the records make.
fn list(source: &ImportSource, records: &[Record]) -> Vec<u8> {
    let mut list = ListWriter::new(Vec::new(), source.attributes()).unwrap();
    records.iter().for_each(|record| list.write(record).unwrap());
    list.finish().unwrap()
}

fn names<'m>(made: &'m Made, id: &str) -> Vec<&'m str> {
    let records = made.records.iter().filter(|record| record.id == id);
    records.map(|record| record.name.as_str()).collect()
}

#[test]
fn every_source_has_a_sample_and_its_rows_compile_alike_from_list_and_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for source in IMPORT_SOURCES {
        let files = [samples().join(source.name())];
        let made = imported(source.name(), &files);
        assert!(made.report.entities > 0, "{}", source.name());
        assert_eq!(made.report.names as usize, made.records.len());
        assert_eq!(made.report.problems as usize, made.problems.len());
        let path = folder.path().join(format!("{}.csv", source.name()));
        fs::write(&path, list(source, &made.records)).unwrap();
        let mut from_list = GazetteerBuilder::new();
        from_list.read(&path, Default::default()).unwrap();
        let from_list = Gazetteer::from_bytes(from_list.build().unwrap()).unwrap();
        let mut at_once = GazetteerBuilder::new();
        let report = at_once.import(source, &files, &Default::default(), &mut |_| ()).unwrap();
        assert_eq!(report, made.report);
        let at_once = Gazetteer::from_bytes(at_once.build().unwrap()).unwrap();
        let (one, other) = (from_list.info().unwrap(), at_once.info().unwrap());
        assert_eq!(one.names, other.names, "{}", source.name());
        assert_eq!(one.entities, made.report.entities, "{}", source.name());
        assert_eq!(
            other.sources.first().map(|source| source.name.clone()).unwrap_or_default(),
            source.terms().name
        );
        for (one, other) in from_list.entities().zip(at_once.entities()) {
            assert_eq!(one.id(), other.id());
            assert_eq!(one.kind(), other.kind());
            assert_eq!((one.ids(), one.attributes()), (other.ids(), other.attributes()));
            assert_eq!((one.location(), one.weight()), (other.location(), other.weight()));
            let texts = |entity: &exonym::Entity<'_>| {
                let names = entity.names();
                names.map(|name| (name.text(), name.role(), name.dates())).collect::<Vec<_>>()
            };
            assert_eq!(texts(&one), texts(&other));
        }
    }
}

#[test]
fn strict_stops_at_the_first_problem() {
    for source in IMPORT_SOURCES {
        let files = [samples().join(source.name())];
        let Some(first) = imported(source.name(), &files).problems.first().cloned() else {
            assert_eq!(source.name(), "naturalearth");
            continue;
        };
        let strict = options(|options| options.strict = true);
        let error = try_import(source.name(), &files, &strict).unwrap_err();
        assert_eq!(error.problems(), [first], "{}", source.name());
    }
}

/// A file packed as zip, deflated or stored.
fn zip(members: &[(&str, &[u8])], deflate: bool) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let packed = if deflate {
            let mut deflated =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            deflated.write_all(content).unwrap();
            deflated.finish().unwrap()
        } else {
            content.to_vec()
        };
        let mut common = vec![20, 0, 0, 0, if deflate { 8 } else { 0 }, 0, 0, 0, 0, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((content.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((bytes.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00");
    bytes.extend((members.len() as u16).to_le_bytes().repeat(2));
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend(b"\x07\x00comment");
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A Zstandard frame of one raw block.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0xA0];
    frame.extend((bytes.len() as u32).to_le_bytes());
    frame.extend(&((bytes.len() as u32) << 3 | 1).to_le_bytes()[..3]);
    frame.extend(bytes);
    frame
}

#[test]
fn packed_files_are_read_as_plain_ones() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let places = fs::read(samples().join("geonames/IQ.txt")).unwrap();
    let plain = imported("geonames", &[samples().join("geonames/IQ.txt")]);
    let members = [("readme.txt", &b"About these files"[..]), ("IQ.txt", &places[..])];
    let skippable = [&[0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstd(&places)].concat();
    let (head, tail) = places.split_at(500);
    for (name, bytes) in [
        ("IQ.zip", zip(&members, true)),
        ("stored.zip", zip(&members, false)),
        ("IQ.txt.gz", gzip(&places)),
        ("two.gz", [gzip(head), gzip(tail)].concat()),
        ("IQ.zst", skippable),
        ("two.zst", [zstd(head), zstd(tail)].concat()),
        ("bom.txt", [b"\xEF\xBB\xBF", &places[..]].concat()),
    ] {
        let made = imported("geonames", &[write(name, &bytes)]);
        assert_eq!(made.records, plain.records, "{name}");
        let lines = |made: &Made| made.problems.iter().map(|p| p.line).collect::<Vec<_>>();
        assert_eq!(lines(&made), lines(&plain), "{name}");
    }
    let failed = |name: &str, bytes: &[u8]| {
        let path = write(name, bytes);
        try_import("geonames", &[path], &ImportOptions::default()).unwrap_err().to_string()
    };
    let mut damaged = zip(&members, false);
    let at = damaged.windows(6).position(|bytes| bytes == b"Ninawa").unwrap();
    damaged[at] = b'M';
    assert!(failed("damaged.zip", &damaged).contains("damaged"));
    assert!(failed("cut.zip", &zip(&members, true)[..300]).contains("directory"));
    assert!(failed("none.zip", &zip(&members[..1], true)).contains("nothing in it"));
    assert!(failed("cut.gz", &gzip(&places)[..200]).contains("cut.gz"));
    assert!(failed("cut.zst", &zstd(&places)[..200]).contains("cut.zst"));
    assert!(failed("IQ.txt.bz2", b"BZh91AY").contains("bzcat"));
    assert!(failed("IQ.txt.xz", b"\xFD7zXZ\0").contains("xzcat"));
}

#[test]
fn options_say_what_is_taken() {
    let geonames = |change: &dyn Fn(&mut ImportOptions)| {
        let made = try_import("geonames", &[samples().join("geonames")], &options(change)).unwrap();
        made.records.iter().map(|record| record.id.clone()).collect::<BTreeSet<_>>()
    };
    let all = geonames(&|_| ());
    assert!(all.contains("geonames:7000001") && !all.contains("geonames:7000003"));
    let hotels = geonames(&|options| options.features = vec!["S.HTL".into()]);
    assert!(hotels.contains("geonames:7000003") && !hotels.contains("geonames:7000001"));
    let large = geonames(&|options| options.min_population = 1000.0);
    assert!(large.contains("geonames:99072") && !large.contains("geonames:7000001"));
    assert!(large.contains("geonames:170062"), "units have no floor");
    let syria = geonames(&|options| options.countries = vec!["SY".into()]);
    let expected = ["geonames:163843", "geonames:170062", "geonames:7874159"];
    assert_eq!(syria.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let made = try_import(
        "geonames",
        &[samples().join("geonames")],
        &options(|options| options.langs = vec!["fr".into()]),
    );
    let langs: BTreeSet<String> = made.unwrap().records.into_iter().map(|r| r.lang).collect();
    assert_eq!(langs.iter().map(String::as_str).collect::<Vec<_>>(), ["", "fr"]);
    let unknown = options(|options| options.features = vec!["PPL".into()]);
    let error = try_import("geonames", &[samples().join("geonames")], &unknown).unwrap_err();
    assert!(error.to_string().contains("`PPL` is no feature"));

    let dump = [samples().join("wikidata")];
    let classes = options(|options| {
        options.classes =
            vec![("Q7000104".into(), Some(Kind::ArmedGroup)), ("Q7000105".into(), None)];
    });
    let made = try_import("wikidata", &dump, &classes).unwrap();
    let kinds: Vec<_> =
        made.records.iter().map(|record| (record.id.as_str(), record.kind)).collect();
    let ids: BTreeSet<_> = kinds.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, BTreeSet::from(["wikidata:Q2429253", "wikidata:Q5"]));
    assert_eq!(kinds[0], ("wikidata:Q2429253", Some(Kind::ArmedGroup)));
    assert!(made.report.without_kind.contains_key("Q7000105"));
    let linked = options(|options| options.min_sitelinks = 3);
    assert_eq!(try_import("wikidata", &dump, &linked).unwrap().report.entities, 1);

    let ours = options(|options| {
        options.prefix = Some("ours:".into());
        options.kind = Some(Kind::Organization);
        options.lang = "fr".into();
    });
    let made = try_import("pairs", &[samples().join("pairs/ours.csv")], &ours).unwrap();
    assert_eq!((made.records[0].id.as_str(), made.records[0].lang.as_str()), ("ours:mosul", "fr"));
    assert_eq!(made.records[0].kind, Some(Kind::Organization));
}

#[test]
fn alternate_names_take_the_place_of_the_names_without_language() {
    let file = |name: &str| samples().join("geonames").join(name);
    let alone = imported("geonames", &[file("IQ.txt")]);
    // Not the airport, the machine's romanization, the link.
    let listed = names(&alone, "geonames:99072");
    assert_eq!(listed, ["Al Mawşil al Jadīdah", "Mosul", "Мосул", "الموصل"]);
    // In any order of the files.
    let made = imported("geonames", &[file("alternateNamesV2.txt"), file("IQ.txt")]);
    let listed = names(&made, "geonames:99072");
    assert_eq!(listed, ["Al Mawşil al Jadīdah", "الموصل", "Mossoul", "Moussoul", "Nineveh"]);
    let canonical = made.records.iter().filter(|record| record.lang == "fr");
    let roles: Vec<_> = canonical.map(|record| record.role.unwrap()).collect();
    assert_eq!(roles, [Role::Canonical, Role::Variant]);
    let mosul = made.records.iter().find(|record| record.id == "geonames:99072").unwrap();
    assert_eq!(mosul.same_as, ["wikidata:Q83317"]);
}

#[test]
fn a_row_that_the_receiver_refuses_stops_the_import() {
    let source = ImportSource::find("pairs").unwrap();
    let mut kept = 0;
    let mut keep = |_| {
        kept += 1;
        if kept == 2 { Err(std::io::Error::other("full").into()) } else { Ok(()) }
    };
    let files = [samples().join("pairs/ours.csv")];
    let error = import(source, &files, &ImportOptions::default(), &mut keep, &mut |_| ());
    assert_eq!(error.unwrap_err().to_string(), "full");
    assert_eq!(kept, 2);
}

/// The files of a source's sample, and their bytes.
fn sample_files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sample_files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is damaged, the import ends, and what it makes compiles.
    #[test]
    fn damaged_samples_survive_and_compile(
        cuts in prop::collection::vec((0.0..1.0_f64, any::<u8>(), 0..40_usize), 1..12),
    ) {
        for source in IMPORT_SOURCES {
            let folder = tempfile::tempdir().unwrap();
            let root = samples().join(source.name());
            for (path, mut bytes) in sample_files(&root) {
                for (at, byte, length) in &cuts {
                    let at = (*at * bytes.len() as f64) as usize;
                    let end = (at + length).min(bytes.len());
                    let filler = if length % 2 == 0 { vec![*byte] } else { bytes[..at.min(60)].to_vec() };
                    bytes.splice(at.min(end)..end, filler);
                }
                let path = folder.path().join(path.strip_prefix(&root).unwrap());
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            let files = [folder.path().to_owned()];
            let Ok(made) = try_import(source.name(), &files, &ImportOptions::default()) else {
                continue;
            };
            let path = folder.path().join("made.csv");
            fs::write(&path, list(source, &made.records)).unwrap();
            let mut builder = GazetteerBuilder::new();
            builder.read(&path, Default::default()).unwrap();
            let built = builder.build();
            prop_assert!(built.is_ok(), "{}: {}", source.name(), built.unwrap_err());
        }
    }
}

/// A real file, where there is one.
fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os("EXONYM_SHARED")?).join("gazetteers").join(name);
    path.exists().then_some(path)
}

/// Imports real files and compiles the list; `None` where they are missing.
fn real(source: &str, files: &[&str]) -> Option<(Made, Gazetteer<Vec<u8>>)> {
    let paths: Option<Vec<PathBuf>> = files.iter().map(|file| shared(file)).collect();
    let Some(paths) = paths else {
        println!("skipped: EXONYM_SHARED names no folder with gazetteers/{}", files[0]);
        return None;
    };
    let made = imported(source, &paths);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.csv");
    fs::write(&path, list(ImportSource::find(source).unwrap(), &made.records)).unwrap();
    let mut builder = GazetteerBuilder::new();
    builder.read(&path, Default::default()).unwrap();
    let gazetteer = Gazetteer::from_bytes(builder.build().unwrap()).unwrap();
    Some((made, gazetteer))
}

/// The id of the best entity with this name.
fn found<D: AsRef<[u8]>>(gazetteer: &Gazetteer<D>, name: &str) -> String {
    gazetteer.lookup(name).first().map(|found| found.entity().id()).unwrap_or_default()
}

#[test]
fn real_files_of_geonames() {
    let files = ["geonames-cities15000.txt.gz", "geonames-cities5000.txt.gz"];
    let units = ["geonames-admin1.txt.gz", "geonames-admin2.txt.gz"];
    let Some((made, gazetteer)) = real("geonames", &[files, units].concat()) else { return };
    assert!(made.report.entities > 100_000, "{:?}", made.report);
    assert!(made.report.problems < 20, "{:?}", made.problems);
    for name in ["Mosul", "Мосул", "الموصل", "Aş Şuwayrah"] {
        assert!(found(&gazetteer, name).starts_with("geonames:"), "{name}");
    }
    let mosul = gazetteer.entity("geonames:99072").unwrap();
    assert_eq!(mosul.kind(), Kind::City);
    let district = gazetteer.entity(&mosul.parent_id().unwrap()).unwrap();
    let region = gazetteer.entity(&district.parent_id().unwrap()).unwrap();
    assert_eq!((district.kind(), region.kind()), (Kind::County, Kind::Region));
    assert_eq!((region.id(), region.country()), ("geonames:92877".into(), Some("IQ".into())));
}

#[test]
fn real_files_of_natural_earth() {
    let Some((made, gazetteer)) = real("naturalearth", &["naturalearth-populated-places.zip"])
    else {
        return;
    };
    assert!(made.report.entities > 7_200, "{:?}", made.report);
    let mosul = gazetteer.lookup("Мосул").first().unwrap().entity().clone();
    assert_eq!((mosul.country(), mosul.kind()), (Some("IQ".into()), Kind::City));
    let (lat, lon) = mosul.location().unwrap();
    assert!((lat - 36.345).abs() < 0.01 && (lon - 43.145).abs() < 0.01);
}

#[test]
fn real_files_of_sanctions_and_actors() {
    if let Some((made, gazetteer)) = real("ofac", &["ofac-sdn.csv.gz", "ofac-alt.csv.gz"]) {
        assert!(made.report.entities > 3_600 && made.report.problems == 0, "{:?}", made.report);
        assert_eq!(found(&gazetteer, "National Bank of Cuba"), "ofac:306");
        let names = gazetteer.entity("ofac:306").unwrap();
        assert_eq!(names.canonical_name("en"), "Banco Nacional de Cuba");
    }
    if let Some((made, gazetteer)) = real("un", &["un-sanctions.xml.gz"]) {
        assert_eq!((made.report.entities, made.report.problems), (193, 0));
        assert_eq!(found(&gazetteer, "Al-Nusrah Front for the People of the Levant"), "un:QDe.137");
    }
    if let Some((made, gazetteer)) = real("petrarch", &["phoenix-milnonstate.txt.gz"]) {
        assert!(made.report.entities > 950, "{:?}", made.report);
        assert!((5..30).contains(&made.report.problems), "{:?}", made.problems);
        let eta = found(&gazetteer, "Basque Homeland and Freedom");
        assert_eq!(eta, "petrarch:basque-fatherland-and-freedom");
        let kla = gazetteer.entity("petrarch:kosovo-liberation-army").unwrap();
        let (since, until) = kla.names().next().unwrap().dates();
        assert_eq!(since.unwrap().to_string(), "1992-04-28");
        assert_eq!(until.unwrap().to_string(), "2008-02-17");
    }
}
