//! What differs between operating systems: the prompt, signals, private files, core dumps, the standard
//! streams and text in arguments. Each system's module has the same items.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;
