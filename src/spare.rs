//! Buffers that outlive the text they were filled for: to make them costs short texts more than to
//! fill them.
//!
//! In: a buffer that is done with. Out: the same buffer, empty, for the thread's next text.

use std::cell::Cell;
use std::collections::HashMap;
use std::thread::LocalKey;

/// Where a thread keeps a buffer.
pub(crate) type Kept<T> = LocalKey<Cell<T>>;

/// Bytes of the largest buffer that is kept.
const MOST: usize = 1 << 18;

/// What can be emptied and filled again.
pub(crate) trait Buffer: Default + 'static {
    /// About the bytes that it holds on to.
    fn room(&self) -> usize;

    fn clear(&mut self);
}

impl<T: 'static> Buffer for Vec<T> {
    fn room(&self) -> usize {
        self.capacity() * size_of::<T>()
    }

    fn clear(&mut self) {
        self.clear();
    }
}

impl<K: 'static, V: 'static, S: Default + 'static> Buffer for HashMap<K, V, S> {
    fn room(&self) -> usize {
        self.capacity() * size_of::<(K, V)>()
    }

    fn clear(&mut self) {
        self.clear();
    }
}

/// The thread's buffer if it is not in use, else a new one; empty.
#[inline]
pub(crate) fn take<T: Buffer>(kept: &'static Kept<T>) -> T {
    kept.try_with(Cell::take).unwrap_or_default()
}

/// Keeps a buffer for the thread's next text, unless it is large.
#[inline]
pub(crate) fn give_back<T: Buffer>(kept: &'static Kept<T>, buffer: &mut T) {
    if buffer.room() <= MOST {
        buffer.clear();
        // At the thread's end there is no next text.
        let _ = kept.try_with(|kept| kept.set(std::mem::take(buffer)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        static NUMBERS: Cell<Vec<u64>> = const { Cell::new(Vec::new()) };
    }

    #[test]
    fn buffers_come_back_empty() {
        let mut numbers = take(&NUMBERS);
        numbers.extend(0..100);
        assert_eq!(take(&NUMBERS).capacity(), 0, "it is in use");
        give_back(&NUMBERS, &mut numbers);
        let again = take(&NUMBERS);
        assert!(again.is_empty() && again.capacity() >= 100);
    }

    #[test]
    fn large_buffers_are_given_up() {
        let mut numbers = Vec::with_capacity(MOST);
        give_back(&NUMBERS, &mut numbers);
        assert_eq!(take(&NUMBERS).capacity(), 0);
    }
}
