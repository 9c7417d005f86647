//! Work on all processors, with the results in order.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Has a worker that `hire` makes work on each item, on as many threads as there are processors,
/// and gives the results to `sink` in the order of the items. No more than two items a thread are
/// under way at once.
///
/// Stops at the first error of `sink`. A single item, and all items where there is one processor,
/// are worked on here: a thread costs more than a small item.
pub fn in_order<T: Send, R: Send, E, W: FnMut(T) -> R>(
    items: impl Iterator<Item = T>,
    hire: impl Fn() -> W + Sync,
    mut sink: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let mut items = items.peekable();
    let Some(first) = items.next() else { return Ok(()) };
    let threads = match items.peek() {
        None => 1,
        // To ask takes longer than a small item.
        Some(_) => thread::available_parallelism().map_or(1, NonZero::get),
    };
    if threads == 1 {
        let mut work = hire();
        return std::iter::once(first).chain(items).try_for_each(|item| sink(work(item)));
    }
    thread::scope(|scope| {
        let workers: Vec<(Sender<T>, Receiver<R>)> = (0..threads)
            .map_while(|_| {
                let (to_work, from_here) = channel();
                let (to_here, from_work) = channel();
                let hire = &hire;
                let thread = thread::Builder::new().spawn_scoped(scope, move || {
                    let mut work = hire();
                    for item in from_here {
                        if to_here.send(work(item)).is_err() {
                            break;
                        }
                    }
                });
                thread.ok().map(|_| (to_work, from_work))
            })
            .collect();
        let all = std::iter::once(first).chain(items);
        let threads = workers.len();
        if threads == 0 {
            let mut work = hire();
            return { all }.try_for_each(|item| sink(work(item)));
        }
        // Item after item goes to worker after worker, so that the oldest result is always that of
        // a worker that is known.
        let (mut sent, mut taken) = (0, 0);
        let mut take_oldest = |taken: usize| match workers[taken % threads].1.recv() {
            Ok(result) => sink(result),
            // The worker panicked; the scope passes that on.
            Err(_) => Ok(()),
        };
        for item in all {
            if sent - taken == 2 * threads {
                take_oldest(taken)?;
                taken += 1;
            }
            // Only a worker that panicked does not listen.
            let _ = workers[sent % threads].0.send(item);
            sent += 1;
        }
        (taken..sent).try_for_each(take_oldest)
    })
}
