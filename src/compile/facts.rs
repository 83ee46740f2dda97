//! What the rows state of an entity, as bytes: in the compiler's arena, and in the section of facts.

use crate::layout::varint;

use super::names::Interner;

/// Where a text stands in the arena, after its length.
pub(super) type Text = u64;

/// Where the empty text stands.
pub(super) const EMPTY: Text = 0;

/// What an entity may have none or several of.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Fact<'t> {
    SameAs(&'t str),
    ReplacedBy(&'t str),
    Attribute(u32, &'t str),
}

/// An entity's facts by their sort.
#[derive(Default)]
pub(super) struct Stated<'t> {
    pub(super) same_as: Vec<&'t str>,
    pub(super) replaced_by: &'t str,
    pub(super) attributes: Vec<(u32, &'t str)>,
}

pub(super) fn slice(arena: &[u8], start: u64, length: u32) -> &[u8] {
    let start = start as usize;
    arena.get(start..start + length as usize).unwrap_or_default()
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(varint::take(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

pub(super) fn text(arena: &[u8], at: Text) -> &str {
    let mut bytes = arena.get(at as usize..).unwrap_or_default();
    take_text(&mut bytes).unwrap_or_default()
}

pub(super) fn facts(mut bytes: &[u8]) -> impl Iterator<Item = Fact<'_>> {
    std::iter::from_fn(move || {
        let code = varint::take(&mut bytes)?;
        let value = take_text(&mut bytes)?;
        Some(match code {
            0 => Fact::SameAs(value),
            1 => Fact::ReplacedBy(value),
            column => Fact::Attribute(column as u32 - 2, value),
        })
    })
}

/// Adds a fact to others.
pub(super) fn push_fact(arena: &mut Vec<u8>, fact: Fact<'_>) {
    let (code, value) = match fact {
        Fact::SameAs(curie) => (0, curie),
        Fact::ReplacedBy(id) => (1, id),
        Fact::Attribute(column, value) => (u64::from(column) + 2, value),
    };
    varint::push(arena, code);
    varint::push(arena, value.len() as u64);
    arena.extend_from_slice(value.as_bytes());
}

/// Attribute column that marks an entity which a layer takes back.
pub(crate) const RETRACTED: &str = "\u{0}retracted";

/// `number of ids, ids…, number of attributes, (column, length, bytes)…`. An external id is the
/// number of its prefix times three, plus its form: digits, `Q` and digits, or text with a length.
pub(super) fn push_facts(facts: &mut Vec<u8>, stated: &Stated<'_>, prefixes: &mut Interner) {
    varint::push(facts, stated.same_as.len() as u64);
    for curie in &stated.same_as {
        let (prefix, rest) = curie.split_once(':').unwrap_or(("", curie));
        let prefix = u64::from(prefixes.number(prefix)) * 3;
        let number = |digits: &str| {
            let plain = digits == "0" || !digits.starts_with('0');
            let digits_only =
                plain && digits.len() < 19 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits_only.then(|| digits.parse::<u64>().ok()).flatten()
        };
        if let Some(value) = number(rest) {
            varint::push(facts, prefix);
            varint::push(facts, value);
        } else if let Some(value) = rest.strip_prefix('Q').and_then(number) {
            varint::push(facts, prefix + 1);
            varint::push(facts, value);
        } else {
            varint::push(facts, prefix + 2);
            varint::push(facts, rest.len() as u64);
            facts.extend_from_slice(rest.as_bytes());
        }
    }
    varint::push(facts, stated.attributes.len() as u64);
    for (column, value) in &stated.attributes {
        varint::push(facts, u64::from(*column));
        varint::push(facts, value.len() as u64);
        facts.extend_from_slice(value.as_bytes());
    }
}
