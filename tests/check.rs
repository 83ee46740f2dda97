//! The linter from outside: files and folders, order, layers.

use std::path::Path;

use exonym::{CheckOptions, Gazetteer, Role, Severity, check_lists};

fn alone() -> CheckOptions {
    let mut options = CheckOptions::default();
    options.alone = true;
    options
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn lists_of_a_folder_are_checked_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let second = write(
        folder.path(),
        "b.csv",
        "id,name,role,kind,parent\nqorvia-town,Qorvia,canonical,region,qorvia\n",
    );
    write(folder.path(), "a.tsv", "id\tname\trole\tkind\nqorvia\tQorvia\tcanonical\tregion\n");
    let findings = check_lists(&[folder.path()], &alone()).unwrap();
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.code, finding.severity), ("ambiguous", Severity::Warning));
    assert_eq!((&finding.file, finding.line), (&second, 2));
    assert!(finding.message.contains("a.tsv:2"), "{finding}");
    // One file of it lacks the parent.
    let findings = check_lists(&[&second], &alone()).unwrap();
    assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["unknown-parent"]);
}

#[test]
fn findings_stand_in_the_order_of_file_line_and_code() {
    let folder = tempfile::tempdir().unwrap();
    let header = "id,name,role,policy,kind,parent,country\n";
    let one = write(
        folder.path(),
        "one.csv",
        &format!("{header}a,Qorvia,canonical,upper,city,x,\nb,Qorvia,canonical,,city,y,\n"),
    );
    let two = write(folder.path(), "two.csv", &format!("{header}c,Zorvia,,upper,region,z,\n"));
    let findings = check_lists(&[&two, &one], &alone()).unwrap();
    let found: Vec<_> =
        findings.iter().map(|finding| (finding.file == two, finding.line, finding.code)).collect();
    let expected = [
        (false, 2, "no-country"),
        (false, 2, "no-location"),
        (false, 2, "unknown-parent"),
        (false, 2, "unreachable"),
        (false, 3, "ambiguous"),
        (false, 3, "no-country"),
        (false, 3, "no-location"),
        (false, 3, "unknown-parent"),
        (true, 2, "no-canonical"),
        (true, 2, "unknown-parent"),
        (true, 2, "unreachable"),
    ];
    assert_eq!(found, expected);
    assert_eq!(check_lists(&[&one, &two], &alone()).unwrap(), findings);
}

#[test]
fn a_list_is_judged_as_a_layer_over_the_embedded_gazetteer() {
    let known = Gazetteer::embedded()
        .entities()
        .find(|entity| {
            entity.stated_kind().is_some()
                && entity.names().any(|name| name.role() == Role::Canonical)
        })
        .expect("an entity with kind and canonical name");
    let folder = tempfile::tempdir().unwrap();
    let rows = format!(
        "id,name,role,kind,parent\n{0},Qorvia Variant,variant,,\n{0},Qorvia Other,variant,,\n\
         qorvia,Qorvia,canonical,region,{0}\nzorvia,Zorvia,canonical,region,qorvia\n",
        known.id()
    );
    let list = write(folder.path(), "overlay.csv", &rows);
    assert_eq!(check_lists(&[&list], &CheckOptions::default()).unwrap(), []);
    let findings = check_lists(&[&list], &alone()).unwrap();
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["no-canonical", "no-kind"]);
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(check_lists(&[folder.path()], &alone()).is_err());
    assert!(check_lists(&[folder.path().join("none.csv")], &alone()).unwrap_err().is_io());
    write(folder.path(), "a.csv", "id,name,role,kind\nqorvia,Qorvia,canonical,region\n");
    assert_eq!(check_lists(&[folder.path()], &alone()).unwrap(), []);
    let sources = write(folder.path(), "sources.json", "[{\"name\": ");
    let error = check_lists(&[folder.path()], &alone()).unwrap_err();
    assert_eq!(error.path(), Some(Path::new(&sources)));
}
