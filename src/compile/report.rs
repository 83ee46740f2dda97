//! What a compilation tells: how far it is, and at the end what came of it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::record::Problem;

/// How far a compilation is; it may be asked from any thread.
#[derive(Debug, Default)]
pub struct Progress {
    pub(super) bytes: AtomicU64,
    pub(super) rows: AtomicU64,
    pub(super) names: AtomicU64,
    pub(super) written: AtomicU64,
    pub(super) reading_is_done: AtomicBool,
}

impl Progress {
    /// Bytes of lists read so far, before they are unpacked.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Rows read so far.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Names written so far, and how many there are: nothing before all lists are read.
    pub fn written(&self) -> Option<(u64, u64)> {
        self.reading_is_done
            .load(Ordering::Acquire)
            .then(|| (self.written.load(Ordering::Relaxed), self.names.load(Ordering::Relaxed)))
    }
}

/// What was compiled.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CompileReport {
    /// Rows read from lists, and records added one by one.
    pub rows: u64,
    /// Rows that were left out, as [`CompileOptions::skip_bad`](super::CompileOptions::skip_bad)
    /// asks, and ids that were taken from an entity because they contradict another's.
    pub refused: Vec<Problem>,
    /// Names that repeat another of the same entity and language, and were left out.
    pub merged: u64,
    /// Entities with at least one name that is no decoy.
    pub entities: u64,
    /// Names in the file.
    pub names: u64,
    /// Distinct keys.
    pub keys: u64,
    /// Keys that stand for several entities.
    pub ambiguous: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Bytes of each section, in the order of the file.
    pub sections: Vec<(&'static str, u64)>,
}
