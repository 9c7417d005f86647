//! What differs between operating systems: the prompt, signals, private files, core dumps, standard
//! streams and the encoding of arguments. The module of each system has the same items.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;
