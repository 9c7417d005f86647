//! Buffers for secrets, overwritten in memory when dropped. `Zeroizing` does the same a byte at a time,
//! which takes longer than to write a document.

use std::ops::{Deref, DerefMut};

use zeroize::Zeroize as _;

/// Bytes, all of whose memory is overwritten when they are dropped.
#[derive(Default)]
pub struct Wiped(Vec<u8>);

impl Wiped {
    /// No bytes, and room for some.
    pub fn with_capacity(capacity: usize) -> Self {
        Wiped(Vec::with_capacity(capacity))
    }

    /// Makes room for `additional` bytes more. A `Vec` that grows by itself may leave a copy of
    /// what it held behind; this overwrites it.
    pub fn reserve(&mut self, additional: usize) {
        let needed = self.0.len() + additional;
        if self.0.capacity() < needed {
            let mut larger = Wiped::with_capacity(needed.max(2 * self.0.capacity()));
            larger.extend_from_slice(&self.0);
            *self = larger;
        }
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.clear();
        self.0.spare_capacity_mut().zeroize();
    }
}

impl Deref for Wiped {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Wiped {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

/// Text, all of whose memory is overwritten when it is dropped.
#[derive(Default)]
pub struct WipedText(String);

impl WipedText {
    /// No text, and room for some bytes of it.
    pub fn with_capacity(capacity: usize) -> Self {
        WipedText(String::with_capacity(capacity))
    }
}

impl Drop for WipedText {
    fn drop(&mut self) {
        drop(Wiped(std::mem::take(&mut self.0).into_bytes()));
    }
}

impl Deref for WipedText {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

impl DerefMut for WipedText {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.0
    }
}
