//! Spelling: is a mention written as a listed name is, or with accents that no listed name has?
//!
//! In: the text of a mention, and its candidates. Out: [`Spelling`], and what it says of each of them.

use smallvec::SmallVec;

use super::{listed_with_key, names_of_key};
use crate::gazetteer::Name;
use crate::tag::{Candidate, Tagger, exact_form};
use crate::weights::{Feature, Seen};

/// How a mention is spelled.
pub(super) struct Spelling {
    /// Latin letters with accents, which names may lack.
    marks: usize,
    /// Of several candidates those with a name of the very characters.
    exact: SmallVec<[Listed; 2]>,
}

/// A layer, and the number that an entity has in it.
type Listed = (u16, u32);

impl Spelling {
    /// How the text `surface` is spelled, to which accents may have been added where `may_add`. Costs
    /// reading the names of the candidates with its key, if there are several.
    pub(super) fn of(
        tagger: &Tagger<'_>,
        surface: &str,
        may_add: bool,
        candidates: &[Candidate],
    ) -> Self {
        let mut spelling = Self { marks: 0, exact: SmallVec::new() };
        let may_add = may_add && !surface.is_ascii();
        let single = candidates.len() == 1;
        if single && !may_add {
            return spelling;
        }
        let form = exact_form(surface);
        if may_add {
            spelling.marks = marks(&form);
        }
        if single {
            return spelling;
        }
        let listed = candidates.iter().filter_map(|one| listed(tagger, one));
        let all: SmallVec<[Listed; 4]> = listed.collect();
        let mut layers: SmallVec<[u16; 4]> = SmallVec::new();
        for candidate in candidates {
            if layers.contains(&candidate.layer) {
                continue;
            }
            layers.push(candidate.layer);
            let Some(name) = tagger.name(candidate) else { continue };
            for (entity, name) in listed_with_key(&name) {
                let here = (candidate.layer, entity);
                let asked = all.contains(&here) && !spelling.exact.contains(&here);
                if asked && exact_form(&name.text()) == form {
                    spelling.exact.push(here);
                }
            }
        }
        spelling
    }

    /// How it compares with the names of a candidate.
    pub(super) fn compare(
        &self,
        tagger: &Tagger<'_>,
        candidate: &Candidate,
        kept: bool,
        seen: &mut Seen,
    ) {
        if !self.exact.is_empty() {
            let exact = listed(tagger, candidate);
            seen.see_if(exact.is_some_and(|it| self.exact.contains(&it)), Feature::Exact);
        }
        // Bulk lists often leave accents out.
        if kept
            && self.marks > 0
            && let Some(name) = tagger.name(candidate)
        {
            let has = |name: &Name<'_>| self.marks <= marks(&exact_form(&name.text()));
            // The name that was met has them most often.
            let known = has(&name) || names_of_key(&name).any(|name| has(&name));
            seen.see_if(!known, Feature::AddedMarks);
        }
    }
}

/// The entity to which the list gave the name that a candidate was met by.
fn listed(tagger: &Tagger<'_>, candidate: &Candidate) -> Option<Listed> {
    let name = tagger.name(candidate)?;
    Some((candidate.layer, name.view.row(name.row)?.entity.get()))
}

/// Latin letters with accents in a text.
fn marks(text: &str) -> usize {
    text.chars().filter(|char| ('\u{c0}'..'\u{250}').contains(char)).count()
}
