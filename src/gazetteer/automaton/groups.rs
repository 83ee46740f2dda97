//! Walks in an FST whose numbers are those of groups of keys, see [`layout::keys`](crate::layout::keys).
//!
//! In: an [`Automaton`]. Out: for a key the number of its group, and how many keys of the group come
//! before it. A walk notes where ways part in a group, and what is left behind is counted only when
//! it must be: most walks end before a key does.

use super::{Automaton, END};
use crate::layout::keys::{LONGEST, MOST_ROWS};

/// A place on a walk in an FST whose numbers are those of groups of keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InGroups {
    state: usize,
    /// The outputs so far.
    number: u64,
    parted: Parted,
}

/// Where each input leads from the beginning, and the outputs.
#[derive(Debug)]
pub(crate) struct FirstSteps(Box<[Option<(usize, u64)>]>);

impl FirstSteps {
    /// The place after the first step.
    #[inline]
    pub(crate) fn step(&self, input: u8) -> Option<InGroups> {
        let &(state, number) = self.0.get(usize::from(input))?.as_ref()?;
        Some(InGroups { state, number, parted: Parted::NEVER })
    }
}

/// What a walk has left behind in its group.
#[derive(Clone, Copy, Debug)]
struct Parted {
    /// Keys, but for those where ways parted last.
    left: u32,
    /// Where ways parted last, [`END`] if they did not, and which was taken.
    state: usize,
    way: u32,
}

impl Parted {
    const NEVER: Self = Self { left: 0, state: END, way: 0 };
}

/// What may be left behind in a group, so that counting ends whatever the bytes are.
struct Room {
    keys: usize,
    states: usize,
}

impl Automaton<'_> {
    /// The beginning of a walk by [`walk_in_groups`](Self::walk_in_groups).
    #[inline]
    pub(crate) fn start(&self) -> InGroups {
        InGroups { state: self.root, number: 0, parted: Parted::NEVER }
    }

    /// True if the walk has yet to begin.
    #[inline]
    pub(crate) fn is_start(&self, at: &InGroups) -> bool {
        at.state == self.root
    }

    /// Follows `input`; `None` where no key goes on.
    #[inline]
    pub(crate) fn walk_in_groups(
        &self,
        at: InGroups,
        input: impl Iterator<Item = u8>,
    ) -> Option<InGroups> {
        let InGroups { mut state, mut number, mut parted } = at;
        for byte in input {
            let (next, output) = self.step_in_groups(state, byte, &mut parted)?;
            (state, number) = (next, number.wrapping_add(output));
        }
        Some(InGroups { state, number, parted })
    }

    #[inline(always)]
    fn step_in_groups(&self, state: usize, input: u8, parted: &mut Parted) -> Option<(usize, u64)> {
        let head = self.head(state)?;
        if head >> 7 == 1 {
            return self.step_only(state, head, input);
        }
        let many = self.many(state, head)?;
        let way = self.find(&many, input)?;
        if many.output_size == 0 && (way > 0 || many.ends) {
            self.part(parted, state, way as u32)?;
        }
        let way = self.way(&many, way, input)?;
        Some((way.target, way.output))
    }

    /// True if a key ends at this place.
    #[inline]
    pub(crate) fn ends_in_group(&self, at: &InGroups) -> bool {
        at.state == END || self.head(at.state).is_some_and(|head| head >> 6 == 1)
    }

    /// The number of the key that ends at this place, if one does, which is that of its group; and
    /// how many keys of the group come before it.
    #[inline]
    pub(crate) fn end_in_group(&self, at: InGroups) -> Option<(u64, u32)> {
        let number = at.number.wrapping_add(self.end(at.state)?);
        Some((number, self.left_behind(at.parted)?))
    }

    /// Where each input leads from the beginning: the state with most ways on, and the one that
    /// every walk passes.
    pub(crate) fn first_steps(&self) -> FirstSteps {
        let step = |input| {
            let at = self.walk_in_groups(self.start(), std::iter::once(input))?;
            // Keys of different first bytes are of different groups.
            (at.parted.state == END).then_some((at.state, at.number))
        };
        FirstSteps((0..=u8::MAX).map(step).collect())
    }

    /// How many keys of its group a walk has left behind, with those where ways parted last: the
    /// key that ends there, and those behind the ways before. `None` if they are more than a group
    /// has.
    #[inline]
    fn left_behind(&self, parted: Parted) -> Option<u32> {
        if parted.state == END { Some(parted.left) } else { self.count_left_behind(parted) }
    }

    /// Ways part in a group. Most walks end before a key does, so what is left behind here may be
    /// counted later.
    #[inline(never)]
    fn part(&self, parted: &mut Parted, state: usize, way: u32) -> Option<()> {
        let left = self.left_behind(*parted)?;
        *parted = Parted { left, state, way };
        Some(())
    }

    #[inline(never)]
    fn count_left_behind(&self, Parted { left, state, way }: Parted) -> Option<u32> {
        let mut room = Room { keys: MOST_ROWS as usize, states: MOST_ROWS as usize * LONGEST };
        let many = self.many(state, self.head(state)?)?;
        room.keys = room.keys.checked_sub(usize::from(many.ends) + way as usize)?;
        for before in 0..way as usize {
            self.count_behind(self.way(&many, before, 0)?.target, &mut room)?;
        }
        left.checked_add(MOST_ROWS - room.keys as u32)
    }

    /// Takes the keys behind a state from the room, but for one. `None` if there is no room.
    fn count_behind(&self, state: usize, room: &mut Room) -> Option<()> {
        let mut state = state;
        while state != END {
            room.states = room.states.checked_sub(1)?;
            let head = self.head(state)?;
            if head >> 6 == 3 {
                state = state.checked_sub(if head & 0x3F == 0 { 2 } else { 1 })?;
            } else if head >> 7 == 1 {
                state = self.only_way(state, head)?.target;
            } else {
                let many = self.many(state, head)?;
                let last = many.count.checked_sub(1)?;
                room.keys = room.keys.checked_sub(usize::from(many.ends) + last)?;
                for number in 0..last {
                    self.count_behind(self.way(&many, number, 0)?.target, room)?;
                }
                state = self.way(&many, last, 0)?.target;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::layout::keys;

    /// Keys with so many rows.
    type Map = BTreeMap<Vec<u8>, u32>;

    /// The section of keys, and the first row of each key.
    fn built(map: &Map) -> (Vec<u8>, Vec<u32>) {
        let mut writer = keys::Writer::new(Vec::new()).unwrap();
        let (mut next, mut rows) = (0, Vec::new());
        for (key, count) in map {
            writer.insert(key, *count).unwrap();
            rows.push(next);
            next += count;
        }
        (writer.finish().unwrap(), rows)
    }

    /// The first row of a key by the walk in groups; `rows` has the first rows of all keys.
    fn first_row(automaton: &Automaton<'_>, rows: &[u32], key: &[u8]) -> Option<u32> {
        let at = automaton.walk_in_groups(automaton.start(), key.iter().copied())?;
        let (number, left) = automaton.end_in_group(at)?;
        let first = rows.binary_search(&(number as u32)).ok()?;
        rows.get(first + left as usize).copied()
    }

    #[test]
    fn long_keys_are_not_counted() {
        let (long, longer) = ([b'a'; 3 * LONGEST], [b'a'; 4 * LONGEST]);
        let keys: [&[u8]; 6] = [b"a", b"aa", &long, &longer, b"ab", b"b"];
        let mut writer = keys::Writer::new(Vec::new()).unwrap();
        keys.iter().for_each(|key| writer.insert(key, 1).unwrap());
        let bytes = writer.finish().unwrap();
        let automaton = Automaton::new(&bytes).unwrap();
        for (key, row) in keys.iter().zip(0..) {
            assert_eq!(first_row(&automaton, &[0, 1, 2, 3, 4, 5], key), Some(row));
        }
    }

    fn map() -> impl Strategy<Value = Map> {
        let key = prop_oneof![
            4 => prop::collection::vec(prop::sample::select(b"abt/-0\0\xFF".to_vec()), 1..6),
            2 => prop::collection::vec(any::<u8>(), 1..3),
        ];
        let rows = prop_oneof![4 => Just(1), 1 => 1..20_u32];
        prop::collection::btree_map(key, rows, 0..200)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_key_has_its_row(map in map()) {
            let (bytes, rows) = built(&map);
            let automaton = Automaton::new(&bytes).unwrap();
            for (key, row) in map.keys().zip(&rows) {
                prop_assert_eq!(first_row(&automaton, &rows, key), Some(*row));
                let more = [key.as_slice(), b"~"].concat();
                prop_assert_eq!(first_row(&automaton, &rows, &more).is_some(), map.contains_key(&more));
            }
        }

        #[test]
        fn nonsense_is_walked_without_harm(
            map in map(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        ) {
            let (mut bytes, rows) = built(&map);
            let end = bytes.len() - super::super::FOOTER - 8;
            for (at, byte) in edits {
                bytes[8..][at.index(end)] = byte;
            }
            if let Some(automaton) = Automaton::new(&bytes) {
                for key in map.keys() {
                    std::hint::black_box(first_row(&automaton, &rows, key));
                }
                std::hint::black_box(first_row(&automaton, &rows, &[7; 300]));
            }
        }
    }
}
