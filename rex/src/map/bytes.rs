// SPDX-License-Identifier: GPL-2.0
//! Copies of any bytes of an element.

use core::marker::PhantomData;
use core::ptr::NonNull;
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicU8, AtomicU64};

use super::element::MapRef;
use crate::error::{Errno, Result};
use crate::pod::Pod;

impl<'run, V: Pod> MapRef<'run, V> {
    /// Copies the bytes of the value from `offset` on to `bytes`.
    ///
    /// # Errors
    ///
    /// `E2BIG` if they reach beyond the value.
    #[inline]
    pub fn read_at(&self, offset: usize, bytes: &mut [u8]) -> Result {
        let mut from = self.bytes_at(offset, bytes.len())?;
        for piece in bytes.chunks_mut(8) {
            from = from.read(piece);
        }
        Ok(())
    }

    /// Stores `bytes` in the value from `offset` on.
    ///
    /// # Errors
    ///
    /// `E2BIG` if they reach beyond the value.
    #[inline]
    pub fn write_at(&self, offset: usize, bytes: &[u8]) -> Result {
        let mut to = self.bytes_at(offset, bytes.len())?;
        for piece in bytes.chunks(8) {
            to = to.write(piece);
        }
        Ok(())
    }

    /// `length` bytes of the value.
    #[inline(always)]
    fn bytes_at(&self, offset: usize, length: usize) -> Result<Bytes<'run>> {
        if offset > size_of::<V>() || length > size_of::<V>() - offset {
            return Err(Errno::E2BIG);
        }
        // SAFETY: the offset is within the value.
        let at = unsafe { self.value.byte_add(offset) };
        Ok(Bytes {
            at: at.cast(),
            left: length,
            _run: PhantomData,
        })
    }
}

/// Bytes of an element, from which and to which others copy at the same time.
///
/// # Invariants
///
/// During `'run`, there are `left` bytes at `at`, which no code reads or writes through a
/// reference.
struct Bytes<'run> {
    at: NonNull<u8>,
    left: usize,
    _run: PhantomData<&'run ()>,
}

impl Bytes<'_> {
    /// Calls `copy` with each piece of the next `length` bytes: an aligned word if there
    /// are 8 bytes, or a byte.
    #[inline(always)]
    fn pieces(
        self,
        length: usize,
        word: impl FnOnce(&AtomicU64),
        mut byte: impl FnMut(usize, &AtomicU8),
    ) -> Self {
        assert!(length <= self.left);
        let at = self.at.as_ptr();
        if length == 8 && self.at.addr().get().is_multiple_of(8) {
            // SAFETY: there are 8 bytes, aligned, not accessed through other than
            // atomic references.
            word(unsafe { AtomicU64::from_ptr(at.cast()) });
        } else {
            for index in 0..length {
                // SAFETY: the byte is one of those.
                let place = unsafe { at.add(index) };
                // SAFETY: as above.
                byte(index, unsafe { AtomicU8::from_ptr(place) });
            }
        }
        // INVARIANT: this many are left after them.
        Self {
            // SAFETY: that is at most the end of the value.
            at: unsafe { self.at.add(length) },
            left: self.left - length,
            ..self
        }
    }

    /// Copies the next bytes to `piece`, at most 8.
    #[inline(always)]
    fn read(self, piece: &mut [u8]) -> Self {
        let mut copy = [0; 8];
        let mut whole = None;
        let rest = self.pieces(
            piece.len(),
            |word| whole = Some(word.load(Relaxed).to_ne_bytes()),
            |index, byte| copy[index] = byte.load(Relaxed),
        );
        let copy = whole.unwrap_or(copy);
        piece.copy_from_slice(&copy[..piece.len()]);
        rest
    }

    /// Stores `piece`, at most 8 bytes, in the next bytes.
    #[inline(always)]
    fn write(self, piece: &[u8]) -> Self {
        self.pieces(
            piece.len(),
            |word| {
                let mut copy = [0; 8];
                copy.copy_from_slice(piece);
                word.store(u64::from_ne_bytes(copy), Relaxed);
            },
            |index, byte| byte.store(piece[index], Relaxed),
        )
    }
}

#[cfg(test)]
mod tests {
    use core::ptr::NonNull;

    use super::super::element::MapRef;

    #[test]
    fn bytes_are_copied_from_and_to_any_place() {
        for shift in 0..8 {
            let mut memory = [0u64; 8];
            let place = NonNull::from(&mut memory).cast::<[u8; 40]>();
            // SAFETY: it is within the memory.
            let place = unsafe { place.byte_add(shift) };
            // SAFETY: only this test uses the memory.
            let element = unsafe { MapRef::new_unaligned(place) };
            let bytes: [u8; 40] = core::array::from_fn(|at| at as u8 + 1);
            for from in 0..40 {
                for to in from..=40 {
                    element.set([0; 40]);
                    element.write_at(from, &bytes[from..to]).unwrap();
                    let mut want = [0; 40];
                    want[from..to].copy_from_slice(&bytes[from..to]);
                    assert_eq!(element.get(), want, "{from} to {to}");
                    let mut back = [0; 40];
                    element.read_at(from, &mut back[from..to]).unwrap();
                    assert_eq!(back, want, "{from} to {to}");
                }
            }
            assert!(element.read_at(41, &mut []).is_err());
            assert!(element.read_at(40, &mut []).is_ok());
            assert!(element.write_at(39, &[0; 2]).is_err());
            assert!(element.write_at(usize::MAX, &[0; 2]).is_err());
            // Nothing around it has changed.
            let whole = memory.map(u64::to_ne_bytes).concat();
            assert!(whole[..shift].iter().all(|byte| *byte == 0));
            assert!(whole[shift + 40..].iter().all(|byte| *byte == 0));
        }
    }
}
