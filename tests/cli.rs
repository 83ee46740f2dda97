//! The program from outside. What it prints stands in `tests/cli/*.trycmd` (with
//! `TRYCMD=overwrite` a run writes it anew) and in README.md; here is what a page cannot show:
//! streams, compressed and damaged files, threads, terminals.
//!
//! `tests/cli/NAME.in` is the folder in which the commands of a page run.

mod long;
mod streams;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_exonym");

/// The names that most tests work with.
const NAMES: [&str; 3] = ["-g", "names.csv", "--no-embedded"];

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/data")
}

/// What a run printed, and its exit code.
#[derive(Debug, PartialEq)]
struct Ran {
    code: Option<i32>,
    out: Vec<u8>,
    err: String,
}

impl Ran {
    fn out(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    /// The output of a run that ended well.
    fn good(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""));
        String::from_utf8(self.out).unwrap()
    }

    /// The message of a run that failed.
    fn bad(self) -> String {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self.err
    }
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run_in(folder: &Path, args: &[&str], stdin: &[u8]) -> Ran {
    let mut child = command(folder, args).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // From another thread, so that both pipes can fill; a program that does not read closes it.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran { code: status.code(), out: stdout, err: String::from_utf8(stderr).unwrap() }
}

/// Runs a subcommand with the tests' names, in the folder of the tests' files.
fn run(subcommand: &str, args: &[&str], stdin: &[u8]) -> Ran {
    run_in(&data(), &[&[subcommand], &NAMES[..], args].concat(), stdin)
}

fn tag(args: &[&str], stdin: &[u8]) -> Ran {
    run("tag", args, stdin)
}

/// A folder with `names.csv` and the files given.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(data().join("names.csv"), folder.path().join("names.csv")).unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(data().join(name)).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn objects(jsonl: &str) -> Vec<Value> {
    jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_subcommand_prints_what_its_pages_show() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("exonym", Path::new(PROGRAM)).case("tests/cli/*.trycmd").run();
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    if !readme.exists() {
        return println!("skipped: there is no README.md");
    }
    if option_env!("EXONYM_GAZETTEER_DIR").is_some() {
        return println!("skipped: other names than the repository's are embedded");
    }
    trycmd::TestCases::new().register_bin("exonym", Path::new(PROGRAM)).case(readme).run();
}

#[test]
fn stdin_is_read_in_every_form() {
    let csv = |args: &[&str], stdin: &[u8]| {
        let out = tag(&[args, &["--format", "csv"]].concat(), stdin).good();
        let cells = out.lines().skip(1).map(|row| row.split(',').take(5).collect::<Vec<_>>());
        cells.map(|cells| cells.join(",")).collect::<Vec<_>>()
    };
    for args in [&[][..], &["-"], &["--input", "text"]] {
        assert_eq!(csv(args, b"In\nMosul"), ["-,3,8,Mosul,mosul"], "{args:?}");
    }
    assert_eq!(csv(&["--input", "lines"], b"\r\nMosul\r\n"), ["2,0,5,Mosul,mosul"]);
    assert_eq!(csv(&["--input", "jsonl"], b"{\"id\":7,\"text\":\"Mosul\"}"), ["7,0,5,Mosul,mosul"]);
    assert_eq!(csv(&["--input", "csv"], b"text,n\nMosul,1\n"), ["1,0,5,Mosul,mosul"]);
    assert_eq!(csv(&["--input", "html"], b"<p>Mosul"), ["-,3,8,Mosul,mosul"]);
    assert_eq!(csv(&["--input", "html"], &gzip(b"<p>Mosul")), ["-,3,8,Mosul,mosul"]);
    // A file's ending tells only of that file.
    assert_eq!(csv(&["folder/a.jsonl", "-"], b"Mosul").len(), 2);
    for form in ["text", "lines", "jsonl", "html"] {
        assert_eq!(csv(&["--input", form], b""), [""; 0], "{form}");
    }
    assert!(tag(&["--input", "csv"], b"").bad().contains("no column `text`"));
}

#[test]
fn lookup_reads_a_name_a_line_from_stdin() {
    let out = run("lookup", &["--format", "csv"], "Mossoul\r\n\nAtlantis".as_bytes()).good();
    let ids: Vec<_> = out.lines().map(|row| row.split(',').take(2).collect::<Vec<_>>()).collect();
    let expected = [["query", "exonym_id"], ["Mossoul", "mosul"], ["", ""], ["Atlantis", ""]];
    assert_eq!(ids, expected);
    let ran = run("lookup", &["-"], b"Mosul\n\xff\n");
    assert_eq!(ran.out().lines().count(), 1);
    assert!(ran.bad().contains("line 2"));
}

#[test]
fn gzip_of_every_form_reads_as_the_form() {
    let files: [(&str, &[&str]); 6] = [
        ("article.txt", &[]),
        ("lines.txt", &["--input", "lines"]),
        ("feed.jsonl", &["--keep"]),
        ("rows.csv", &["--keep"]),
        ("rows.tsv", &["--text-column", "body"]),
        ("page.html", &[]),
    ];
    for (name, args) in files {
        let bytes = read(name);
        // Two members, as `cat one.gz two.gz` makes them.
        let (one, two) = bytes.split_at(bytes.len() / 2);
        let packed = [gzip(one), gzip(two)].concat();
        let packed_name = format!("{name}.gz");
        let folder = folder(&[(name, &bytes), (&packed_name, &packed)]);
        let tag = |file: &str| {
            let args = [&["tag", file, "--format", "jsonl"], &NAMES[..], args].concat();
            run_in(folder.path(), &args, b"").good()
        };
        assert!(tag(name).contains("Mos"), "{name}");
        assert_eq!(tag(&packed_name).replace(&packed_name, name), tag(name));
    }
}

#[test]
fn a_broken_gzip_is_an_error_that_names_the_file() {
    let lines = "Mosul and Iraq and Tripoli\n".repeat(50_000);
    let packed = gzip(lines.as_bytes());
    let cut = &packed[..packed.len() / 2];
    let mut changed = packed.clone();
    let last = changed.len() - 6;
    changed[last] ^= 1;
    let folder = folder(&[("cut.txt.gz", cut), ("changed.txt.gz", &changed), ("b.txt", b"Mosul")]);
    for file in ["cut.txt.gz", "changed.txt.gz"] {
        for input in ["text", "lines"] {
            let args = [&["tag", file, "--input", input], &NAMES[..]].concat();
            assert!(run_in(folder.path(), &args, b"").bad().contains(file), "{file} {input}");
            let skip = ["b.txt", "--on-error", "skip", "--format", "jsonl"];
            let ran = run_in(folder.path(), &[&args, &skip[..]].concat(), b"");
            let objects = objects(ran.out());
            let [.., failed, read] = objects.as_slice() else { panic!("{objects:?}") };
            assert_eq!((failed["id"].as_str(), ran.code), (Some(file), Some(2)));
            assert!(failed["error"].is_string());
            assert_eq!(read["mentions"].as_array().map(Vec::len), Some(1));
        }
    }
}

#[test]
fn lists_compress_too() {
    let folder = folder(&[("names.csv.gz", &gzip(&read("names.csv")))]);
    let tag = |names: &str| {
        let args = ["tag", "--no-embedded", "-g", names, "--format", "jsonl"];
        run_in(folder.path(), &args, &read("article.txt")).good()
    };
    assert!(tag("names.csv").contains("mosul"));
    assert_eq!(tag("names.csv.gz"), tag("names.csv"));
}

#[test]
fn positions_in_a_page_lead_to_the_text_of_the_mention() {
    let pages = [
        String::from_utf8(read("page.html")).unwrap(),
        "\u{FEFF}<p>Mosul</p>".to_owned(),
        "<p>M<b>o</b>&#115;<!-- x -->u&#x6c;</p>&lt;Iraq&gt; <b>I</b>raq&nbsp;<i>Mosul".to_owned(),
        "😀 &#128512; <td>Mosul<td>Iraq<br>Mosul & Iraq &unknown; Iraq &amp".to_owned(),
        "<a title='>'>Islamic\n<b>State</b></a><P>État&#32;<i>islamique".to_owned(),
        "<script>Mosul</script x>Mosul <style>Mosul</STYLE>Mosul<svg><text>Mosul".to_owned(),
    ];
    let found = [6, 1, 4, 5, 2, 2];
    for (page, found) in pages.iter().zip(found) {
        let utf16: Vec<u16> = page.encode_utf16().collect();
        let points: Vec<char> = page.chars().collect();
        for unit in ["byte", "codepoint", "utf16"] {
            let args = ["--input", "html", "--offsets", unit, "--format", "jsonl"];
            let object = &objects(&tag(&args, page.as_bytes()).good())[0];
            let mentions = object["mentions"].as_array().unwrap();
            assert_eq!(mentions.len(), found, "{object}");
            for mention in mentions {
                let place = |end: &str| mention[end].as_u64().unwrap() as usize;
                let (start, end) = (place("start"), place("end"));
                let raw = match unit {
                    "byte" => page[start..end].to_owned(),
                    "utf16" => String::from_utf16(&utf16[start..end]).unwrap(),
                    _ => points[start..end].iter().collect(),
                };
                assert_eq!(mention["text"], raw.as_str());
                assert!(!raw.starts_with('<') && !raw.ends_with('>'), "{raw}");
            }
        }
    }
}

#[test]
fn replaced_names_leave_the_tags_of_a_page_in_pairs() {
    let page = "<p>L'<b>&Eacute;tat</b>&nbsp;<i>isla</i>mique</p>";
    let out = tag(&["--input", "html", "--format", "replace"], page.as_bytes()).good();
    assert_eq!(out, "<p>L'<b>Islamic State</b><i></i></p>");
}

#[test]
fn output_is_the_same_for_any_number_of_threads() {
    let words = ["Mosul", "Tripoli", "l'EI", "État islamique", "in Iraq", "Nice", "France", "—"];
    let lines: String = (0..3000)
        .map(|line| {
            let words = (0..line % 17).map(|word| words[(line * 7 + word * word) % words.len()]);
            words.collect::<Vec<_>>().join(" ") + "\n"
        })
        .collect();
    let folder = folder(&[("many.txt", lines.as_bytes())]);
    for format in ["text", "jsonl", "csv", "replace", "html"] {
        let run = |threads: &str| {
            let args = ["tag", "many.txt", "--input", "lines", "--rejected", "--format", format];
            let args = [&args[..], &NAMES, &["--threads", threads]].concat();
            run_in(folder.path(), &args, b"").good()
        };
        let one = run("1");
        assert!(one.len() > 10_000);
        for threads in ["2", "8", "0"] {
            assert!(run(threads) == one, "{format} with {threads} threads differs");
        }
    }
}

#[test]
fn bytes_that_are_no_utf8_are_refused_or_replaced() {
    let text = b"Mosul \xFF\xFE Iraq\n";
    let json = b"{\"id\":1,\"text\":\"Mosul \xFF\xFE Iraq\"}\n";
    let rows = b"id,text,note\n1,Mosul \xFF\xFE Iraq,\n";
    let forms = [
        ("text", &text[..], "byte 6"),
        ("lines", text, "1: not UTF-8 at byte 6"),
        ("jsonl", json, "1: not UTF-8 at byte 22"),
        ("csv", rows, "2: column `text`: not UTF-8 at byte 6"),
        ("html", text, "byte 6"),
    ];
    for (form, bytes, told) in forms {
        let args = ["--input", form, "--format", "jsonl"];
        let error = tag(&args, bytes).bad();
        assert!(error.contains(told) && error.contains("--lossy"), "{form}: {error}");
        let skipped = tag(&[&args[..], &["--on-error", "skip"]].concat(), bytes);
        assert!(objects(skipped.out())[0]["error"].as_str().unwrap().contains(told), "{form}");
        assert_eq!(skipped.bad(), "exonym: 1 document could not be read\n");
        let read = tag(&[&args[..], &["--lossy"]].concat(), bytes).good();
        let starts: Vec<_> = objects(&read)[0]["mentions"].as_array().unwrap().to_vec();
        let starts: Vec<_> = starts.iter().map(|mention| mention["start"].as_u64()).collect();
        assert_eq!(starts, [Some(0), Some(9)], "{form}");
    }
}

#[test]
fn a_byte_order_mark_counts_in_texts_and_is_no_part_of_records() {
    let starts = |form: &str, text: &str| {
        [&[][..], &["--lossy"]].map(|lossy| {
            let args = [&["--input", form, "--format", "jsonl"], lossy].concat();
            let object = &objects(&tag(&args, format!("\u{FEFF}{text}").as_bytes()).good())[0];
            (object["id"].clone(), object["mentions"][0]["start"].as_u64())
        })
    };
    assert_eq!(starts("text", "Mosul"), [("-".into(), Some(1)), ("-".into(), Some(1))]);
    assert_eq!(starts("html", "Mosul"), starts("text", "Mosul"));
    assert_eq!(starts("lines", "Mosul"), [(1.into(), Some(1)), (1.into(), Some(1))]);
    let record = [(7.into(), Some(0)), (7.into(), Some(0))];
    assert_eq!(starts("jsonl", "{\"id\":7,\"text\":\"Mosul\"}"), record);
    let record = [("7".into(), Some(0)), ("7".into(), Some(0))];
    assert_eq!(starts("csv", "id,text\n7,Mosul\n"), record);
}

#[test]
fn a_failed_compile_leaves_everything_as_it_was() {
    let folder = folder(&[("bad.csv", &read("bad.csv")), ("old.gaz", b"old")]);
    let compile = |list: &str, out: &str| run_in(folder.path(), &["compile", list, "-o", out], b"");
    let files = || {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    let error = compile("bad.csv", "old.gaz").bad();
    let end = "exonym: 8 bad rows; nothing was written: correct them, or leave them out with --skip-bad\n";
    assert!(error.ends_with(end), "{error}");
    for line in 2..=9 {
        assert!(error.contains(&format!("bad.csv:{line}: ")), "{error}");
    }
    compile("bad.csv", "new.gaz").bad();
    assert_eq!(files(), before);
    assert_eq!(std::fs::read(folder.path().join("old.gaz")).unwrap(), b"old");
    // A good one takes the old one's place, whole, and the same again.
    let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(compile("names.csv", "old.gaz").code, Some(0));
    let first = bytes("old.gaz");
    assert_eq!(compile("names.csv", "old.gaz").code, Some(0));
    assert_eq!(bytes("old.gaz"), first);
    assert_eq!(files(), before);
}

#[test]
fn a_damaged_file_is_named_and_no_command_panics() {
    let folder = folder(&[("article.txt", &read("article.txt"))]);
    let run = |args: &[&str]| run_in(folder.path(), args, b"");
    assert_eq!(run(&["compile", "names.csv", "-o", "names.gaz"]).code, Some(0));
    let file = folder.path().join("names.gaz");
    let whole = std::fs::read(&file).unwrap();
    let verify = run(&["info", "names.gaz", "--verify"]);
    assert_eq!((verify.code, verify.err.as_str()), (Some(0), "all checksums are right\n"));
    // By a new file, as the program asks: it maps them.
    let put = |bytes: &[u8]| {
        std::fs::write(folder.path().join("new"), bytes).unwrap();
        std::fs::rename(folder.path().join("new"), &file).unwrap();
    };
    let serve = ["tag", "article.txt", "--no-embedded", "-g", "names.gaz"];
    for at in (0..whole.len()).step_by(41) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        put(&bytes);
        let error = run(&["info", "names.gaz", "--verify"]).bad();
        assert!(error.starts_with("exonym: names.gaz: "), "byte {at}: {error}");
        let served = run(&serve);
        assert!(matches!(served.code, Some(0 | 2)), "byte {at}: {served:?}");
        if served.code == Some(2) {
            assert!(served.bad().starts_with("exonym: names.gaz: "), "byte {at}");
        }
    }
    for length in [0, 1, 40, whole.len() / 2, whole.len() - 1] {
        put(&whole[..length]);
        assert!(run(&serve).bad().starts_with("exonym: names.gaz: "), "{length} bytes");
        assert!(run(&["info", "names.gaz"]).bad().starts_with("exonym: names.gaz: "));
    }
}

/// Runs the program at a pseudo-terminal; `None` where there is no `script` to make one.
fn at_terminal(args: &str, variables: &[(&str, &str)]) -> Option<String> {
    let mut script = Command::new("script");
    script.args(["-qec", &format!("'{PROGRAM}' {args}"), "/dev/null"]).current_dir(data());
    script.env_remove("NO_COLOR").env("TERM", "xterm").envs(variables.iter().copied());
    let output = script.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let args = "tag folder/b.txt -g names.csv --no-embedded";
    let Some(coloured) = at_terminal(args, &[]).filter(|_| cfg!(target_os = "linux")) else {
        return println!("skipped: no `script` to run the program at a terminal");
    };
    assert!(coloured.contains("\x1b[1;4;32mMosul\x1b[0m"), "{coloured:?}");
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let plain = at_terminal(args, &[variable]).unwrap();
        assert!(plain.contains("[Mosul]") && !plain.contains('\x1b'), "{plain:?}");
    }
    assert!(at_terminal(args, &[("NO_COLOR", "")]).unwrap().contains("\x1b[1;4;32m"));
}

#[test]
fn positions_of_names_within_names_cost_little_in_a_long_text() {
    let text = "é University of Mosul, ".repeat(40_000);
    let time = |offsets: &str| {
        let args = ["--overlapping", "--format", "csv", "--offsets", offsets];
        let start = std::time::Instant::now();
        assert_eq!(tag(&args, text.as_bytes()).good().lines().count(), 80_001);
        start.elapsed()
    };
    // Bytes are not counted; counting anew from the beginning took a hundred times as long.
    let (bytes, codepoints) = (time("byte"), time("codepoint"));
    assert!(codepoints < bytes * 8, "{codepoints:?}, bytes {bytes:?}");
}
