//! What the fuzz targets share: a small sound gazetteer, and using one in every way.
//!
//! ```text
//! cargo install cargo-fuzz
//! cargo fuzz run --sanitizer none tag              # stable
//! RUSTC_BOOTSTRAP=1 cargo fuzz run tag             # with the address sanitizer
//! ```

use std::sync::LazyLock;

use exonym::{
    CompileOptions, Document, Entity, Gazetteer, GazetteerBuilder, LayerSource, Layers, OffsetUnit,
    Offsets, Provenance, TagOptions, Tagger, read_list,
};

/// Names of several scripts, with every role, policy and entity column.
pub const LIST: &str = include_str!("../../tests/files/v1.csv");

/// [`LIST`], compiled.
pub static SOUND: LazyLock<Vec<u8>> =
    LazyLock::new(|| compile(LIST.as_bytes()).expect("the list is sound"));

/// [`SOUND`], opened.
pub static GAZETTEER: LazyLock<Gazetteer<&'static [u8]>> =
    LazyLock::new(|| Gazetteer::from_bytes(SOUND.as_slice()).expect("compiled bytes are sound"));

/// Compiles a list of any bytes.
pub fn compile(list: &[u8]) -> Result<Vec<u8>, exonym::Error> {
    let mut options = CompileOptions::default();
    options.provenance = Provenance::Rows;
    let mut builder = GazetteerBuilder::with_options(options);
    let problems =
        read_list(list, "list.csv", 0, Default::default(), &mut |record| builder.add(record));
    builder.add_problems(problems);
    builder.build()
}

/// Asks a gazetteer for everything it has, alone and as a layer over and under a sound one.
pub fn use_all<D: AsRef<[u8]> + Send + Sync>(gazetteer: &Gazetteer<D>) {
    const TEXT: &str = "L’armée d'Irak à MOSSOUL, l'État islamique (EI) à Nice, Nice-Matin; ISIS, \
        в Ирак; في العراق والموصل; 北京とモスル, Koeln, Rhodesia, Zimbabwean, Paris, PARIS.";
    const NAMES: [&str; 8] =
        ["Mossoul", "l'Irak", "IS", "Koeln", "Nice-Matin", "Peiping", "والعراق", "Paris"];
    let _ = gazetteer.info();
    // Contents that do not fit their form may repeat: a few of each is enough.
    gazetteer.entities().take(40).for_each(|entity| look_at(&entity));
    let found = ["iraq", "geonames:99072", "wikidata:Q796", "", "nowhere"]
        .map(|id| gazetteer.entity(id).map(|entity| entity.id()));
    std::hint::black_box(found);
    let layers = |sources: [&dyn LayerSource; 2]| {
        if let Ok(layers) = Layers::new(sources) {
            for name in NAMES {
                layers.lookup(name).iter().for_each(|found| look_at(found.entity()));
            }
            let tagger = Tagger::with_layers(&layers);
            tag(&tagger, TEXT);
        }
    };
    layers([gazetteer, &*GAZETTEER]);
    layers([&*GAZETTEER, gazetteer]);
    for name in NAMES {
        for found in gazetteer.lookup(name) {
            std::hint::black_box(found.why());
        }
    }
    if let Ok(tagger) = Tagger::new(gazetteer) {
        tag(&tagger, TEXT);
        std::hint::black_box(tagger.explain(TEXT));
    }
}

fn look_at(entity: &Entity<'_>) {
    let facts = (entity.id(), entity.ids(), entity.attributes(), entity.kind(), entity.country());
    let more = (entity.location(), entity.weight(), entity.parent_id(), entity.replaced_by());
    let names: Vec<_> = entity
        .names()
        .take(40)
        .map(|name| (name.text(), name.lang(), name.role(), name.dates(), name.origin()))
        .collect();
    let dates: Vec<_> =
        names.iter().filter_map(|(.., dates, _)| Some(dates.0?.to_string())).collect();
    std::hint::black_box((facts, more, dates, entity.canonical_name("fr")));
}

/// Tags a text and tests what holds of every answer.
pub fn tag(tagger: &Tagger<'_>, text: &str) {
    let document = Document::new(text).date(exonym::Date::parse("2014-06-29"));
    let mut offsets = Offsets::new(text, OffsetUnit::Utf16);
    let mut end = 0;
    for mention in tagger.find_iter(document.clone()) {
        let span = mention.span;
        assert!(end <= span.start && !span.is_empty(), "{span:?} after {end}");
        end = span.end;
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
        assert!(!mention.candidates.is_empty());
        let offset = offsets.at(span.end);
        assert_eq!(offset, text[..span.end].encode_utf16().count());
    }
    let tagged = tagger.tag(document.clone());
    assert_eq!(format!("{tagged:?}"), format!("{:?}", tagger.tag(document)));
    for mention in &tagged.mentions {
        assert!(mention.score.is_finite() && mention.score >= 0.0, "{}", mention.score);
        for why in &mention.why {
            std::hint::black_box(why.text(tagger, text));
        }
    }
}

/// The options that the bits of `byte` stand for.
pub fn options(byte: u8) -> TagOptions {
    let mut options = TagOptions::default();
    options.demonyms = byte & 1 != 0;
    if byte & 4 != 0 {
        options.langs = vec!["fr".into()];
    }
    if byte & 8 != 0 {
        options.countries = vec!["IQ".into()];
    }
    if byte & 16 != 0 {
        options.min_score = 0.9;
    }
    options
}
