//! The subcommand `gaps` from outside: rows, options, exit codes, whatever the number of threads.

use std::path::Path;
use std::process::{Command, Output};

const LIST: &str = "id,name,lang,role,kind\n\
                    aleria,Aleria,en,canonical,region\n\
                    aleria,Alerian,en,demonym,\n";

const NEWS: &str = "The mayor of Qorvia met rebels of Aleria.\n\
                    Clashes in the province of Qorvia and in New Aleria.\n\
                    The Alerian army left Qorvia, Mr Grubbo said.\n\
                    Boria fell. Boria, again.\n";

/// The program's answer on the news, one document a line.
fn gaps(folder: &Path, args: &[&str]) -> Output {
    let (list, news) = (folder.join("list.csv"), folder.join("news.txt"));
    std::fs::write(&list, LIST).unwrap();
    std::fs::write(&news, NEWS).unwrap();
    Command::new(env!("CARGO_BIN_EXE_exonym"))
        .args(["gaps", "--no-embedded", "-g"])
        .args([list, news])
        .args(["--input", "lines", "--lang", "en"])
        .args(args)
        .output()
        .unwrap()
}

#[test]
fn rows_are_those_of_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let expected = "\
id,name,lang,role,policy,since,until,kind,country,parent,lat,lon,weight,same_as,source,note,count,documents,context
qorvia,Qorvia,en,canonical,,,,,,,,,,,,,3,3,Clashes in the province of Qorvia and in New Aleria
new-aleria,New Aleria,en,canonical,,,,,,,,,,,,,1,1,in the province of Qorvia and in New Aleria
grubbo,Grubbo,en,canonical,,,,,,,,,,,,,1,1,\"The Alerian army left Qorvia, Mr Grubbo said\"
";
    for threads in ["1", "2", "7"] {
        let output = gaps(folder.path(), &["--least", "1", "--threads", threads]);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        assert!(output.status.success() && output.stderr.is_empty());
    }
}

#[test]
fn least_and_most_bound_the_rows() {
    let folder = tempfile::tempdir().unwrap();
    let names = |args: &[&str]| {
        let output = gaps(folder.path(), args);
        let rows = String::from_utf8(output.stdout).unwrap();
        rows.lines().skip(1).map(|row| row.split(',').nth(1).unwrap().to_owned()).collect()
    };
    let (bounded, most): (Vec<String>, Vec<String>) =
        (names(&[]), names(&["--least", "1", "--most", "2"]));
    assert_eq!(bounded, ["Qorvia"]);
    assert_eq!(most, ["Qorvia", "New Aleria"]);
}

#[test]
fn documents_that_cannot_be_read_stop_it_or_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.jsonl");
    std::fs::write(&bad, "{\"id\":1,\"text\":\"He left Qorvia.\"}\n{\"id\":2}\n").unwrap();
    let run = |on_error| {
        let command = ["gaps", "--least", "1", "--on-error", on_error];
        Command::new(env!("CARGO_BIN_EXE_exonym")).args(command).arg(&bad).output().unwrap()
    };
    let stopped = run("stop");
    assert_eq!((stopped.status.code(), stopped.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8(stopped.stderr).unwrap().contains("bad.jsonl:2"));
    let skipped = run("skip");
    assert_eq!(skipped.status.code(), Some(2));
    assert!(String::from_utf8(skipped.stdout).unwrap().contains("\nqorvia,Qorvia,"));
    assert!(String::from_utf8(skipped.stderr).unwrap().contains("bad.jsonl:2"));
}
