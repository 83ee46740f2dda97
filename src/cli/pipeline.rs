//! Work over many documents: read by one thread, done by several, written in the order of input.
//!
//! Memory is bounded: readers wait when writers fall behind.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes after which a batch travels, however few its documents.
const BATCH_BYTES: usize = 1 << 18;

/// How to share out the work.
pub(crate) struct Plan {
    /// Threads that work.
    pub(crate) threads: usize,
    /// Items that travel together: one for a live stream, more for files.
    pub(crate) batch: usize,
}

/// Reads with `read`, works with `work`, and gives the results to `write` in order.
///
/// `size` estimates an item's bytes. Stops early if `write` fails.
pub(crate) fn run<T: Send, R: Send>(
    plan: &Plan,
    size: impl Fn(&T) -> usize + Send,
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> anyhow::Result<()> + Send,
    work: impl Fn(T) -> R + Sync,
    mut write: impl FnMut(R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (to_work, from_read) = sync_channel::<(usize, Vec<T>)>(plan.threads * 2);
    let (to_write, from_work) = sync_channel::<(usize, Vec<R>)>(plan.threads * 2);
    let from_read = Mutex::new(from_read);
    let stopped = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_batches(read, size, plan.batch, &stopped, to_work));
        for _ in 0..plan.threads {
            let (to_write, from_read, work) = (to_write.clone(), &from_read, &work);
            scope.spawn(move || {
                while let Some((number, batch)) = next(from_read) {
                    let done = batch.into_iter().map(work).collect();
                    if to_write.send((number, done)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(to_write);
        let written = write_in_order(&from_work, &mut write);
        if written.is_err() {
            // Unblocks the workers, and the reader if it waits for room.
            stopped.store(true, Ordering::Relaxed);
            drop(from_work);
            while next(&from_read).is_some() {}
        }
        let read = reader.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the reader stopped")));
        written.and(read)
    })
}

fn next<T>(from_read: &Mutex<Receiver<(usize, Vec<T>)>>) -> Option<(usize, Vec<T>)> {
    from_read.lock().ok()?.recv().ok()
}

fn read_batches<T>(
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> anyhow::Result<()>,
    size: impl Fn(&T) -> usize,
    most: usize,
    stopped: &AtomicBool,
    to_work: SyncSender<(usize, Vec<T>)>,
) -> anyhow::Result<()> {
    let (mut batch, mut bytes, mut number) = (Vec::new(), 0, 0);
    let done = read(&mut |item| {
        bytes += size(&item);
        batch.push(item);
        if batch.len() < most && bytes < BATCH_BYTES {
            return !stopped.load(Ordering::Relaxed);
        }
        bytes = 0;
        number += 1;
        to_work.send((number - 1, std::mem::take(&mut batch))).is_ok()
            && !stopped.load(Ordering::Relaxed)
    });
    // What was read before an error is still worked on.
    let _ = to_work.send((number, batch));
    done
}

fn write_in_order<R>(
    from_work: &Receiver<(usize, Vec<R>)>,
    write: &mut impl FnMut(R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut waiting = BTreeMap::new();
    let mut wanted = 0;
    for (number, batch) in from_work {
        waiting.insert(number, batch);
        while let Some(batch) = waiting.remove(&wanted) {
            wanted += 1;
            for result in batch {
                write(result)?;
            }
        }
    }
    Ok(())
}
