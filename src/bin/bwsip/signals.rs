//! What has to be put right when a signal ends or stops the process.
//!
//! One thread sees to all of it: of two, the first to be done would end the process before the other
//! is.

use std::ffi::c_int;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Something that a signal must not leave as it is.
pub trait Interrupted: Send {
    /// Puts it right, before the signal does what it does.
    fn before(&self, signal: c_int);

    /// Takes it up again: the process was stopped, and goes on.
    fn after(&self) {}
}

static WATCHED: Mutex<Vec<Box<dyn Interrupted>>> = Mutex::new(Vec::new());

/// Sees to `one` from now on.
pub fn watch(one: impl Interrupted + 'static) -> io::Result<()> {
    let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    if watched.is_empty() {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP])?;
        thread::Builder::new().spawn(move || {
            for signal in &mut signals {
                let watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
                watched.iter().for_each(|one| one.before(signal));
                let _ = emulate_default_handler(signal);
                watched.iter().for_each(|one| one.after());
            }
        })?;
    }
    watched.push(Box::new(one));
    Ok(())
}
