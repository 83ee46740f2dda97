//! Gazetteers that are replaced while others work with them.
//!
//! In: gazetteers, owned. Out: [`OwnedLayers`], joined once and cheap to borrow, and
//! [`CurrentLayers`], which hands out the ones of the moment: who took them keeps them until done.

use std::sync::{Arc, PoisonError, RwLock};

use super::layers::{Joins, Source};
use super::{Gazetteer, Layers};
use crate::error::Error;

/// Gazetteers that work as one, with their bytes: what [`Layers`] borrows.
pub struct OwnedLayers {
    sources: Vec<Box<dyn Source>>,
    joins: Arc<Joins>,
}

impl OwnedLayers {
    /// Joins gazetteers, earliest first. Costs what [`Layers::new`] does.
    ///
    /// # Errors
    /// If a gazetteer is damaged.
    pub fn new(sources: impl IntoIterator<Item = Box<dyn Source>>) -> Result<Self, Error> {
        let sources: Vec<Box<dyn Source>> = sources.into_iter().collect();
        let joins = Layers::new(sources.iter().map(|source| &**source))?.joins().clone();
        Ok(Self { sources, joins })
    }

    /// The embedded gazetteer and one over it.
    ///
    /// # Errors
    /// If the gazetteer is damaged.
    pub fn over_embedded(top: impl Source + 'static) -> Result<Self, Error> {
        let embedded: &'static Gazetteer<&'static [u8]> = Gazetteer::embedded();
        Self::new([Box::new(embedded) as Box<dyn Source>, Box::new(top)])
    }

    /// The gazetteers, to look up and tag with. Costs microseconds: they are joined already.
    ///
    /// # Errors
    /// None after [`new`](Self::new), as long as mapped files stay as they are.
    pub fn layers(&self) -> Result<Layers<'_>, Error> {
        Layers::rejoined(self.sources.iter().map(|source| &**source), &self.joins)
    }
}

impl std::fmt::Debug for OwnedLayers {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("OwnedLayers").field("layers", &self.sources.len()).finish_non_exhaustive()
    }
}

/// The gazetteers of the moment, shared by threads and replaced at any time.
///
/// Whoever takes them works with these to the end of the document, whatever comes meanwhile; the
/// last to let go frees them. A lock is held only while a pointer is copied.
///
/// ```
/// use exonym::{CurrentLayers, Gazetteer, GazetteerBuilder, OwnedLayers, Record, Tagger};
/// let version = |name: &str| {
///     let mut builder = GazetteerBuilder::new();
///     builder.add(Record::new("qorvia", name));
///     OwnedLayers::over_embedded(Gazetteer::from_bytes(builder.build()?)?)
/// };
/// let current = CurrentLayers::new(version("Qorvia")?);
///
/// // Each worker, for each document:
/// let layers = current.get();
/// let tagger = Tagger::with_owned(&layers)?;
///
/// // Meanwhile, somewhere else:
/// current.replace(version("New Qorvia")?);
///
/// assert_eq!(tagger.tag("From Qorvia to Mosul.").mentions.len(), 2);
/// let layers = current.get();
/// assert_eq!(layers.layers()?.lookup("New Qorvia").len(), 1);
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Debug)]
pub struct CurrentLayers {
    now: RwLock<Arc<OwnedLayers>>,
}

impl CurrentLayers {
    /// Begins with these.
    pub fn new(layers: OwnedLayers) -> Self {
        Self { now: RwLock::new(Arc::new(layers)) }
    }

    /// Those of the moment.
    pub fn get(&self) -> Arc<OwnedLayers> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts others in their place, at once for all who ask from now on; returns the former.
    pub fn replace(&self, layers: OwnedLayers) -> Arc<OwnedLayers> {
        let layers = Arc::new(layers);
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *now, layers)
    }
}
