//! Work on all processors, with the results in order.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// Has workers that `hire` makes work on the items, on as many threads as there are processors, this
/// one among them, and gives the results to `sink` in the order of the items. Only a few items for
/// each thread are under way at once.
///
/// Stops at the first error of `sink`.
pub fn in_order<T: Send, R: Send, E: Send, W: FnMut(T) -> R>(
    items: impl Iterator<Item = T> + Send,
    hire: impl Fn() -> W + Sync,
    sink: impl FnMut(R) -> Result<(), E> + Send,
) -> Result<(), E> {
    let mut items = items.peekable();
    let Some(first) = items.next() else { return Ok(()) };
    let threads = match items.peek() {
        None => 1,
        // To ask takes longer than a small item.
        Some(_) => thread::available_parallelism().map_or(1, NonZero::get),
    };
    let items = Mutex::new(std::iter::once(first).chain(items).enumerate());
    let arrivals =
        Arrivals { early: BTreeMap::new(), next: 0, sink, outcome: Ok(()), leaving: false };
    let (arrivals, changed) = (Mutex::new(arrivals), Condvar::new());

    let work = || {
        // Nobody is to wait for a thread that is gone, even if it panicked.
        let _leave = OnDrop(|| {
            arrivals.lock().unwrap_or_else(PoisonError::into_inner).leaving = true;
            changed.notify_all();
        });
        let mut work = hire();
        loop {
            let item = items.lock().map(|mut items| items.next());
            let Ok(Some((at, item))) = item else { return };
            let result = work(item);
            let Ok(mut arrivals) = arrivals.lock() else { return };
            arrivals.take(at, result);
            changed.notify_all();
            while arrivals.early.len() >= 2 * threads && !arrivals.leaving {
                let Ok(woken) = changed.wait(arrivals) else { return };
                arrivals = woken;
            }
            if arrivals.outcome.is_err() {
                return;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    arrivals.into_inner().unwrap_or_else(PoisonError::into_inner).outcome
}

/// What has come of the items.
struct Arrivals<R, S, E> {
    /// Results that came before their turn.
    early: BTreeMap<usize, R>,
    /// Whose turn it is.
    next: usize,
    sink: S,
    outcome: Result<(), E>,
    /// Whether a thread has left: there are no more items, or there was an error.
    leaving: bool,
}

impl<R, E, S: FnMut(R) -> Result<(), E>> Arrivals<R, S, E> {
    /// Takes a result. Gives it away if it is its turn, and all those that waited for it.
    fn take(&mut self, at: usize, result: R) {
        self.early.insert(at, result);
        while let Some(result) = self.early.remove(&self.next) {
            self.next += 1;
            if self.outcome.is_ok() {
                self.outcome = (self.sink)(result);
            }
        }
    }
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
