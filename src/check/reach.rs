//! Names that no text can mention: `unreachable`.
//!
//! Every name is really tagged: all distinct ones are compiled, each is put into a neutral
//! sentence, and the tagger says whether, and if not why, the name meets its own writing.

use std::collections::BTreeMap;

use super::Report;
use super::form::Form;
use crate::compile::GazetteerBuilder;
use crate::error::Error;
use crate::gazetteer::Gazetteer;
use crate::normalize::{Gap, Surface};
use crate::record::{Policy, Record, Role};
use crate::tag::{Document, TagOptions, Tagger};

/// A writing with its policy; the number is that of its entity in the compiled gazetteer.
type Writings<'l> = BTreeMap<(&'l str, Policy), u32>;

pub(super) fn check(forms: &[Form<'_>], report: &mut Report<'_>) -> Result<(), Error> {
    let tagged = |form: &&Form<'_>| !form.generated && form.name.role != Role::Search;
    let mut writings: Writings<'_> = BTreeMap::new();
    for form in forms.iter().filter(tagged) {
        writings.entry((&form.name.text, form.policy)).or_default();
    }
    let refused = refused(&mut writings)?;
    for form in forms.iter().filter(tagged) {
        let number = writings.get(&(form.name.text.as_str(), form.policy)).copied();
        let Some(reason) = number.and_then(|number| refused.get(&number)) else { continue };
        report.warn("unreachable", form, || {
            format!("“{}” is not found in its own writing: {reason}", form.name.text)
        });
    }
    for form in forms.iter().filter(|form| form.name.role == Role::Search && !form.generated) {
        if let Some(policy) = form.name.policy {
            report.warn("unreachable", form, || {
                format!(
                    "“{}” is never tagged, since its role is `search`: the policy `{policy}` does \
                     nothing",
                    form.name.text
                )
            });
        }
    }
    Ok(())
}

/// Numbers the writings; the reason for each that is not found, by number.
fn refused(writings: &mut Writings<'_>) -> Result<BTreeMap<u32, String>, Error> {
    let mut builder = GazetteerBuilder::new();
    for (((name, policy), number), count) in writings.iter_mut().zip(0_u32..) {
        *number = count;
        // Entities are numbered in the order of their ids.
        let id = format!("{count:08x}");
        builder.add(Record { policy: Some(*policy), ..Record::new(id, *name) });
    }
    let gazetteer = Gazetteer::from_bytes(builder.build()?)?;
    let options = TagOptions { overlapping: true, ..TagOptions::default() };
    let tagger = Tagger::new(&gazetteer)?.options(options);
    let mut refused = BTreeMap::new();
    for (&(name, _), &number) in writings.iter() {
        if let Some(reason) = refusal(&tagger, name, number) {
            refused.insert(number, reason);
        }
    }
    Ok(refused)
}

/// Why `name`, that of entity `number`, is not found in its own writing; `None` if it is.
fn refusal(tagger: &Tagger<'_>, name: &str, number: u32) -> Option<String> {
    // Three capitals, so that no text is taken for one without.
    const BEFORE: &str = "Then, ";
    let text = format!("{BEFORE}{name}, Then Again.");
    let mut keys = Vec::new();
    let segments = Surface::cut(name, &mut keys).segments;
    let (first, last) = (segments.first()?, segments.last()?);
    let (start, end) = (BEFORE.len() + first.start, BEFORE.len() + last.end);
    // The last dot of an acronym belongs to the mention.
    let ends = |found: usize| found == end || found == end + 1;
    let mut mentions = tagger.find_iter(Document::new(&text)).noting_attempts();
    let found = mentions.by_ref().any(|mention| {
        mention.span.start <= start
            && ends(mention.span.end)
            && mention.candidates.iter().any(|candidate| candidate.entity.index == number)
    });
    if found {
        return None;
    }
    let rows = tagger.layers().views().first()?.rows();
    let attempts = mentions.take_attempts();
    let attempt = attempts.iter().find(|attempt| {
        attempt.span.start == start
            && ends(attempt.span.end)
            && rows.get(attempt.row).is_some_and(|row| row.entity.get() == number)
    });
    Some(match attempt.map(|attempt| attempt.refused) {
        Some(Some(mismatch)) => mismatch.text().to_owned(),
        Some(None) => "it looks like an address, a handle or an identifier".to_owned(),
        None if segments.iter().skip(1).any(|segment| segment.gap == Gap::Break) => {
            "it holds what ends a sentence, or two marks in a row".to_owned()
        }
        None => "a text is not cut into words as it is".to_owned(),
    })
}
