//! placeholder until merged
use super::DisplayNames;
use crate::{Document, Tagged, Tagger};
use std::io::{self, Write};
use std::marker::PhantomData;
pub struct Page<'a, 'g>(PhantomData<&'a Tagger<'g>>);
impl<'a, 'g> Page<'a, 'g> {
    pub fn begin(
        _o: &mut dyn Write,
        _t: &'a Tagger<'g>,
        _s: &str,
        _n: &'a DisplayNames,
    ) -> io::Result<Self> {
        Ok(Self(PhantomData))
    }
    pub fn document(
        &mut self,
        _o: &mut dyn Write,
        _i: &str,
        _d: &Document<'_>,
        _t: &Tagged,
    ) -> io::Result<()> {
        Ok(())
    }
    pub fn end(self, _o: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
