//! The two FSTs of a file, read without trust.
//!
//! In: bytes that should be what `fst` writes (version 3 of its format). Out: keys and their
//! numbers, byte by byte ([`Automaton::step`]), and what two have in common ([`Automaton::common`]).
//! `fst` itself reads its bytes as they are, and panics where they do not fit. Here every position
//! is asked for; whatever the bytes are, a walk stays inside them and ends.
//!
//! A state is known by the place of its last byte and read from there to the front:
//!
//! ```text
//! 11iiiiii  one way on, without output, to the state that ends right before this one
//! 10iiiiii  one way on: sizes, target, output
//! 0fnnnnnn  n ways on (0: the byte before tells, 1 there means 256), f: a key ends here;
//!           sizes, an index of 256 bytes if n > 32, inputs, targets, outputs, output of the end
//! ```
//!
//! `i` is one of 63 frequent input bytes, or 0 if it stands in the byte before. Sizes are two halves
//! of a byte: of targets and of outputs. Targets count back from the front of the state, so that
//! each walk goes towards the beginning of the bytes; 0 is the end of a key with nothing behind it.

mod groups;

pub(crate) use groups::{FirstSteps, InGroups};

/// An FST.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Automaton<'g> {
    bytes: &'g [u8],
    root: usize,
}

/// A way on from a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    input: u8,
    target: usize,
    output: u64,
}

/// A state with any number of ways on.
#[derive(Clone, Copy)]
struct Many {
    /// A key ends here.
    ends: bool,
    count: usize,
    /// Where the inputs end: the place of the sizes, or of an index before them.
    inputs: usize,
    target_size: usize,
    output_size: usize,
}

/// The state in which a key ends and nothing goes on.
const END: usize = 0;
const VERSION: u64 = 3;
/// Number of keys, place of the root, checksum: what stands behind the root.
const FOOTER: usize = 20;
/// More ways on have an index.
const MOST_WITHOUT_INDEX: usize = 32;
/// The input bytes that need no byte of their own, the first with number 1.
const FREQUENT: &[u8; 63] = b"te/oasripcnw.hlm-du012g=:bf3y5&_4v9678k%?xCDASFIBEjPTzRNM+LOqHG";

/// The numbers of inputs in [`FREQUENT`]; zero for those that are not in it.
static NUMBERS: [u8; 256] = {
    let mut numbers = [0; 256];
    let mut at = 0;
    while at < FREQUENT.len() {
        numbers[FREQUENT[at] as usize] = at as u8 + 1;
        at += 1;
    }
    numbers
};

/// The bits of a number of so many bytes.
static MASKS: [u64; 9] = {
    let mut masks = [u64::MAX; 9];
    let mut size = 0;
    while size < 8 {
        masks[size] = (1 << (8 * size)) - 1;
        size += 1;
    }
    masks
};

impl<'g> Automaton<'g> {
    /// The FST in `bytes`, if they begin and end as one does.
    pub(crate) fn new(bytes: &'g [u8]) -> Option<Self> {
        let version = u64::from_le_bytes(*bytes.first_chunk()?);
        let root = bytes.get(bytes.len().checked_sub(FOOTER - 8)?..)?.first_chunk()?;
        let root = usize::try_from(u64::from_le_bytes(*root)).ok()?;
        let last = bytes.len().checked_sub(FOOTER + 1)?;
        (version == VERSION && (root == last || root == END)).then_some(Self { bytes, root })
    }

    /// Where `input` leads from a state, and what it adds to the number.
    #[inline]
    fn step(&self, state: usize, input: u8) -> Option<(usize, u64)> {
        let head = self.head(state)?;
        if head >> 7 == 1 {
            return self.step_only(state, head, input);
        }
        let many = self.many(state, head)?;
        let way = self.way(&many, self.find(&many, input)?, input)?;
        Some((way.target, way.output))
    }

    /// The step from a state with one way on.
    #[inline]
    fn step_only(&self, state: usize, head: u8, input: u8) -> Option<(usize, u64)> {
        let (is_it, before) = match head & 0x3F {
            0 => (*self.bytes.get(state.checked_sub(1)?)? == input, state.checked_sub(2)?),
            number => (number == NUMBERS[usize::from(input)], state.checked_sub(1)?),
        };
        match (is_it, head & 0x40) {
            (false, _) => None,
            (true, 0) => {
                let way = self.way_before(before, input)?;
                Some((way.target, way.output))
            }
            _ => Some((before, 0)),
        }
    }

    /// What the end of a key at this state adds to its number; `None` if no key ends.
    #[inline]
    fn end(&self, state: usize) -> Option<u64> {
        if state == END {
            return Some(0);
        }
        let head = self.head(state)?;
        if head >> 6 != 1 {
            return None;
        }
        let many = self.many(state, head)?;
        self.number(many.outputs(many.count + 1), many.output_size)
    }

    /// The number of `key`.
    pub(crate) fn get(&self, key: &[u8]) -> Option<u64> {
        let (mut state, mut number) = (self.root, 0_u64);
        for &byte in key {
            let (next, output) = self.step(state, byte)?;
            (state, number) = (next, number.wrapping_add(output));
        }
        Some(number.wrapping_add(self.end(state)?))
    }

    /// Gives every key that both have to `found`, in order, with its number in each. Costs a look at
    /// the ways on from each common beginning of keys in `self`, which should be the smaller; after
    /// `most` beginnings it ends, since bytes that no compiler wrote can hold any number of them.
    pub(crate) fn common(&self, other: &Self, most: usize, mut found: impl FnMut(&[u8], u64, u64)) {
        struct Beginning {
            states: [usize; 2],
            numbers: [u64; 2],
            /// Ways already gone.
            gone: usize,
        }
        let start = Beginning { states: [self.root, other.root], numbers: [0, 0], gone: 0 };
        let (mut stack, mut key, mut left) = (vec![start], Vec::new(), most);
        while let Some(Beginning { states: [state, its], numbers: [number, its_number], gone }) =
            stack.last_mut()
        {
            if *gone == 0
                && let (Some(end), Some(its_end)) = (self.end(*state), other.end(*its))
            {
                found(&key, number.wrapping_add(end), its_number.wrapping_add(its_end));
            }
            let Some(way) = self.nth(*state, *gone) else {
                stack.pop();
                key.pop();
                continue;
            };
            *gone += 1;
            let Some((target, output)) = other.step(*its, way.input) else { continue };
            let states = [way.target, target];
            let numbers = [number.wrapping_add(way.output), its_number.wrapping_add(output)];
            key.push(way.input);
            stack.push(Beginning { states, numbers, gone: 0 });
            left = match left.checked_sub(1) {
                Some(left) => left,
                None => return,
            };
        }
    }

    /// Way on number `index` from a state, in the order of inputs.
    fn nth(&self, state: usize, index: usize) -> Option<Way> {
        let head = self.head(state)?;
        if head >> 7 == 1 {
            return self.only_way(state, head).filter(|_| index == 0);
        }
        let many = self.many(state, head)?;
        let input = self.bytes.get(many.inputs.wrapping_sub(index + 1))?;
        if index < many.count { self.way(&many, index, *input) } else { None }
    }

    /// The last byte of a state; the state behind which nothing goes on has none.
    #[inline]
    fn head(&self, state: usize) -> Option<u8> {
        if state == END { None } else { self.bytes.get(state).copied() }
    }

    #[inline]
    fn only_way(&self, state: usize, head: u8) -> Option<Way> {
        let (input, before) = match head & 0x3F {
            0 => (*self.bytes.get(state.checked_sub(1)?)?, state.checked_sub(2)?),
            number => (*FREQUENT.get(usize::from(number) - 1)?, state.checked_sub(1)?),
        };
        if head & 0x40 != 0 {
            return Some(Way { input, target: before, output: 0 });
        }
        self.way_before(before, input)
    }

    /// The one way on that is told up to `before`.
    #[inline]
    fn way_before(&self, before: usize, input: u8) -> Option<Way> {
        let [target_size, output_size] = self.sizes(before)?;
        let target = before.wrapping_sub(target_size);
        let front = target.wrapping_sub(output_size);
        let output = self.number(front, output_size)?;
        Some(Way { input, target: self.target(target, target_size, front)?, output })
    }

    #[inline]
    fn many(&self, state: usize, head: u8) -> Option<Many> {
        let (count, sizes) = match usize::from(head & 0x3F) {
            0 => match *self.bytes.get(state.checked_sub(1)?)? {
                1 => (256, state.checked_sub(2)?),
                count => (count.into(), state.checked_sub(2)?),
            },
            count => (count, state.checked_sub(1)?),
        };
        let [target_size, output_size] = self.sizes(sizes)?;
        let index = if count > MOST_WITHOUT_INDEX { 256 } else { 0 };
        let inputs = sizes.checked_sub(index)?;
        Some(Many { ends: head & 0x40 != 0, count, inputs, target_size, output_size })
    }

    /// The number of the way on with this input.
    #[inline]
    fn find(&self, many: &Many, input: u8) -> Option<usize> {
        let end = many.inputs;
        let number = if many.count > MOST_WITHOUT_INDEX {
            usize::from(*self.bytes.get(end.wrapping_add(input.into()))?)
        } else {
            self.find_before(end, many.count, input)?
        };
        (number < many.count).then_some(number)
    }

    /// How many bytes stand between the last of `count` bytes that is `input` and their end, at
    /// `end`. Eight are compared at once; a state has as many bytes before it.
    #[inline]
    fn find_before(&self, end: usize, count: usize, input: u8) -> Option<usize> {
        const ONES: u64 = u64::from_le_bytes([1; 8]);
        let wanted = ONES * u64::from(input);
        let (mut end, mut seen) = (end, 0);
        loop {
            let start = end.checked_sub(8)?;
            // The last byte is the lowest.
            let differ = u64::from_be_bytes(*self.bytes.get(start..end)?.first_chunk()?) ^ wanted;
            let same = differ.wrapping_sub(ONES) & !differ & ONES << 7;
            if same != 0 {
                return Some(seen + same.trailing_zeros() as usize / 8);
            }
            (end, seen) = (start, seen + 8);
            if seen >= count {
                return None;
            }
        }
    }

    #[inline]
    fn way(&self, many: &Many, number: usize, input: u8) -> Option<Way> {
        let front = many.outputs(many.count + usize::from(many.ends));
        let target = self.target(many.targets(number + 1), many.target_size, front)?;
        let output = self.number(many.outputs(number + 1), many.output_size)?;
        Some(Way { input, target, output })
    }

    /// The sizes of targets and outputs.
    #[inline]
    fn sizes(&self, at: usize) -> Option<[usize; 2]> {
        let sizes = *self.bytes.get(at)?;
        Some([(sizes >> 4).into(), (sizes & 0xF).into()])
    }

    /// The state that is told at `at`, of the state that begins at `front`.
    #[inline]
    fn target(&self, at: usize, size: usize, front: usize) -> Option<usize> {
        match self.number(at, size)? {
            0 => Some(END),
            back => front.checked_sub(usize::try_from(back).ok()?),
        }
    }

    /// The number of `size` bytes at `at`. States are followed by enough bytes to read eight.
    #[inline]
    fn number(&self, at: usize, size: usize) -> Option<u64> {
        let number = u64::from_le_bytes(*self.bytes.get(at..)?.first_chunk()?);
        Some(number & MASKS.get(size).copied().unwrap_or(u64::MAX))
    }
}

impl Many {
    /// Where the first `count` targets, read to the front, begin.
    #[inline]
    fn targets(&self, count: usize) -> usize {
        self.inputs.wrapping_sub(self.count + count * self.target_size)
    }

    /// The same of outputs, the last of which is that of the end of a key.
    #[inline]
    fn outputs(&self, count: usize) -> usize {
        self.targets(self.count).wrapping_sub(count * self.output_size)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    type Map = BTreeMap<Vec<u8>, u64>;

    fn built(map: &Map) -> Vec<u8> {
        let mut builder = fst::MapBuilder::memory();
        for (key, number) in map {
            builder.insert(key, *number).unwrap();
        }
        builder.into_inner().unwrap()
    }

    /// The keys that both have, by [`Automaton::common`].
    fn common(one: &[u8], other: &[u8], most: usize) -> Vec<(Vec<u8>, u64, u64)> {
        let mut all = Vec::new();
        if let (Some(one), Some(other)) = (Automaton::new(one), Automaton::new(other)) {
            one.common(&other, most, |key, number, its| all.push((key.to_vec(), number, its)));
        }
        all
    }

    /// Maps with few and with many ways on from a state, with numbers of all sizes.
    fn map() -> impl Strategy<Value = Map> {
        let key = prop_oneof![
            4 => prop::collection::vec(prop::sample::select(b"abt/-0\0\xFF".to_vec()), 0..6),
            2 => prop::collection::vec(any::<u8>(), 0..3),
        ];
        let number = prop_oneof![0..3_u64, 0..70_000_u64, any::<u64>()];
        prop::collection::btree_map(key, number, 0..200)
    }

    #[test]
    fn every_input_byte_is_known() {
        for byte in 0..=u8::MAX {
            for number in [0, 7] {
                let map = Map::from([(vec![byte], 0), (vec![byte, byte], number)]);
                let bytes = built(&map);
                let automaton = Automaton::new(&bytes).unwrap();
                for (key, number) in &map {
                    assert_eq!(automaton.get(key), Some(*number), "{byte}");
                }
                assert_eq!(automaton.get(&[byte.wrapping_add(1)]), None);
            }
        }
    }

    #[test]
    fn states_with_all_ways_on_are_read() {
        for count in [1, 2, 32, 33, 62, 63, 64, 65, 255, 256] {
            let keys = (0..count).map(|byte| vec![byte as u8, 7]);
            let map: Map = keys.zip((0..count).map(|number| number * 1000)).collect();
            let bytes = built(&map);
            let automaton = Automaton::new(&bytes).unwrap();
            for byte in 0..=u8::MAX {
                let key = [byte, 7];
                assert_eq!(automaton.get(&key), map.get(&key[..]).copied(), "{byte} of {count}");
            }
            assert_eq!(common(&bytes, &bytes, usize::MAX).len(), map.len());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_reads_what_fst_writes(map in map(), others in map()) {
            let (bytes, its) = (built(&map), built(&others));
            let automaton = Automaton::new(&bytes).unwrap();
            for key in map.keys().chain(others.keys()) {
                prop_assert_eq!(automaton.get(key), map.get(key).copied());
            }
            let shared: Vec<_> = map
                .iter()
                .filter_map(|(key, number)| Some((key.clone(), *number, *others.get(key)?)))
                .collect();
            prop_assert_eq!(common(&bytes, &its, usize::MAX), shared);
        }

        /// The read of `fst` panics on most of these.
        #[test]
        fn nonsense_is_walked_without_harm(
            map in map(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        ) {
            let sound = built(&map);
            let mut bytes = sound.clone();
            for (at, byte) in edits {
                bytes[8..][at.index(sound.len() - 8 - FOOTER)] = byte;
            }
            if let Some(automaton) = Automaton::new(&bytes) {
                for key in map.keys() {
                    std::hint::black_box(automaton.get(key));
                }
                std::hint::black_box(automaton.get(&[7; 300]));
            }
            prop_assert!(common(&bytes, &sound, 5000).len() <= 5001);
            prop_assert!(common(&bytes, &bytes, 5000).len() <= 5001);
        }

        #[test]
        fn bytes_that_are_no_fst_are_refused_or_walked(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let head = [&VERSION.to_le_bytes()[..], &bytes].concat();
            for bytes in [&bytes, &head] {
                if let Some(automaton) = Automaton::new(bytes) {
                    for byte in 0..=u8::MAX {
                        std::hint::black_box(automaton.get(&[byte; 9]));
                    }
                }
            }
        }
    }
}
