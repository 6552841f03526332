// SPDX-License-Identifier: GPL-2.0
//! Text in a buffer of fixed size.

use core::fmt;
use core::mem::MaybeUninit;
use core::slice;

/// The end of a truncated text.
const ELLIPSIS: &[u8] = b"...";

/// A text that is written piece by piece. If the buffer is full, it is
/// truncated between two characters and ends in "...".
///
/// # Invariants
///
/// The first `len` bytes of `buf` are initialised, and UTF-8.
pub(crate) struct Text<'a> {
    buf: &'a mut [MaybeUninit<u8>],
    len: usize,
    cut: bool,
}

impl<'a> Text<'a> {
    pub(crate) fn new(buf: &'a mut [MaybeUninit<u8>]) -> Self {
        Self {
            buf,
            len: 0,
            cut: false,
        }
    }

    /// Writes as much of `bytes` as fits.
    fn push(&mut self, bytes: &[u8]) {
        let room = self.buf.get_mut(self.len..).unwrap_or_default();
        let length = room.len().min(bytes.len());
        for (to, from) in room.iter_mut().zip(bytes) {
            to.write(*from);
        }
        // INVARIANT: this many bytes have just been written.
        self.len = self.len.wrapping_add(length);
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        // SAFETY: these bytes are initialised, by the type's invariant.
        unsafe { slice::from_raw_parts(self.buf.as_ptr().cast(), self.len) }
    }
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        if self.cut {
            return Ok(());
        }
        // The last bytes are reserved for the ellipsis.
        let end = self.buf.len().saturating_sub(ELLIPSIS.len());
        let room = end.saturating_sub(self.len);
        let fits = s.floor_char_boundary(room);
        self.push(s.as_bytes().get(..fits).unwrap_or_default());
        if fits < s.len() {
            self.cut = true;
            self.push(ELLIPSIS);
        }
        Ok(())
    }
}
