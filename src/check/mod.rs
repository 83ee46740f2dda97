//! Beside the walk: the linter of name lists.
//!
//! In: lists as they are written, before they are compiled. Out: [`Finding`]s, each with its file
//! and line: rows that break the contract, and rows that keep it but harm: names that stand for
//! several entities, that can never be tagged, that are frequent words or given names; entities
//! that say too little. A non-empty `note` cell says that a row is meant so.
//!
//! [`lists`] reads, [`form`] gives each name its key and policy; then [`keys`], [`names`],
//! [`reach`] and [`entities`] look for one kind of harm each.

mod entities;
mod form;
mod keys;
mod lists;
mod names;
mod reach;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::error::Error;
use crate::gazetteer::Gazetteer;
use crate::record::Origin;

use form::Form;
use lists::Lists;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; a list with notes is clean.
    Note,
    /// Probably a mistake; a list that is meant so says it in the row's policy or `note` column.
    Warning,
    /// The list cannot be compiled.
    Error,
}

impl Severity {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What is wrong with a list, and where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The file, as given, or as found in the folder that was given.
    pub file: String,
    /// Line from 1; 0 if the file as a whole is meant.
    pub line: u64,
    /// How grave it is.
    pub severity: Severity,
    /// What kind of finding it is: a stable word such as `ambiguous`.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file)?;
        if self.line > 0 {
            write!(out, ":{}", self.line)?;
        }
        write!(out, ": {}[{}]: {}", self.severity.name(), self.code, self.message)
    }
}

/// How to check.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CheckOptions {
    /// Refuse columns that the contract does not know.
    pub strict: bool,
    /// Judge the lists by themselves, not as a layer over the embedded gazetteer, which may state
    /// the kind, canonical name or parent that a list leaves out.
    pub alone: bool,
}

/// Checks lists, or folders of lists, that will be compiled together. The findings stand in the
/// order of file, line and code. Costs about what compiling the lists costs.
///
/// ```
/// use exonym::{CheckOptions, Severity, check_lists};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("towns.csv");
/// std::fs::write(&path, "id,name,role,policy\nbirk,Birk,canonical,upper\n")?;
/// let findings = check_lists(&[path], &CheckOptions::default())?;
/// let unreachable = findings.iter().find(|finding| finding.code == "unreachable").unwrap();
/// assert_eq!((unreachable.line, unreachable.severity), (2, Severity::Warning));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If a file or folder cannot be opened, or a folder's `sources.json` cannot be read. Rows that
/// break the contract are findings.
pub fn check_lists<P: AsRef<Path>>(
    paths: &[P],
    options: &CheckOptions,
) -> Result<Vec<Finding>, Error> {
    let mut lists = Lists::default();
    for path in paths {
        lists.read(path.as_ref(), options.strict)?;
    }
    check(lists, (!options.alone).then(Gazetteer::embedded))
}

/// The first layer, over which the lists are judged.
type Base<'b> = Option<&'b Gazetteer<&'static [u8]>>;

fn check(mut lists: Lists, base: Base<'_>) -> Result<Vec<Finding>, Error> {
    lists.finish()?;
    if let Some(base) = base {
        lists.fill_blanks(base);
    }
    let forms = form::of_names(&lists.names);
    let mut report = Report { lists: &lists, findings: Vec::new(), groups: BTreeMap::new() };
    report.add_problems();
    keys::check(&forms, &mut report);
    names::check(&forms, &mut report);
    reach::check(&forms, &mut report)?;
    entities::check(base, &mut report);
    Ok(report.finish())
}

/// Findings as they come. Rows of one entity whose names have one key make one finding, since they
/// are mended together (a name is often listed once per language).
struct Report<'l> {
    lists: &'l Lists,
    findings: Vec<Finding>,
    groups: BTreeMap<GroupKey, Group>,
}

/// Code, severity, entity and key.
type GroupKey = (&'static str, Severity, u32, String);

struct Group {
    origins: Vec<Origin>,
    message: String,
}

/// Lines that a finding names besides its own.
const MOST_LINES: usize = 8;

impl Report<'_> {
    fn add(&mut self, severity: Severity, code: &'static str, at: Origin, message: String) {
        let file = self.lists.file_name(at.file).to_owned();
        self.findings.push(Finding { file, line: at.line.into(), severity, code, message });
    }

    /// Adds a finding on a name: a warning, or a note where the row has a note of its own.
    fn warn(&mut self, code: &'static str, form: &Form<'_>, message: impl FnOnce() -> String) {
        let severity = if form.name.noted { Severity::Note } else { Severity::Warning };
        self.add_grouped(severity, code, form, message);
    }

    fn add_grouped(
        &mut self,
        severity: Severity,
        code: &'static str,
        form: &Form<'_>,
        message: impl FnOnce() -> String,
    ) {
        let group = (code, severity, form.name.entity, form.key.clone());
        let group = self
            .groups
            .entry(group)
            .or_insert_with(|| Group { origins: Vec::new(), message: message() });
        group.origins.push(form.name.origin);
    }

    fn add_problems(&mut self) {
        self.findings.extend(self.lists.problems.iter().map(|problem| {
            let message = if problem.column.is_empty() {
                problem.reason.clone()
            } else {
                format!("column `{}`: {}", problem.column, problem.reason)
            };
            let (file, line) = (problem.file.clone(), problem.line);
            Finding { file, line, severity: Severity::Error, code: "bad-row", message }
        }));
    }

    /// A row, seen from a finding in file `from`.
    fn place(&self, at: Origin, from: u16) -> String {
        if at.file == from {
            format!("line {}", at.line)
        } else {
            format!("{}:{}", self.lists.file_name(at.file), at.line)
        }
    }

    fn finish(mut self) -> Vec<Finding> {
        for ((code, severity, ..), mut group) in std::mem::take(&mut self.groups) {
            group.origins.sort_unstable();
            group.origins.dedup();
            let mut origins = group.origins.into_iter();
            let Some(first) = origins.next() else { continue };
            let others: Vec<String> = origins
                .by_ref()
                .take(MOST_LINES)
                .map(|other| self.place(other, first.file))
                .collect();
            let more = origins.count();
            let mut message = group.message;
            if !others.is_empty() {
                message.push_str(&format!(" (also {}", others.join(", ")));
                message.push_str(&if more > 0 { format!(" and {more} more)") } else { ")".into() });
            }
            self.add(severity, code, first, message);
        }
        let rank = |finding: &Finding| (finding.line, finding.code);
        self.findings.sort_by(|one, other| {
            one.file
                .cmp(&other.file)
                .then_with(|| rank(one).cmp(&rank(other)))
                .then_with(|| one.message.cmp(&other.message))
        });
        self.findings
    }
}
