//! A window on the segments of a text: the tagger looks ahead as far as a name may reach.

use crate::normalize::{Group, Judge, Segment, Segmenter};

/// Segments from the current one on, cut as they are asked for.
pub(super) struct Window<'t> {
    segmenter: Segmenter<'t>,
    segments: Vec<Segment>,
    keys: Vec<u8>,
    head: usize,
    /// The segment before the current one.
    before: Option<Segment>,
}

/// Segments kept behind the current one before the buffers are moved.
const BEHIND: usize = 1024;

impl<'t> Window<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            segmenter: Segmenter::new(text),
            segments: Vec::with_capacity(64),
            keys: Vec::with_capacity(1024),
            head: 0,
            before: None,
        }
    }

    /// The segment `ahead` places after the current one.
    #[inline]
    pub(super) fn get(&mut self, ahead: usize) -> Option<Segment> {
        let wanted = self.head + ahead;
        while self.segments.len() <= wanted {
            let segment = self.segmenter.next(&mut self.keys)?;
            if segment.key_end > segment.key_start {
                self.segments.push(segment);
            }
        }
        self.segments.get(wanted).copied()
    }

    /// Moves over plain words that `judge` lets pass, if no segment is waiting in the window; true if
    /// it said that a name may begin with the word that is now the current one.
    #[inline]
    pub(super) fn skim(&mut self, judge: &impl Judge) -> bool {
        if !self.segments.is_empty() {
            return false;
        }
        let (passed, begins) = self.segmenter.skim(judge);
        if passed.is_some() {
            self.before = passed;
        }
        begins
    }

    /// The segment just before the current one.
    pub(super) fn before(&self) -> Option<Segment> {
        self.before
    }

    /// Key bytes from the start of one segment to the end of another in the window.
    #[inline]
    pub(super) fn key(&self, first: &Segment, last: &Segment) -> &[u8] {
        self.keys.get(first.key_start..last.key_end).unwrap_or_default()
    }

    /// Moves on by `count` segments, all of which have been looked at.
    #[inline]
    pub(super) fn advance(&mut self, count: usize) {
        self.head += count;
        self.before = self.head.checked_sub(1).and_then(|last| self.segments.get(last)).copied();
        let next = self.segments.get(self.head);
        // What was cut of the words ahead is given up: skimming passes over most of them faster.
        if let (Some(next), Some(before)) = (next, self.before)
            && next.group == Group::Spaced
        {
            self.segmenter.go_back(&before);
            self.segments.clear();
        }
        if self.head >= self.segments.len() {
            self.segments.clear();
            self.keys.clear();
            self.head = 0;
        } else if self.head > BEHIND {
            self.segments.drain(..self.head);
            self.head = 0;
            let moved = self.segments.first().map_or(0, |segment| segment.key_start);
            self.keys.drain(..moved);
            for segment in &mut self.segments {
                segment.key_start -= moved;
                segment.key_end -= moved;
            }
        }
    }
}
