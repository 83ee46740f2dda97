//! What becomes of the mentions of documents.

use std::collections::{BTreeMap, HashSet};

use super::Change;
use crate::eval::context;
use crate::output::one_line;
use crate::resolve::{Rejected, Resolved, Tagged};
use crate::span::Span;
use crate::tag::{Document, Tagger};

/// What becomes of one mention.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MentionChange {
    /// Came, went, or changed its entity.
    pub change: Change,
    /// Where it stands, in bytes.
    pub span: Span,
    /// The text of it.
    pub text: String,
    /// Id and canonical name of what the old gazetteers say it means; empty if it came.
    pub old: (String, String),
    /// The same of the new ones; empty if it went.
    pub new: (String, String),
    /// Why the other side has not got it: what holds it back, or what it is a part of. Empty if that
    /// side does not know the name at all.
    pub why: String,
    /// The mention in brackets, with some text around it, on one line.
    pub context: String,
}

/// The accepted mentions of a document on which two taggers differ, in order. An entity that lives
/// on under another id is the same.
pub fn mention_changes<'t>(
    old: &Tagger<'_>,
    new: &Tagger<'_>,
    document: impl Into<Document<'t>>,
) -> Vec<MentionChange> {
    let document = document.into();
    let (before, after) = (old.tag(document.clone()), new.tag(document.clone()));
    let text = document.text;
    let mut changes = Vec::new();
    let change = |change, span: Span| MentionChange {
        change,
        span,
        text: one_line(text.get(span.range()).unwrap_or_default()),
        old: Default::default(),
        new: Default::default(),
        why: String::new(),
        context: context(text, span),
    };
    // Overlapping mentions may share a span: each is compared with its like.
    let spans = |mentions: &[Resolved]| {
        let mut spans: BTreeMap<Span, Vec<usize>> = BTreeMap::new();
        for (index, mention) in mentions.iter().enumerate() {
            spans.entry(mention.span()).or_default().push(index);
        }
        spans
    };
    let mut partners = spans(&after.mentions);
    for mention in &before.mentions {
        let span = mention.span();
        let meant = named(old, mention);
        let partner = partners.get_mut(&span).filter(|list| !list.is_empty());
        let Some(other) = partner.map(|list| list.remove(0)) else {
            let why = reason(new, &after, text, span);
            changes.push(MentionChange { old: meant, why, ..change(Change::Went, span) });
            continue;
        };
        let Some(other) = after.mentions.get(other) else { continue };
        let same = || new.layers().find(&meant.0) == Some(other.entity);
        let means = named(new, other);
        if meant.0 != means.0 && !same() {
            changes.push(MentionChange { old: meant, new: means, ..change(Change::Changed, span) });
        }
    }
    for mention in partners.into_values().flatten().filter_map(|at| after.mentions.get(at)) {
        let span = mention.span();
        let (new, why) = (named(new, mention), reason(old, &before, text, span));
        changes.push(MentionChange { new, why, ..change(Change::Came, span) });
    }
    changes.sort_by_key(|change| (change.span, change.change));
    changes
}

/// Id and canonical name of what a mention is taken for.
fn named(tagger: &Tagger<'_>, mention: &Resolved) -> (String, String) {
    let entity = tagger.entity(mention.entity);
    (entity.id(), entity.canonical_name(""))
}

/// Why a span is no accepted mention: it was held back, or stands within or across another one.
fn reason(tagger: &Tagger<'_>, tagged: &Tagged, text: &str, span: Span) -> String {
    let held = |rejected: &Rejected| rejected.why.first().map(|why| why.text(tagger, text));
    let same = tagged.rejected.iter().find(|rejected| rejected.span() == span);
    if let Some(why) = same.and_then(held) {
        return why;
    }
    let other = tagged.rejected.iter().find(|rejected| rejected.span().overlaps(span));
    if let Some(why) = other.and_then(held) {
        return why;
    }
    let part = tagged.mentions.iter().map(Resolved::span).find(|other| other.overlaps(span));
    let shown = part.map(|part| one_line(text.get(part.range()).unwrap_or_default()));
    shown.map(|shown| format!("the mention there is “{shown}”")).unwrap_or_default()
}

/// Changes of mentions with the same text and the same entities.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MentionCount {
    /// Mentions.
    pub count: u64,
    /// Documents that have one.
    pub documents: u64,
    /// The id of the document with the first one, as given.
    pub document: String,
    /// The first one.
    pub example: MentionChange,
}

/// Counts changes of mentions over documents. Memory grows with the number of different ones.
#[derive(Clone, Debug, Default)]
pub struct MentionChanges {
    documents: u64,
    changed: u64,
    counts: BTreeMap<(Change, String, String, String), MentionCount>,
}

impl MentionChanges {
    /// Nothing counted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the changes of one document, and its id. Examples are from the first that has one.
    pub fn add(&mut self, document: &str, changes: Vec<MentionChange>) {
        self.documents += 1;
        self.changed += u64::from(!changes.is_empty());
        let mut seen = HashSet::new();
        for change in changes {
            let (text, old, new) = (&change.text, &change.old.0, &change.new.0);
            let key = (change.change, text.clone(), old.clone(), new.clone());
            let count = self.counts.entry(key.clone()).or_insert_with(|| MentionCount {
                count: 0,
                documents: 0,
                document: document.to_owned(),
                example: change,
            });
            count.count += 1;
            count.documents += u64::from(seen.insert(key));
        }
    }

    /// Documents added.
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Documents with a change.
    pub fn changed_documents(&self) -> u64 {
        self.changed
    }

    /// Mentions that came, went or changed their entity.
    pub fn count(&self, change: Change) -> u64 {
        let counts = self.counts.values().filter(|count| count.example.change == change);
        counts.map(|count| count.count).sum()
    }

    /// What was counted, most frequent first, within what came, what went and what changed.
    pub fn ranked(&self) -> Vec<&MentionCount> {
        let mut ranked: Vec<&MentionCount> = self.counts.values().collect();
        // Stable: what is as frequent stays in the order of its text.
        ranked.sort_by_key(|count| (count.example.change, std::cmp::Reverse(count.count)));
        ranked
    }
}
