//! Names as the compiler sees them: with key and effective policy.
//!
//! In: listed names. Out: [`Form`]s sorted by key, and the question whether one form meets every
//! text that another meets.

use smallvec::SmallVec;

use super::lists::ListedName;
use crate::compile::{capitals, default_policy, digraphs};
use crate::normalize::{Gap, Segment, Surface};
use crate::record::{Policy, Role};
use crate::tag::{POSSESSIVES, exact_form};

/// One key of one name.
pub(super) struct Form<'l> {
    pub(super) name: &'l ListedName,
    pub(super) key: String,
    /// Stated, or the default.
    pub(super) policy: Policy,
    /// Bit per piece that is capitalized.
    capitals: u8,
    /// Has letters with case.
    pub(super) cased: bool,
    /// Has no small letter.
    pub(super) all_upper: bool,
    /// Marks inside that only a name which has them may cross.
    marks: SmallVec<[(usize, Gap); 2]>,
    /// The key is that of the digraph spelling (ä as ae).
    pub(super) generated: bool,
}

/// All forms of all names, sorted by key; those of one key stand in reading order.
pub(super) fn of_names(names: &[ListedName]) -> Vec<Form<'_>> {
    let mut forms = Vec::with_capacity(names.len());
    for name in names {
        forms.push(Form::new(name, &name.text, None));
        let policy = forms.last().map(|form| form.policy).unwrap_or_default();
        // What is generated has never the name's own characters.
        if !policy.has(Policy::EXACT)
            && let Some(spelled) = digraphs(&name.text, &name.lang)
        {
            forms.push(Form::new(name, &spelled, Some(policy)));
        }
    }
    forms.sort_by(|one, other| one.key.cmp(&other.key));
    forms
}

impl<'l> Form<'l> {
    /// The form of `name` when it is spelled `text`. `policy` is that of the first spelling.
    fn new(name: &'l ListedName, text: &str, policy: Option<Policy>) -> Self {
        let mut keys = Vec::with_capacity(text.len());
        let surface = Surface::cut(text, &mut keys);
        let segments = &surface.segments;
        let key = surface.key(&keys);
        let generated = policy.is_some();
        let policy = policy.or(name.policy).unwrap_or_else(|| default_policy(segments, &key));
        let any_upper = segments.iter().any(Segment::has_upper);
        let any_lower = segments.iter().any(Segment::has_lower);
        Self {
            name,
            key,
            policy,
            capitals: capitals(segments),
            cased: any_upper || any_lower,
            all_upper: any_upper && !any_lower,
            marks: marks(segments, &keys),
            generated,
        }
    }

    /// One word, or one run of a script without spaces.
    pub(super) fn is_one_word(&self) -> bool {
        !self.key.contains(' ')
    }

    /// Tagged as its entity: no decoy, not for lookup only.
    pub(super) fn is_tagged(&self) -> bool {
        !matches!(self.name.role, Role::Decoy | Role::Search | Role::Retract)
    }

    pub(super) fn is_demonym(&self) -> bool {
        self.name.role == Role::Demonym
    }

    pub(super) fn is_weak(&self) -> bool {
        self.policy.has(Policy::WEAK)
    }

    /// True if this form meets every text that `other`, of the same key, meets. May be false where
    /// it would be hard to tell.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let undated = self.name.since.is_none() && self.name.until.is_none();
        let in_time =
            undated || (self.name.since, self.name.until) == (other.name.since, other.name.until);
        in_time
            && self.covers_exactness(other)
            && self.covers_case(other)
            && other.marks.iter().all(|mark| self.marks.contains(mark))
    }

    fn covers_exactness(&self, other: &Self) -> bool {
        !self.policy.has(Policy::EXACT)
            || other.policy.has(Policy::EXACT)
                && exact_form(&self.name.text) == exact_form(&other.name.text)
    }

    fn covers_case(&self, other: &Self) -> bool {
        let (own, its) = (self.policy, other.policy);
        if !other.cased || own.has(Policy::ANYCASE) {
            return true;
        }
        // Texts that `other` meets look like `other` itself.
        let alike = its.has(Policy::EXACT);
        if own.has(Policy::UPPER) {
            return its.has(Policy::UPPER) || alike && other.all_upper;
        }
        if own.has(Policy::TITLE) {
            return its.has(Policy::TITLE) || alike && !other.all_upper && other.capitals & 1 == 1;
        }
        if its.has(Policy::UPPER) || self.capitals == 0 {
            return true;
        }
        let sure = if its.has(Policy::ANYCASE) {
            0
        } else if its.has(Policy::TITLE) && !alike {
            1
        } else {
            other.capitals
        };
        self.capitals & !sure == 0
    }
}

/// The gaps that the tagger crosses only for a name that is listed with them. Full stops after
/// abbreviations are among them, though the tagger crosses these freely.
fn marks(segments: &[Segment], keys: &[u8]) -> SmallVec<[(usize, Gap); 2]> {
    let mut marks = SmallVec::new();
    for (index, pair) in segments.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let possessive = || {
            let key = keys.get(after.key_start..after.key_end).unwrap_or_default();
            POSSESSIVES.iter().any(|ending| ending.as_bytes() == key)
        };
        let listed = match after.gap {
            Gap::Apostrophe => possessive(),
            Gap::Dot => !after.gap.joins(before, after),
            Gap::DotSpace | Gap::Mark(_) => true,
            _ => false,
        };
        if listed {
            marks.push((index + 1, after.gap));
        }
    }
    marks
}
