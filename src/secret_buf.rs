//! A buffer for secrets.

use std::io::{self, Read};
use std::ops::{Deref, DerefMut};

use zeroize::Zeroize as _;

/// A growable byte buffer that overwrites its memory when it is dropped or reallocated.
///
/// It differs from `Zeroizing<Vec<u8>>`, which leaves a copy of its bytes behind when it grows, and
/// which overwrites one byte at a time.
#[derive(Clone, Default)]
pub struct SecretBuf(Vec<u8>);

impl SecretBuf {
    /// Creates an empty buffer with room for at least `capacity` bytes.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        SecretBuf(Vec::with_capacity(capacity))
    }

    /// Reads everything from `reader`.
    ///
    /// # Errors
    ///
    /// Returns the first error of `reader`, except for interruptions.
    pub fn read_from(reader: impl Read) -> io::Result<Self> {
        Self::read_sized(reader, 0)
    }

    /// Reads everything from `reader`, with a single allocation if there are at most `len` bytes.
    ///
    /// # Errors
    ///
    /// Returns the first error of `reader`, except for interruptions.
    pub fn read_sized(mut reader: impl Read, len: usize) -> io::Result<Self> {
        /// With less room, `read_to_end` would read into a buffer of its own.
        const MIN_ROOM: usize = 1024;

        let mut buf = SecretBuf::with_capacity(len + MIN_ROOM);
        loop {
            buf.reserve(MIN_ROOM);
            let room = buf.0.capacity() - buf.0.len();
            // Limited, so that the `Vec` does not grow by itself, which would leave a copy behind.
            if reader.by_ref().take(room as u64).read_to_end(&mut buf.0)? < room {
                return Ok(buf);
            }
        }
    }

    /// Appends `bytes`. If the buffer has to grow, its old memory is overwritten.
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Makes room for at least `additional` more bytes.
    #[inline]
    fn reserve(&mut self, additional: usize) {
        if additional > self.0.capacity() - self.0.len() {
            self.grow(additional);
        }
    }

    #[cold]
    fn grow(&mut self, additional: usize) {
        let len = self.0.len() + additional;
        let mut larger = SecretBuf::with_capacity(len.max(2 * self.0.capacity()));
        larger.0.extend_from_slice(&self.0);
        *self = larger;
    }

    /// Shortens the buffer to its first `len` bytes. The others are overwritten when it is dropped.
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl Drop for SecretBuf {
    fn drop(&mut self) {
        self.0.clear();
        self.0.spare_capacity_mut().zeroize();
    }
}

impl From<Vec<u8>> for SecretBuf {
    fn from(bytes: Vec<u8>) -> Self {
        SecretBuf(bytes)
    }
}

impl From<&str> for SecretBuf {
    fn from(text: &str) -> Self {
        SecretBuf(text.as_bytes().to_vec())
    }
}

impl Deref for SecretBuf {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for SecretBuf {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl io::Write for SecretBuf {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn it_grows_and_shrinks_like_a_vec() {
        let mut buf = SecretBuf::from(b"ab".to_vec());
        buf.extend_from_slice(b"cd");
        write!(buf, "{}", 42).expect("a buffer takes every write");
        buf.flush().expect("a buffer needs no flush");
        assert_eq!(&*buf, b"abcd42");
        buf.truncate(3);
        assert_eq!(&*buf, b"abc");
        assert!(SecretBuf::with_capacity(7).0.capacity() >= 7);
    }

    /// A reader that is interrupted before each byte, and fails in the end if told to.
    struct Slow<'a> {
        bytes: &'a [u8],
        is_interrupted: bool,
        fails: bool,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
            self.is_interrupted = !self.is_interrupted;
            match self.bytes {
                _ if self.is_interrupted => Err(io::ErrorKind::Interrupted.into()),
                [] if self.fails => Err(io::ErrorKind::TimedOut.into()),
                bytes => (&bytes[..bytes.len().min(1)]).read(block).inspect(|len| {
                    self.bytes = &bytes[*len..];
                }),
            }
        }
    }

    #[test]
    fn a_reader_is_read_to_its_end() {
        let slow = |fails| Slow { bytes: b"password", is_interrupted: false, fails };
        let buf = SecretBuf::read_from(slow(false)).expect("it reads on");
        assert_eq!(&*buf, b"password");
        let error = SecretBuf::read_from(slow(true)).err().map(|error| error.kind());
        assert_eq!(error, Some(io::ErrorKind::TimedOut));
        for len in [0, 1, 1_023, 1_024, 1_025, 40_000] {
            let bytes = vec![7; len];
            let buf = SecretBuf::read_from(&bytes[..]).expect("a slice is read");
            assert_eq!(&*buf, bytes);
        }
    }

    #[test]
    fn a_reader_of_known_length_is_read_into_one_allocation() {
        let bytes = vec![7; 40_000];
        let buf = SecretBuf::read_sized(&bytes[..], bytes.len()).expect("a slice is read");
        assert_eq!(&*buf, bytes);
        assert_eq!(buf.0.capacity(), SecretBuf::with_capacity(41_024).0.capacity());
    }

    #[test]
    fn capacity_is_used_up_before_it_grows() {
        let mut buf = SecretBuf::with_capacity(8);
        let capacity = buf.0.capacity();
        buf.extend_from_slice(&vec![1; capacity]);
        assert_eq!(buf.0.capacity(), capacity);
    }

    #[test]
    fn growth_is_geometric() {
        let mut buf = SecretBuf::default();
        let mut growths = 0;
        for _ in 0..1_000 {
            let capacity = buf.0.capacity();
            buf.extend_from_slice(b"x");
            growths += usize::from(buf.0.capacity() != capacity);
        }
        assert!(growths <= 11, "{growths}");
    }
}
