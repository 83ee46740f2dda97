//! How long does compiling take, and how much memory?
//!
//! `cargo bench --bench compile` composes names of words of the embedded gazetteer, a fourth of them
//! of entities of their own, writes them as a list, and compiles it with all cores and the program's
//! default bound. `EXONYM_NAMES` says how many (one million), `EXONYM_MEMORY` the bound in bytes
//! (one gigabyte); `EXONYM_LIST` names a list to be compiled instead. The peak of memory is the
//! process's (`VmHWM`), where the system tells it.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use exonym::{CompileOptions, Gazetteer, GazetteerBuilder};

fn main() {
    let number = |name: &str, default: u64| {
        let stated = std::env::var(name).ok();
        stated.map_or(default, |stated| stated.parse().expect("a number"))
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let list = std::env::var_os("EXONYM_LIST").map(PathBuf::from).unwrap_or_else(|| {
        let list = folder.path().join("names.csv");
        compose(&list, number("EXONYM_NAMES", 1_000_000)).expect("the list can be written");
        list
    });
    let memory = number("EXONYM_MEMORY", 1 << 30);
    let mut options = CompileOptions::default();
    options.skip_bad = true;
    options.threads = std::thread::available_parallelism().map_or(1, usize::from);
    let start = Instant::now();
    let mut builder = GazetteerBuilder::with_options(options).bounded(folder.path(), memory);
    builder.read(&list, Default::default()).expect("the list can be read");
    let read = start.elapsed().as_secs_f64();
    let file = std::fs::File::create(folder.path().join("names.gaz")).expect("a file");
    let mut out = BufWriter::new(file);
    let report = builder.write(&mut out).expect("the names can be compiled");
    out.flush().expect("the file can be written");
    let all = start.elapsed().as_secs_f64();
    println!(
        "{} names of {} entities: {read:.1} s to read, {all:.1} s in all, peak of memory {} MB",
        report.names,
        report.entities,
        peak().map_or("?".into(), |bytes| (bytes >> 20).to_string()),
    );
    for (section, bytes) in &report.sections {
        println!("{section:<12}{:>8.2} bytes a name", *bytes as f64 / report.names as f64);
    }
    println!("{:<12}{:>8.2} bytes a name", "all", report.bytes as f64 / report.names as f64);
}

/// Writes a list of `names` names.
fn compose(path: &Path, names: u64) -> std::io::Result<()> {
    let mut words: Vec<String> = Gazetteer::embedded()
        .entities()
        .flat_map(|entity| entity.names().map(|name| name.text()).collect::<Vec<_>>())
        .flat_map(|name| name.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| word.chars().count() > 2 && !word.contains([',', '"', '|']))
        .filter(|word| word.chars().all(char::is_alphanumeric))
        .collect();
    words.sort();
    words.dedup();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % most as u64) as usize
    };
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "id,name,lang,role,kind,country,lat,lon,weight,same_as")?;
    for number in 0..names {
        let entity = number / 4;
        write!(out, "geonames:{},", 1_000_000 + entity)?;
        for place in 0..=draw(3) {
            let blank = if place > 0 { " " } else { "" };
            write!(out, "{blank}{}", words[draw(words.len())])?;
        }
        if number % 4 == 0 {
            let (lat, lon) = (draw(180) as f64 - 90.0, draw(360) as f64 - 180.0);
            writeln!(out, ",,canonical,city,FR,{lat},{lon},{},wikidata:Q{entity}", draw(100_000))?;
        } else {
            writeln!(out, ",{},,,,,,,", ["", "fr", "ru", "ar"][draw(4)])?;
        }
    }
    out.flush()
}

/// The largest memory this process ever had.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}
