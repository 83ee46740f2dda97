//! Pipes that stay open, and pipes that are closed: the program answers while it reads, and ends
//! soon and silently when nobody reads it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use super::{NAMES, command, data};

/// Ends the program after the test, whatever happens.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Ending {
    fn soon(&mut self) -> ExitStatus {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the program does not end");
    }

    fn stderr(&mut self) -> String {
        let mut stderr = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        stderr
    }
}

#[test]
fn a_closed_pipe_ends_endless_reading_without_a_word() {
    for args in [&["tag", "--input", "lines", "--format", "jsonl"][..], &["lookup"]] {
        let mut child = Ending(command(&data(), &[args, &NAMES].concat()).spawn().unwrap());
        let mut stdin = child.0.stdin.take().unwrap();
        let writer = std::thread::spawn(move || while stdin.write_all(b"Mosul\n").is_ok() {});
        let mut line = String::new();
        let mut stdout = BufReader::new(child.0.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains("mosul"));
        drop(stdout);
        assert_eq!(child.soon().code(), Some(0), "{args:?}");
        assert_eq!(child.stderr(), "");
        writer.join().unwrap();
    }
}

#[test]
fn a_closed_pipe_ends_waiting_for_input_too() {
    let args = [&["tag", "--input", "lines", "--format", "jsonl"], &NAMES[..]].concat();
    let mut child = Ending(command(&data(), &args).spawn().unwrap());
    drop(child.0.stdout.take());
    let mut stdin = child.0.stdin.take().unwrap();
    stdin.write_all(b"Mosul\n").unwrap();
    // The input stays open.
    assert_eq!(child.soon().code(), Some(0));
    assert_eq!(child.stderr(), "");
    drop(stdin);
}

#[test]
fn a_failing_document_ends_the_work_though_input_stays_open() {
    let args = [&["tag", "--input", "jsonl", "--format", "csv"], &NAMES[..]].concat();
    let mut child = Ending(command(&data(), &args).spawn().unwrap());
    let mut stdin = child.0.stdin.take().unwrap();
    stdin.write_all(b"{\"text\":\"Mosul\"}\n{}\n").unwrap();
    assert_eq!(child.soon().code(), Some(2));
    let mut out = String::new();
    child.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(child.stderr().starts_with("exonym: -:2: no text"));
}

#[test]
fn a_live_stream_is_answered_line_by_line() {
    for args in [&["tag", "--input", "lines", "--format", "jsonl"][..], &["lookup"]] {
        let mut child = Ending(command(&data(), &[args, &NAMES].concat()).spawn().unwrap());
        let mut stdin = child.0.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.0.stdout.take().unwrap());
        for name in ["Mosul", "Iraq"] {
            writeln!(stdin, "{name}").unwrap();
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            assert!(line.contains(&name.to_lowercase()), "{args:?}: {line}");
        }
    }
}

#[test]
fn a_closed_pipe_ends_an_endless_import_without_a_word() {
    let args = ["import", "pairs", "-", "-o", "-"];
    let mut child = Ending(command(&data(), &args).spawn().unwrap());
    let mut stdin = child.0.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let mut rows = (0..).map(|number| format!("Form {number},Name {number}\n"));
        while stdin.write_all(rows.next().unwrap().as_bytes()).is_ok() {}
    });
    let mut line = String::new();
    let mut stdout = BufReader::new(child.0.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    assert!(line.starts_with("id,name,"));
    drop(stdout);
    assert_eq!(child.soon().code(), Some(0));
    assert_eq!(child.stderr(), "");
    writer.join().unwrap();
}

#[test]
fn closed_pipes_are_silent_everywhere() {
    let commands = [
        "tag article.txt",
        "tag article.txt --format html",
        "lookup Mosul",
        "lookup --format jsonl Mosul",
        "lookup --column city cities.csv",
        "explain Mosul",
    ];
    let alone = ["man", "completions zsh", "--help", "check --no-embedded names.csv", "info"];
    let lines = commands.iter().map(|line| (line, &NAMES[..]));
    for (line, names) in lines.chain(alone.iter().map(|line| (line, &[][..]))) {
        let args: Vec<&str> = line.split(' ').chain(names.iter().copied()).collect();
        let mut child = Ending(command(&data(), &args).spawn().unwrap());
        drop(child.0.stdout.take());
        assert!(child.soon().success(), "{line}");
        let stderr = child.stderr();
        let summary = stderr.is_empty() || stderr == "0 errors, 0 warnings, 1 note (ambiguous 1)\n";
        assert!(summary, "{line}: {stderr}");
    }
}

/// Interrupted while it reads an endless list, with names in temporary files already.
#[cfg(unix)]
#[test]
fn an_interrupted_compile_leaves_nothing_behind() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("old.gaz"), b"old").unwrap();
        let args = ["compile", "-", "-o", "old.gaz", "--memory", "1M"];
        let mut child = Ending(command(folder.path(), &args).spawn().unwrap());
        let mut stdin = child.0.stdin.take().unwrap();
        let mut list = String::from("id,name\n");
        for number in 0..50_000 {
            list += &format!("e{number},Name number {number}\n");
        }
        stdin.write_all(list.as_bytes()).unwrap();
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files(), 2, "the old file, and the one being written");
        let pid = child.0.id().to_string();
        assert!(
            std::process::Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.soon().code(), Some(130), "{signal}");
        assert_eq!(files(), 1);
        assert_eq!(std::fs::read(folder.path().join("old.gaz")).unwrap(), b"old");
        assert_eq!(child.stderr(), "");
    }
}
