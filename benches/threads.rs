//! Does the program use a second processor, and does its memory stay the same however long it runs?
//!
//! `cargo bench --bench threads` runs `exonym tag` on 100 MB of documents as JSON Lines with one
//! thread and with two, in turn, three times each, and prints the ratio of the best times. Two
//! processors must be idle for it to mean anything. Then it sends `EXONYM_STREAM_MB` (1,000) megabytes of documents to the standard input
//! and prints the peak of memory on the way: it must not grow.
//!
//! Documents are those of `text/*.txt.gz` under the folder in `EXONYM_SHARED`, without it the
//! articles in `docs/`, over and over.

mod common;

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const PROGRAM: &str = env!("CARGO_BIN_EXE_exonym");
const DOCUMENTS: usize = 100_000_000;

fn main() {
    let lines = lines();
    let folder = std::env::temp_dir().join(format!("exonym-threads-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    threads(&folder, &lines);
    for (threads, format) in [("1", "jsonl"), ("2", "jsonl"), ("2", "csv")] {
        stream(threads, format, &lines);
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// The documents as JSON Lines, languages in turn.
fn lines() -> Vec<String> {
    let texts = common::texts();
    let most = texts.iter().map(|(_, text)| text.lines().count()).max().unwrap_or(0);
    let documents: Vec<(&str, Vec<&str>)> =
        texts.iter().map(|(name, text)| (name.as_str(), text.lines().collect())).collect();
    let turns = (0..most).flat_map(|turn| {
        documents.iter().filter_map(move |(lang, list)| Some((*lang, *list.get(turn)?)))
    });
    let object = |(id, (lang, text)): (usize, (&str, &str))| {
        serde_json::json!({"id": id, "lang": lang, "text": text}).to_string() + "\n"
    };
    turns.enumerate().map(object).collect()
}

/// Writes documents over and over, up to a size; tells how far it is after each.
fn write(mut out: impl Write, lines: &[String], bytes: usize, mut at: impl FnMut(usize)) {
    let mut written = 0;
    while written < bytes {
        for line in lines {
            out.write_all(line.as_bytes()).expect("the documents can be written");
            written += line.len();
            at(written);
            if written >= bytes {
                break;
            }
        }
    }
    out.flush().expect("the documents can be written");
}

fn threads(folder: &Path, lines: &[String]) {
    let file = folder.join("documents.jsonl");
    let out = std::fs::File::create(&file).expect("the folder can be written");
    write(BufWriter::new(out), lines, DOCUMENTS, |_| ());
    let mut best = [f64::MAX; 2];
    for _ in 0..3 {
        for (threads, best) in ["1", "2"].into_iter().zip(&mut best) {
            let mut command = Command::new(PROGRAM);
            command.args(["tag", "--format", "jsonl", "--threads", threads]).arg(&file);
            let start = Instant::now();
            let status = command.stdout(Stdio::null()).status().expect("the program starts");
            assert!(status.success());
            let time = start.elapsed().as_secs_f64();
            *best = best.min(time);
            println!("{threads} threads: {time:.2} s");
        }
    }
    let [one, two] = best;
    let speed = |time: f64| DOCUMENTS as f64 / 1e6 / time;
    println!(
        "100 MB: one thread {:.0} MB/s, two {:.0} MB/s: {:.2} times as fast",
        speed(one),
        speed(two),
        one / two
    );
}

fn stream(threads: &str, format: &str, lines: &[String]) {
    let megabytes = std::env::var("EXONYM_STREAM_MB").ok().and_then(|size| size.parse().ok());
    let bytes = megabytes.unwrap_or(1_000_usize) * 1_000_000;
    let mut child = Command::new(PROGRAM)
        .args(["tag", "--input", "jsonl", "--format", format, "--threads", threads])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let pipe = child.stdin.take().expect("it was asked for");
    let mut peaks = Vec::new();
    let mut next = bytes / 10;
    write(BufWriter::new(pipe), lines, bytes, |written| {
        if written >= next {
            peaks.push(peak(&child));
            next += bytes / 10;
        }
    });
    assert!(child.wait().expect("it was started").success());
    let shown: Vec<String> = peaks
        .iter()
        .map(|peak| peak.map_or_else(|| "?".into(), |bytes| format!("{:.1}", bytes / 1e6)))
        .collect();
    println!(
        "{} MB of {format} through stdin, {threads} threads: peak of memory at each tenth, MB: {}",
        bytes / 1_000_000,
        shown.join(" ")
    );
}

/// The most memory that a process has had, in bytes.
fn peak(child: &Child) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let found = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    found.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
}
