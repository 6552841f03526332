// SPDX-License-Identifier: GPL-2.0
//! Copies of any bytes of an element.

use core::slice;
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
        let from = self.bytes_at(offset, bytes.len())?;
        let (first, rest) = bytes.split_at_mut(from.first.len());
        let (words, last) = rest.as_chunks_mut();
        read_bytes(first, from.first);
        for (to, from) in words.iter_mut().zip(from.words) {
            *to = from.load(Relaxed).to_ne_bytes();
        }
        read_bytes(last, from.last);
        Ok(())
    }

    /// Stores `bytes` in the value from `offset` on.
    ///
    /// # Errors
    ///
    /// `E2BIG` if they reach beyond the value.
    #[inline]
    pub fn write_at(&self, offset: usize, bytes: &[u8]) -> Result {
        let to = self.bytes_at(offset, bytes.len())?;
        let (first, rest) = bytes.split_at(to.first.len());
        let (words, last) = rest.as_chunks();
        write_bytes(to.first, first);
        for (to, from) in to.words.iter().zip(words) {
            to.store(u64::from_ne_bytes(*from), Relaxed);
        }
        write_bytes(to.last, last);
        Ok(())
    }

    /// `length` bytes of the value.
    #[inline(always)]
    fn bytes_at(&self, offset: usize, length: usize) -> Result<Bytes<'run>> {
        if offset > size_of::<V>() || length > size_of::<V>() - offset {
            return Err(Errno::E2BIG);
        }
        // SAFETY: the offset is within the value.
        let at = unsafe { self.value.byte_add(offset) }.as_ptr();
        let until_aligned = if self.is_aligned_at(offset) {
            0
        } else {
            at.cast::<u8>().align_offset(align_of::<AtomicU64>())
        };
        let first = until_aligned.min(length);
        let words = (length - first) / size_of::<AtomicU64>();
        // SAFETY: these bytes are within the value, which is there for `'run`, and are not
        // accessed through other than atomic references.
        let bytes: &[AtomicU8] =
            unsafe { slice::from_raw_parts(at.cast(), length) };
        let (first, rest) = bytes.split_at(first);
        let (words, last) = rest.split_at(words * size_of::<AtomicU64>());
        let words = if words.is_empty() {
            &[]
        } else {
            // SAFETY: as above; the first of these bytes is aligned, since there are bytes
            // after `first`, and they are whole words.
            unsafe {
                slice::from_raw_parts(
                    words.as_ptr().cast(),
                    words.len() / size_of::<AtomicU64>(),
                )
            }
        };
        Ok(Bytes { first, words, last })
    }
}

/// Bytes of an element, from which and to which others copy at the same time: as many
/// words as possible, and less than a word before and after them.
struct Bytes<'run> {
    first: &'run [AtomicU8],
    words: &'run [AtomicU64],
    last: &'run [AtomicU8],
}

#[inline(always)]
fn read_bytes(to: &mut [u8], from: &[AtomicU8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = from.load(Relaxed);
    }
}

#[inline(always)]
fn write_bytes(to: &[AtomicU8], from: &[u8]) {
    for (to, from) in to.iter().zip(from) {
        to.store(*from, Relaxed);
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
