//! What stands around a mention: sentence beginnings, given names, titles.
//!
//! In: a mention's first segment and end. Out: its [`Context`], which resolving weighs.

use super::*;

impl<'g> Mentions<'_, 'g> {
    /// What stands around the mention that `first` begins.
    pub(super) fn context(&mut self, first: &Segment, end: &End, shape: &Shape) -> Context {
        let mut context = Context {
            capitalized: shape.is_capitalized() || !shape.is_cased(),
            small: shape.is_cased() && !shape.is_capitalized() && self.case == TextCase::Mixed,
            all_upper: shape.all_upper(),
            inside_sentence: self.inside_sentence(first),
            after: None,
            surname: None,
        };
        // Persons' names are of single words, and capitals tell them.
        if end.segments == 1 && shape.is_capitalized() && !shape.all_upper() {
            if !self.has_case_ending(first) {
                context.after = self.person_word_before(first);
            }
            let key = self.window.key(first, first);
            context.surname = self
                .capital_after(end.end)
                .filter(|_| std::str::from_utf8(key).is_ok_and(words::is_given_name));
        }
        context
    }

    /// True if a case ending follows after an apostrophe: it tells where, not who.
    pub(super) fn has_case_ending(&mut self, first: &Segment) -> bool {
        if !self.may_join(first) {
            return false;
        }
        self.window.get(1).is_some_and(|next| {
            next.gap == Gap::Apostrophe
                && !tables::holds(tables::POSSESSIVES, self.window.key(&next, &next))
        })
    }

    /// Where the next word begins, if it stands one blank after byte `end` and is capitalized.
    pub(super) fn capital_after(&self, end: usize) -> Option<usize> {
        let next = self.text.get(end..)?.strip_prefix(' ')?.chars().next()?;
        next.is_uppercase().then_some(end + 1)
    }

    /// The given name or title right before the segment.
    pub(super) fn person_word_before(&self, first: &Segment) -> Option<PersonWord> {
        let before = self.window.before().filter(|_| first.gap == Gap::Space)?;
        let text = self.text.get(before.start..before.end)?;
        let key = short_key(text);
        if before.is_capitalized() && words::is_given_name(&key) {
            return Some(PersonWord::GivenName);
        }
        // Only where titles do not govern a genitive: "president Lincoln", but "президент США".
        let latin = text.chars().all(|char| char < '\u{250}');
        (latin && words::is_title(&key)).then_some(PersonWord::Title)
    }

    /// True if the segment does not begin a sentence or a quotation.
    pub(super) fn inside_sentence(&self, first: &Segment) -> bool {
        let mut gap = first.gap;
        if gap == Gap::Apostrophe
            && let Some(before) = self.window.before()
        {
            gap = before.gap;
        }
        match gap {
            Gap::Start | Gap::Break => false,
            Gap::DotSpace => self.window.before().is_some_and(|before| {
                let text = self.text.get(before.start..before.end).unwrap_or_default();
                let key = crate::normalize::Normalizer::new().key(text);
                tables::holds(tables::ABBREVIATIONS, key.as_bytes())
            }),
            Gap::Mark(mark) => {
                !matches!(mark, '!' | '?' | ':' | '…' | '"' | '“' | '„' | '«' | '»' | '‹')
            }
            _ => true,
        }
    }
}

/// The key of a single word; without the normalizer where it is plain ASCII.
pub(super) fn short_key(word: &str) -> SmallString {
    if word.len() <= SmallString::MOST && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let mut bytes = [0; SmallString::MOST];
        for (slot, byte) in bytes.iter_mut().zip(word.bytes()) {
            *slot = byte.to_ascii_lowercase();
        }
        return SmallString::Short(bytes, word.len());
    }
    SmallString::Long(crate::normalize::Normalizer::new().key(word).into_owned())
}

/// A short text, on the stack if it is ASCII.
pub(super) enum SmallString {
    Short([u8; Self::MOST], usize),
    Long(String),
}

impl SmallString {
    const MOST: usize = 24;
}

impl std::ops::Deref for SmallString {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Short(bytes, len) => {
                std::str::from_utf8(bytes.get(..*len).unwrap_or_default()).unwrap_or_default()
            }
            Self::Long(string) => string,
        }
    }
}
