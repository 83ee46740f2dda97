//! Two columns, `variant,canonical`: the list that most desks have.
//!
//! CSV with comma, semicolon or tab, with or without a header; a header may name the columns in
//! another order, and a third, `lang`, of the variant. The canonical name makes the entity and its
//! id; names that differ only in what the key folds are one entity.

use std::collections::HashMap;

use super::ImportSource;
use super::files::Rows;
use super::run::{Form, Kept, Run};
use crate::error::Error;
use crate::record::{Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "pairs",
    about: "your own: two columns, variant and canonical, and lang if there is a third with that header",
    title: "",
    licence: "",
    attribution: "",
    attributes: &[],
    read,
};

const VARIANT: &[&str] = &["variant", "alias", "name", "raw", "spelling", "from", "synonym"];
const CANONICAL: &[&str] = &["canonical", "preferred", "standard", "normalized", "to", "target"];
const LANG: &[&str] = &["lang", "language"];

/// Where the cells stand.
struct Columns {
    variant: usize,
    canonical: usize,
    lang: Option<usize>,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let mut entities = Entities::new(run, "pairs:");
    for input in run.inputs(is_table)? {
        let rows = &mut input.rows(false)?;
        read_rows(run, rows, &mut entities)?;
    }
    Ok(())
}

pub(super) fn is_table(name: &str) -> bool {
    [".csv", ".tsv", ".txt"].iter().any(|end| name.ends_with(end))
}

fn read_rows(run: &mut Run<'_>, rows: &mut Rows, entities: &mut Entities) -> Result<(), Error> {
    let mut columns: Option<Columns> = None;
    while let Some((at, row)) = rows.next(run)? {
        let cell = |index: usize| row.get(index).unwrap_or_default();
        let columns = match &columns {
            Some(columns) => columns,
            None => {
                let named = header(&row);
                let is_header = named.is_some();
                let first = named.unwrap_or(Columns { variant: 0, canonical: 1, lang: None });
                let first = columns.insert(first);
                if is_header {
                    continue;
                }
                first
            }
        };
        let (variant, canonical) = (cell(columns.variant), cell(columns.canonical));
        let lang = columns.lang.map_or("", cell);
        if canonical.is_empty() {
            if !variant.is_empty() {
                run.problem(at, format!("`{variant}` has no canonical name"))?;
            }
            continue;
        }
        entities.add(run, at, canonical, [Form::variant(variant, lang)])?;
    }
    Ok(())
}

/// The columns, if the row names them.
fn header(row: &csv::StringRecord) -> Option<Columns> {
    let cells: Vec<String> = row.iter().map(str::to_lowercase).collect();
    let find = |words: &[&str]| cells.iter().position(|cell| words.contains(&cell.as_str()));
    Some(Columns { variant: find(VARIANT)?, canonical: find(CANONICAL)?, lang: find(LANG) })
}

/// Entities that have no id but their canonical name: `prefix` and its key.
pub(super) struct Entities {
    prefix: String,
    /// Whether each was kept.
    kept: HashMap<String, bool>,
}

impl Entities {
    pub(super) fn new(run: &Run<'_>, prefix: &str) -> Self {
        let prefix = run.options.prefix.as_deref().unwrap_or(prefix).to_owned();
        Self { prefix, kept: HashMap::new() }
    }

    /// The id of the entity with this canonical name; `None` if the name has no key.
    pub(super) fn id(&self, run: &Run<'_>, canonical: &str) -> Option<String> {
        let key = run.key(canonical);
        (!key.is_empty()).then(|| format!("{}{}", self.prefix, key.replace(' ', "-")))
    }

    /// Adds names to the entity with this canonical name, which is made if it is new.
    ///
    /// # Errors
    /// As `Run::problem`.
    pub(super) fn add(
        &mut self,
        run: &mut Run<'_>,
        at: super::files::At,
        canonical: &str,
        names: impl IntoIterator<Item = Form>,
    ) -> Result<(), Error> {
        self.add_with(run, at, canonical, names, Record::default())
    }

    /// The same with facts of the entity, which are kept if it is new.
    pub(super) fn add_with(
        &mut self,
        run: &mut Run<'_>,
        at: super::files::At,
        canonical: &str,
        names: impl IntoIterator<Item = Form>,
        facts: Record,
    ) -> Result<(), Error> {
        let Some(id) = self.id(run, canonical) else {
            return run.problem(at, format!("`{canonical}` holds no letter and no digit"));
        };
        // Its variants would stand for it.
        if canonical.contains('|') {
            return run.problem(at, format!("`{canonical}` holds `|`, which separates names"));
        }
        if let Some(&kept) = self.kept.get(&id) {
            for form in names {
                let seen = format!("{id}\0{}\0{}", form.name, form.lang);
                if kept && form.name != canonical && run.is_new(&seen) {
                    run.name(at, &id, form)?;
                }
            }
            return Ok(());
        }
        let forms: Vec<Form> = names.into_iter().collect();
        for form in &forms {
            run.is_new(&format!("{id}\0{}\0{}", form.name, form.lang));
        }
        let stated = forms.iter().find(|form| form.name == canonical).cloned();
        let first = Form {
            role: Some(Role::Canonical),
            ..stated.unwrap_or_else(|| Form::canonical(canonical, ""))
        };
        let rest = forms.into_iter().filter(|form| form.name != canonical);
        let all = std::iter::once(first).chain(rest);
        let facts = Record { id: id.clone(), ..facts };
        let kept = run.entity(at, facts, all)? == Kept::Yes;
        self.kept.insert(id, kept);
        Ok(())
    }
}
