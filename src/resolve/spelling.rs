//! Spelling: is a mention written as a listed name is, or with accents that no listed name has?
//!
//! In: the text of a mention, and its candidates. Out: [`Spelling`], and what it says of each of them.

use smallvec::SmallVec;

use super::observe::MOST_CANDIDATES;
use super::{first_of_key, names_of_key};
use crate::normalize::accents;
use crate::tag::{Candidate, Tagger, exact_form};
use crate::weights::{Feature, Seen};

/// How a mention is spelled.
pub(super) struct Spelling {
    /// Its accents, which names may lack.
    marks: usize,
    /// Of several candidates those with a name of the very characters: a bit each, in their order.
    exact: u64,
}

const _: () = assert!(MOST_CANDIDATES <= u64::BITS as usize);

impl Spelling {
    /// How the text `surface` is spelled, to which accents may have been added where `may_add`. Costs
    /// reading the names of the candidates with its key, if there are several.
    pub(super) fn of(
        tagger: &Tagger<'_>,
        surface: &str,
        may_add: bool,
        candidates: &[Candidate],
    ) -> Self {
        let mut spelling = Self { marks: 0, exact: 0 };
        let may_add = may_add && !surface.is_ascii();
        let single = candidates.len() == 1;
        if single && !may_add {
            return spelling;
        }
        if may_add {
            spelling.marks = accents(surface);
        }
        if single {
            return spelling;
        }
        let form = exact_form(surface);
        let mut layers: SmallVec<[u16; 4]> = SmallVec::new();
        for candidate in candidates {
            if !layers.contains(&candidate.layer) {
                layers.push(candidate.layer);
                spelling.read(tagger, surface, &form, candidate.layer, candidates);
            }
        }
        spelling
    }

    /// Notes which candidates of a layer have a name of the very characters.
    fn read(
        &mut self,
        tagger: &Tagger<'_>,
        surface: &str,
        form: &str,
        layer: u16,
        candidates: &[Candidate],
    ) -> Option<()> {
        let own = candidates.iter().zip(0_u32..).filter(|(one, _)| one.layer == layer);
        let mut name = None;
        // What numbers the entities have in the layer, each with its candidate.
        let mut asked: SmallVec<[(u32, u32); 16]> = SmallVec::new();
        for (candidate, number) in own {
            let listed = tagger.name(candidate);
            let Some((listed, row)) = listed.and_then(|it| Some((it, it.view.row(it.row)?))) else {
                continue;
            };
            asked.push((row.entity.get(), number));
            name.get_or_insert(listed);
        }
        let name = name?;
        let first = first_of_key(&name);
        let mut texts = name.view.names(first)?;
        for (_, row) in name.view.key_rows(first) {
            let text = texts.read()?;
            let entity = row.entity.get();
            let Some(&(_, number)) = asked.iter().find(|(asked, _)| *asked == entity) else {
                continue;
            };
            let is_exact = || {
                let text = std::str::from_utf8(text).unwrap_or_default();
                text == surface || exact_form(text) == form
            };
            if self.exact >> number & 1 == 0 && is_exact() {
                self.exact |= 1 << number;
            }
        }
        Some(())
    }

    /// How it compares with the names of candidate number `number`.
    pub(super) fn compare(
        &self,
        tagger: &Tagger<'_>,
        (number, candidate): (usize, &Candidate),
        kept: bool,
        seen: &mut Seen,
    ) {
        seen.see_if(self.exact >> number & 1 == 1, Feature::Exact);
        // Bulk lists often leave accents out.
        if kept
            && self.marks > 0
            && let Some(name) = tagger.name(candidate)
        {
            // The name that was met has them most often.
            let known = name.has_accents(self.marks)
                || names_of_key(&name).any(|name| name.has_accents(self.marks));
            seen.see_if(!known, Feature::AddedMarks);
        }
    }
}
