//! Compiled files: damaged ones are refused, old ones are read, other versions are told apart.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use exonym::{
    CompileOptions, Entity, Error, Gazetteer, GazetteerBuilder, KEY_SCHEME, LayerSource, Layers,
    MappedGazetteer, Provenance, Tagger, UNICODE,
};
use xxhash_rust::xxh3::xxh3_64;

const LIST: &str = "tests/files/v1.csv";
const FILE: &str = "tests/files/v1.gaz";

/// Bytes before the section table, and of one line of it.
const HEADER: usize = 32;
const ROW: usize = 24;

static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut options = CompileOptions::default();
    options.provenance = Provenance::Rows;
    let mut builder = GazetteerBuilder::with_options(options);
    builder.read(Path::new(LIST), Default::default()).unwrap();
    builder.build().unwrap()
});

static RIGHT: LazyLock<Vec<String>> =
    LazyLock::new(|| answers(&Gazetteer::from_bytes(SOUND.as_slice()).unwrap()));

/// What a gazetteer says of everything in [`LIST`]; empty where it says nothing.
fn answers<D: AsRef<[u8]>>(gazetteer: &Gazetteer<D>) -> Vec<String> {
    const TEXT: &str = "L’armée d'Irak à MOSSOUL, l'État islamique (EI) à Nice, Nice-Matin; ISIS, \
        вокруг Ирака: Ирак; في العراق والموصل; 北京とモスル, Koeln, Rhodesia, Zimbabwean, Paris.";
    const NAMES: [&str; 9] =
        ["Mossoul", "l'Irak", "IS", "Koeln", "Nice-Matin", "Peiping", "モスル", "Paris", "Daesh"];
    const IDS: [&str; 5] = ["mosul", "geonames:99237", "wikidata:Q796", "zimbabwe", "nowhere"];
    let mut answers = Vec::new();
    for name in NAMES {
        let found = gazetteer.try_lookup(name).map(|found| {
            let one = |found: &exonym::Found<'_>| {
                let (level, why) = (found.level, found.why()[0].0);
                format!("{} {level:?} {:.3} {why}", shown(found.entity()), found.score)
            };
            format!("{name}: {:?}", found.iter().map(one).collect::<Vec<_>>())
        });
        answers.push(found.unwrap_or_default());
    }
    for id in IDS {
        answers.push(gazetteer.entity(id).as_ref().map(shown).unwrap_or_default());
    }
    answers.push(gazetteer.entities().map(|entity| shown(&entity)).collect());
    answers.push(gazetteer.info().map(|info| format!("{info:?}")).unwrap_or_default());
    let tagged = Tagger::new(gazetteer).map(|tagger| format!("{:?}", tagger.tag(TEXT)));
    answers.push(tagged.unwrap_or_default());
    let origins = gazetteer.entities().flat_map(|entity| {
        entity.names().filter_map(|name| Some(name.origin()?.1.to_string())).collect::<Vec<_>>()
    });
    answers.push(origins.collect::<Vec<_>>().join(" "));
    answers
}

fn shown(entity: &Entity<'_>) -> String {
    let mut text = format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        entity.id(),
        entity.stated_kind(),
        entity.country(),
        entity.location(),
        entity.weight(),
        entity.parent_id(),
        entity.replaced_by(),
        entity.ids(),
        entity.attributes(),
        entity.canonical_name("fr"),
    );
    for name in entity.names() {
        let (lang, role, policy) = (name.lang(), name.role().name(), name.policy());
        let _ = write!(text, " | {} {lang} {role} {policy} {:?}", name.text(), name.dates());
    }
    text
}

/// The same bytes with another header, and the checksum that fits it.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = HEADER + ROW * usize::from(bytes[15]);
    bytes[24..32].fill(0);
    let checksum = xxh3_64(&bytes[..end]);
    bytes[24..32].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The sound file with `patch` written at byte `at` of its header.
fn patched(at: usize, patch: &[u8]) -> Vec<u8> {
    let mut bytes = SOUND.clone();
    bytes[at..at + patch.len()].copy_from_slice(patch);
    sealed(bytes)
}

fn is_refusal(error: &Error) -> bool {
    error.is_corrupt() || error.is_foreign() || error.is_incompatible()
}

#[test]
fn sound_bytes_answer() {
    assert_eq!(sealed(SOUND.clone()), *SOUND);
    assert!(RIGHT[0].starts_with("Mossoul: [\"mosul Some(City) Some(\\\"IQ\\\")"), "{}", RIGHT[0]);
    assert!(RIGHT.iter().filter(|answer| answer.is_empty()).count() <= 1, "{RIGHT:#?}");
    let lines = "23 24 18 19 2 3 4 5 10 11 12 13 14 15 6 7 7 8 9 16 17 25 26 20 21 22";
    assert_eq!(RIGHT.last().unwrap(), lines);
}

#[test]
fn every_flipped_bit_is_refused() {
    let mut bytes = SOUND.clone();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            let error = Gazetteer::from_bytes(bytes.as_slice()).expect_err("damage is seen");
            assert!(is_refusal(&error), "byte {at}, bit {bit}: {error}");
            bytes[at] ^= 1 << bit;
        }
    }
}

#[test]
fn a_flipped_byte_of_an_unverified_file_never_gives_a_wrong_answer() {
    let mut bytes = SOUND.clone();
    for at in 0..bytes.len() {
        bytes[at] ^= 0x55;
        if let Ok(gazetteer) = Gazetteer::over(bytes.as_slice()) {
            assert!(gazetteer.verify().unwrap_err().is_corrupt(), "byte {at}");
        }
        if let Ok(gazetteer) = Gazetteer::over(bytes.as_slice()) {
            for (answer, right) in answers(&gazetteer).iter().zip(RIGHT.iter()) {
                assert!(answer.is_empty() || answer == right, "byte {at}: {answer}\nnot {right}");
            }
        }
        bytes[at] ^= 0x55;
    }
}

/// Where section `number` of the sound file begins and ends.
fn section(number: usize) -> std::ops::Range<usize> {
    let row = HEADER + ROW * number;
    let number = |at: usize| u64::from_le_bytes(SOUND[at..at + 8].try_into().unwrap()) as usize;
    number(row)..number(row) + number(row + 8)
}

#[test]
fn a_byte_changed_behind_a_right_checksum_never_panics() {
    let sound = Gazetteer::from_bytes(SOUND.as_slice()).unwrap();
    for number in 0..usize::from(SOUND[15]) {
        let section = section(number);
        for at in section.clone() {
            // Of the two FSTs every byte says where others are.
            let changes: &[u8] =
                if [1, 9].contains(&number) { &[0x55, 0x80, 0xFF] } else { &[0x55] };
            for change in changes {
                let mut bytes = SOUND.clone();
                bytes[at] ^= change;
                let checksum = xxh3_64(&bytes[section.clone()]).to_le_bytes();
                let row = HEADER + ROW * number;
                bytes[row + 16..row + 24].copy_from_slice(&checksum);
                let Ok(gazetteer) = Gazetteer::over(sealed(bytes)) else { continue };
                let _ = gazetteer.verify();
                for name in ["Mossoul", "l'Irak", "Koeln", "Nice-Matin", "モスル"] {
                    gazetteer.lookup(name).iter().for_each(|found| drop(shown(found.entity())));
                }
                let below: [&dyn LayerSource; 2] = [&gazetteer, &sound];
                let above: [&dyn LayerSource; 2] = [&sound, &gazetteer];
                for layers in [below, above].map(Layers::new).into_iter().flatten() {
                    let tagger = Tagger::with_layers(&layers);
                    let text = "L'État islamique à MOSSOUL, ISIS in Irak, 北京, Koeln, Rhodesia.";
                    tagger.tag(text).mentions.iter().for_each(|mention| {
                        drop(shown(&tagger.entity(mention.entity)));
                    });
                }
            }
        }
    }
}

#[test]
fn every_truncation_and_every_addition_is_refused() {
    for length in 0..SOUND.len() {
        let error = Gazetteer::from_bytes(&SOUND[..length]).expect_err("a part is missing");
        assert!(error.is_corrupt() || length == 0 && error.is_foreign(), "{length}: {error}");
        // With a header that says so, sections lie outside the file.
        if length >= HEADER + ROW * 12 {
            let mut bytes = SOUND[..length].to_vec();
            bytes[16..24].copy_from_slice(&(length as u64).to_le_bytes());
            let error = Gazetteer::from_bytes(sealed(bytes)).expect_err("a part is missing");
            assert!(error.is_corrupt(), "{length}: {error}");
        }
    }
    for added in [&b"\0"[..], b"\n", &SOUND] {
        let error = Gazetteer::from_bytes([&SOUND, added].concat()).expect_err("a part too much");
        assert!(error.is_corrupt(), "{error}");
    }
}

#[test]
fn foreign_bytes_are_told_as_such() {
    let gzip = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3];
    // What a transfer as text makes of the first bytes.
    let text = SOUND.iter().filter(|&&byte| byte != b'\r').copied().collect::<Vec<_>>();
    let list = std::fs::read(LIST).unwrap();
    let zeros = vec![0; 4096];
    for bytes in [&b""[..], b"\0", b"id,name\nmosul,Mosul\n", &gzip, &text, &list, &zeros] {
        let error = Gazetteer::from_bytes(bytes).unwrap_err();
        assert!(error.is_foreign() && !error.is_corrupt() && !error.is_incompatible(), "{error}");
        assert_eq!(
            error.to_string(),
            "not a compiled gazetteer; name lists are compiled with \
             `exonym compile LIST.csv -o OUT.gaz`"
        );
    }
}

#[test]
fn other_versions_are_told_apart() {
    let format = Gazetteer::from_bytes(SOUND.as_slice()).unwrap().info().unwrap().format;
    let unicode = format!("{}.{}.{}", UNICODE.0, UNICODE.1, UNICODE.2);
    let update = "update the program, or compile the lists again with this one";
    let again = "compile the lists again with this program";
    let next = |version: u16| (version + 1).to_le_bytes();
    let cases = [
        (patched(8, &next(format)), "format", (format + 1).to_string(), format.to_string(), update),
        (patched(8, &[0, 0]), "format", "0".into(), format.to_string(), again),
        (
            patched(10, &next(KEY_SCHEME)),
            "key scheme",
            (KEY_SCHEME + 1).to_string(),
            KEY_SCHEME.to_string(),
            update,
        ),
        (patched(10, &[0, 0]), "key scheme", "0".into(), KEY_SCHEME.to_string(), again),
        (patched(12, &[255, 0, 0]), "Unicode version", "255.0.0".into(), unicode.clone(), update),
        (patched(12, &[9, 1, 2]), "Unicode version", "9.1.2".into(), unicode, again),
    ];
    for (bytes, what, found, expected, advice) in cases {
        let error = Gazetteer::from_bytes(bytes).unwrap_err();
        assert!(error.is_incompatible() && !error.is_corrupt() && !error.is_foreign(), "{error}");
        let message =
            format!("the file's {what} is {found}, but this program reads {expected}; {advice}");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn damage_is_named() {
    let message = |bytes: Vec<u8>| {
        let error = Gazetteer::from_bytes(bytes).unwrap_err();
        assert!(error.is_corrupt() && !error.is_foreign() && !error.is_incompatible(), "{error}");
        error.to_string()
    };
    let length = SOUND.len();
    assert_eq!(
        message(SOUND[..100].to_vec()),
        format!("cut short or padded: 100 bytes instead of {length}; copy or compile it again")
    );
    let mut bytes = SOUND.clone();
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(
        message(bytes),
        "damaged: origins differs from its checksum or bounds; copy or compile it again"
    );
    let header = "damaged: header differs from its checksum or bounds; copy or compile it again";
    let mut bytes = SOUND.clone();
    bytes[HEADER] ^= 1;
    assert_eq!(message(bytes), header);
    // Sound by its checksum, but not by its contents.
    assert_eq!(message(patched(15, &[11])), header);
    assert_eq!(message(patched(HEADER, &u64::MAX.to_le_bytes())), header);
    assert_eq!(message(patched(HEADER + 8, &u64::MAX.to_le_bytes())), header);
}

/// Maps a file that this test has just written.
fn map(path: &Path) -> Result<MappedGazetteer, Error> {
    #[allow(unsafe_code, reason = "mapping is unsafe")]
    // SAFETY: the file is the test's own and unchanged while mapped.
    unsafe {
        Gazetteer::map(path)
    }
}

#[test]
fn files_are_opened_and_refused_like_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("names.gaz");
    std::fs::write(&path, &*SOUND).unwrap();
    assert_eq!(answers(&map(&path).unwrap()), *RIGHT);
    assert_eq!(answers(&Gazetteer::open(&path).unwrap()), *RIGHT);

    let mut damaged = vec![
        Vec::new(),
        b"id,name\n".to_vec(),
        SOUND[..SOUND.len() - 1].to_vec(),
        patched(8, &[9, 9]),
        patched(10, &[9, 9]),
        patched(12, &[9, 9, 9]),
    ];
    for section in 0..usize::from(SOUND[15]) {
        let row = HEADER + ROW * section;
        let number = |at: usize| u64::from_le_bytes(SOUND[at..at + 8].try_into().unwrap()) as usize;
        assert!(number(row + 8) > 0, "section {section} is empty");
        let mut bytes = SOUND.clone();
        bytes[number(row) + number(row + 8) / 2] ^= 4;
        damaged.push(bytes);
    }
    for bytes in damaged {
        let path = folder.path().join("damaged.gaz");
        std::fs::write(&path, &bytes).unwrap();
        let wanted = Gazetteer::from_bytes(bytes.as_slice()).unwrap_err().to_string();
        let opened = Gazetteer::open(&path).unwrap_err();
        assert!(is_refusal(&opened) && opened.path() == Some(path.as_path()));
        assert_eq!(opened.to_string(), format!("{}: {wanted}", path.display()));
        match map(&path) {
            Err(mapped) => assert_eq!(mapped.to_string(), opened.to_string()),
            // Sections are tested on first use.
            Ok(mapped) => {
                assert_eq!(mapped.verify().unwrap_err().to_string(), wanted);
                let right =
                    |(answer, right): (&String, &String)| answer.is_empty() || answer == right;
                assert!(answers(&mapped).iter().zip(RIGHT.iter()).all(right));
            }
        }
        std::fs::remove_file(&path).unwrap();
    }
    let missing = folder.path().join("missing.gaz");
    for error in [map(&missing).unwrap_err(), Gazetteer::open(&missing).unwrap_err()] {
        assert!(error.is_io() && error.path() == Some(missing.as_path()), "{error}");
    }
    assert!(Gazetteer::open(folder.path()).unwrap_err().is_io());
}

/// A file of the first format. With `EXONYM_BLESS` set it is written anew, as must be done when the
/// format changes before its first release; after that it stays, and the next format gets its own.
#[test]
fn the_file_of_format_1_is_read_and_written_the_same() {
    if std::env::var_os("EXONYM_BLESS").is_some() {
        std::fs::write(FILE, &*SOUND).unwrap();
    }
    let gazetteer = Gazetteer::open(FILE).unwrap();
    assert_eq!(gazetteer.info().unwrap().format, 1);
    for (name, id) in [
        ("l'Irak", "iraq"),
        ("MOSSOUL", "mosul"),
        ("Koeln", "cologne"),
        ("Peiping", "beijing"),
        ("داعش", "islamic-state"),
        ("モスル", "mosul"),
        ("Paris", "paris-fr"),
        ("Nice-Matin", "nice-matin"),
    ] {
        assert_eq!(gazetteer.lookup(name)[0].entity().id(), id, "{name}");
    }
    let text = "L'État islamique (EI) recule de Mossoul.";
    let tagger = Tagger::new(&gazetteer).unwrap();
    let tagged = tagger.tag(text);
    let mentions = tagged
        .mentions
        .iter()
        .map(|mention| format!("{} {}", &text[mention.span()], tagger.entity(mention.entity).id()));
    let wanted = ["État islamique islamic-state", "EI islamic-state", "Mossoul mosul"];
    assert_eq!(mentions.collect::<Vec<_>>(), wanted);
    assert_eq!(answers(&gazetteer), *RIGHT);
    assert!(std::fs::read(FILE).unwrap() == *SOUND, "{LIST} compiles to other bytes than {FILE}");
}
