//! Documents longer than what is resolved whole: one record each, exact positions, and a word on it.

use serde_json::Value;

use super::{Ran, folder, objects, run_in};

/// More than two parts of text, with a name at the beginning and one at the end.
fn long() -> String {
    let paragraph = "and nothing was new in the café 😀 today, they said.\n".repeat(1000) + "\n";
    format!("Mosul fell.\n\n{}To Mosul.", paragraph.repeat(700))
}

fn tag(folder: &tempfile::TempDir, args: &[&str]) -> Ran {
    run_in(folder.path(), &[&["tag", "-g", "names.csv", "--no-embedded"], args].concat(), b"")
}

#[test]
fn a_long_document_is_one_record_of_several_parts() {
    let text = long();
    assert!(text.len() > 2 << 24 && text.len() < 3 << 24);
    let folder = folder(&[("long.txt", text.as_bytes())]);
    let said = "exonym: long.txt: longer than 16 MB, resolved in 3 parts\n";
    let count = |unit: &str| match unit {
        "byte" => text.len(),
        "utf16" => text.encode_utf16().count(),
        _ => text.chars().count(),
    };
    for unit in ["byte", "codepoint", "utf16"] {
        let ran = tag(&folder, &["--format", "jsonl", "--offsets", unit, "long.txt"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), said));
        let [object] = &objects(ran.out())[..] else { panic!("one record") };
        assert_eq!((&object["id"], &object["parts"]), (&Value::from("long.txt"), &Value::from(3)));
        let place = |mention: &Value, bound: &str| mention[bound].as_u64().unwrap() as usize;
        let mentions = object["mentions"].as_array().unwrap().iter();
        let places: Vec<_> =
            mentions.map(|mention| (place(mention, "start"), place(mention, "end"))).collect();
        let end = count(unit) - 1;
        assert_eq!(places, [(0, 5), (end - 5, end)], "{unit}");
        assert_eq!(object["entities"][0]["count"], 2);
    }
    let ran = tag(&folder, &["--format", "csv", "long.txt"]);
    assert_eq!((ran.out().lines().count(), ran.err.as_str()), (3, said));
    let ran = tag(&folder, &["--format", "replace", "long.txt"]);
    assert!(ran.out().len() == text.len() + 1 && ran.out().ends_with("To Mosul.\n"));
    let ran = tag(&folder, &["--format", "html", "long.txt"]);
    assert_eq!((ran.code, ran.out().matches("<mark class=\"place").count()), (Some(0), 3));
}

#[test]
fn a_long_line_or_page_is_a_long_document_among_others() {
    let text = long();
    let line = text.replace('\n', " ");
    let lines = format!("Mosul.\n{line}\nMosul.\n");
    let page = format!("<p>{text}</p>");
    let folder = folder(&[("lines.txt", lines.as_bytes()), ("page.html", page.as_bytes())]);
    let parts = |args: &[&str]| -> (Vec<Value>, String) {
        let ran = tag(&folder, &[&["--format", "jsonl"], args].concat());
        let all = objects(ran.out());
        (all.into_iter().map(|object| object["parts"].clone()).collect(), ran.err)
    };
    let said = |id: &str| format!("exonym: {id}: longer than 16 MB, resolved in 3 parts\n");
    let none = Value::Null;
    assert_eq!(
        parts(&["--input", "lines", "lines.txt"]),
        (vec![none.clone(), 3.into(), none], said("2"))
    );
    assert_eq!(parts(&["page.html"]), (vec![3.into()], said("page.html")));
}
