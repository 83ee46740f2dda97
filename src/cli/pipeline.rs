//! Work over many documents: read by one thread, done by several, written in the order of input.
//!
//! Memory is bounded: the reader waits when too many batches are under way, be it because the writer is
//! slow, or because one document takes long and what comes after it cannot be written yet.
//!
//! A panic anywhere ends all of it, and goes on in the caller.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Bytes after which a batch travels, however few its documents.
const BATCH_BYTES: usize = 1 << 18;

/// Batches under way for each thread: read, worked on, or waiting for an earlier one to be written.
const UNDER_WAY: usize = 4;

/// More would only wait for each other, or not start at all.
const MOST_THREADS: usize = 512;

/// How many threads to work with.
#[derive(clap::Args, Clone, Copy, Debug)]
#[group(skip)]
pub(crate) struct Threads {
    /// Threads; 0 for one per processor.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

impl Threads {
    /// Items shared out in batches of `batch`.
    pub(crate) fn plan(self, batch: usize) -> Plan {
        let threads = if self.threads == 0 { processors() } else { self.threads };
        Plan { threads: threads.min(MOST_THREADS), batch }
    }
}

/// Processors that this program may use.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

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
    let most = plan.threads * UNDER_WAY;
    let (to_work, from_read) = sync_channel::<(usize, Vec<T>)>(plan.threads * 2);
    let (to_write, from_work) = sync_channel::<(usize, thread::Result<Vec<R>>)>(plan.threads * 2);
    // A batch is read when a permit is free, which it gives back when it is written.
    let (free, permits) = sync_channel::<()>(most);
    for _ in 0..most {
        let _ = free.try_send(());
    }
    let from_read = Mutex::new(from_read);
    let stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        let (most, stop) = (plan.batch, &stopped);
        let reader = scope.spawn(move || {
            let send = |batch| permits.recv().is_ok() && to_work.send(batch).is_ok();
            read_batches(read, size, most, stop, send)
        });
        for _ in 0..plan.threads {
            let (to_write, from_read, work) = (to_write.clone(), &from_read, &work);
            scope.spawn(move || {
                while let Some((number, batch)) = next(from_read) {
                    let done = || batch.into_iter().map(work).collect();
                    // What comes after a lost batch would be waited for without end.
                    let done = catch_unwind(AssertUnwindSafe(done));
                    if to_write.send((number, done)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(to_write);
        let written =
            catch_unwind(AssertUnwindSafe(|| write_in_order(&from_work, &mut write, &free)));
        drop(free);
        if !matches!(written, Ok(Ok(()))) {
            // Unblocks the workers, and the reader if it waits for room.
            stopped.store(true, Ordering::Relaxed);
            drop(from_work);
            while next(&from_read).is_some() {}
        }
        let read = reader.join();
        written.unwrap_or_else(|panic| resume_unwind(panic))?;
        read.unwrap_or_else(|panic| resume_unwind(panic))
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
    send: impl Fn((usize, Vec<T>)) -> bool,
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
        send((number - 1, std::mem::take(&mut batch))) && !stopped.load(Ordering::Relaxed)
    });
    // What was read before an error is still worked on.
    send((number, batch));
    done
}

fn write_in_order<R>(
    from_work: &Receiver<(usize, thread::Result<Vec<R>>)>,
    write: &mut impl FnMut(R) -> anyhow::Result<()>,
    free: &SyncSender<()>,
) -> anyhow::Result<()> {
    let mut waiting = BTreeMap::new();
    let mut wanted = 0;
    for (number, batch) in from_work {
        let batch = batch.unwrap_or_else(|panic| resume_unwind(panic));
        waiting.insert(number, batch);
        while let Some(batch) = waiting.remove(&wanted) {
            wanted += 1;
            for result in batch {
                write(result)?;
            }
            let _ = free.try_send(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use super::*;

    const PLAN: Plan = Plan { threads: 2, batch: 1 };

    #[test]
    fn no_more_threads_are_started_than_a_machine_bears() {
        assert_eq!(Threads { threads: usize::MAX }.plan(1).threads, MOST_THREADS);
        assert_eq!(Threads { threads: 3 }.plan(1).threads, 3);
    }

    #[test]
    fn while_one_item_takes_long_only_a_few_more_are_read() {
        let (read, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut written = Vec::new();
        let done = run(
            &PLAN,
            |_| 1,
            |keep| {
                for number in 0..10_000 {
                    read.fetch_add(1, Ordering::Relaxed);
                    assert!(keep(number));
                }
                Ok(())
            },
            |number| {
                if number == 0 {
                    thread::sleep(Duration::from_millis(300));
                    most.store(read.load(Ordering::Relaxed), Ordering::Relaxed);
                }
                number
            },
            |number| {
                written.push(number);
                Ok(())
            },
        );
        assert!(done.is_ok());
        assert!((2..=2 * UNDER_WAY + 1).contains(&most.into_inner()));
        assert_eq!(written, (0..10_000).collect::<Vec<_>>());
    }

    #[test]
    fn a_writer_that_fails_stops_the_reader() {
        let read = AtomicUsize::new(0);
        let endless = |keep: &mut dyn FnMut(usize) -> bool| {
            while keep(read.fetch_add(1, Ordering::Relaxed)) {}
            Ok(())
        };
        let full = |number| if number == 5 { anyhow::bail!("full") } else { Ok(()) };
        let done = run(&PLAN, |_| 1, endless, |number| number, full);
        assert_eq!(done.unwrap_err().to_string(), "full");
        assert!(read.into_inner() < 200);
    }

    #[test]
    fn a_panic_ends_everything_and_goes_on_in_the_caller() {
        let told = |at: &str, want: &str| {
            let read = AtomicUsize::new(0);
            let go_off = |here: &str, number: usize| {
                assert!(here != at || number != 5, "{here} went off");
                number
            };
            let done = catch_unwind(AssertUnwindSafe(|| {
                let endless = |keep: &mut dyn FnMut(usize) -> bool| {
                    while keep(go_off("reader", read.fetch_add(1, Ordering::Relaxed))) {}
                    Ok(())
                };
                let work = |number| go_off("worker", number);
                let write = |number| {
                    go_off("writer", number);
                    Ok(())
                };
                run(&PLAN, |_| 1, endless, work, write)
            }));
            let panic = done.unwrap_err();
            assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some(want));
            assert!(read.into_inner() < 200);
        };
        told("reader", "reader went off");
        told("worker", "worker went off");
        told("writer", "writer went off");
    }
}
