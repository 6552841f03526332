// SPDX-License-Identifier: GPL-2.0
//! Ring buffers: a stream of records to userspace.
//! C counterpart: `kernel/bpf/ringbuf.c`.

use core::fmt;
use core::marker::PhantomData;
use core::mem;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use core::slice;

use super::handle::RexMapHandle;
use crate::linux::bpf::{
    BPF_MAP_TYPE_RINGBUF, BPF_RB_AVAIL_DATA, BPF_RB_CONS_POS, BPF_RB_PROD_POS,
    BPF_RB_RING_SIZE,
};
use crate::linux::errno::EINVAL;
use crate::program::Run;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// A ring buffer. `max_entries` is its size in bytes, which is rounded up to a
/// power of two pages.
///
/// `flags` of its functions are `BPF_RB_NO_WAKEUP`, `BPF_RB_FORCE_WAKEUP`, or 0:
/// then whoever waits is woken if need be.
pub type RexRingBuf = RexMapHandle<BPF_MAP_TYPE_RINGBUF, (), ()>;

impl RexRingBuf {
    /// Reserves a record of `size` bytes. None if there is no room, which may
    /// also be because an earlier record is not submitted yet.
    ///
    /// The record is the run's: it cannot outlive `obj`, and what is neither
    /// submitted nor discarded when the run ends, the kernel discards.
    #[inline]
    pub fn reserve<'run>(
        &'static self,
        _obj: &'run impl Run,
        size: usize,
    ) -> Option<RexRingBufEntry<'run>> {
        let map = self.kernel_map()?;
        // SAFETY: it is a ring buffer, by the handle's invariant.
        let data = unsafe { ffi::bpf_ringbuf_reserve(map, size as u64, 0) };
        // INVARIANT: this is what the kernel's function gives; `obj` is borrowed
        // for `'run`.
        Some(RexRingBufEntry {
            data: NonNull::new(data)?,
            size,
            written: 0,
            _run: PhantomData,
        })
    }

    /// Copies `data` to a record of its own.
    #[inline]
    pub fn output(&'static self, data: &[u8], flags: u64) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        // SAFETY: it is a ring buffer, by the handle's invariant, and the size
        // is the slice's.
        to_result(unsafe {
            ffi::bpf_ringbuf_output(
                map,
                data.as_ptr(),
                data.len() as u64,
                flags,
            )
        })
    }

    /// Bytes that are not consumed yet, with the headers of records.
    pub fn available_bytes(&'static self) -> Option<u64> {
        self.query(BPF_RB_AVAIL_DATA)
    }

    /// Bytes that there is room for.
    pub fn size(&'static self) -> Option<u64> {
        self.query(BPF_RB_RING_SIZE)
    }

    /// Bytes consumed so far; wraps around.
    pub fn consumer_position(&'static self) -> Option<u64> {
        self.query(BPF_RB_CONS_POS)
    }

    /// Bytes reserved so far; wraps around.
    pub fn producer_position(&'static self) -> Option<u64> {
        self.query(BPF_RB_PROD_POS)
    }

    /// The simulated map.
    #[cfg(not(target_os = "none"))]
    pub(crate) fn simulated(&'static self) -> Option<u64> {
        self.kernel_map()
    }

    /// None if the static lacks the attribute `rex_map`.
    #[inline]
    fn query(&self, what: u64) -> Option<u64> {
        let map = self.kernel_map()?;
        // SAFETY: it is a ring buffer, by the handle's invariant.
        Some(unsafe { ffi::bpf_ringbuf_query(map, what) })
    }
}

/// A reserved record: a slice of bytes, which userspace sees when it is
/// submitted. Dropped, it is discarded.
///
/// At first there is in it whatever the ring buffer had there before. To send
/// plain data, copy [`bytes_of`](crate::bytes_of) it. With [`fmt::Write`], text is
/// written, each piece behind the one before.
///
/// # Invariants
///
/// `data` points to `size` bytes of the ring buffer that the kernel has given to
/// this run and to nobody else, until they are given back: userspace can map them
/// for reading only, and whatever it does to the consumer's position, the kernel
/// hands out no record that overlaps one which is not submitted. They are
/// initialised: the kernel allocates zeroed pages, and what programs write is.
pub struct RexRingBufEntry<'run> {
    data: NonNull<u8>,
    size: usize,
    written: usize,
    /// Not beyond the run: the kernel takes it back then. Neither `Send` nor
    /// `Sync`, because of the pointer.
    _run: PhantomData<&'run ()>,
}

impl RexRingBufEntry<'_> {
    /// Hands the record to userspace.
    #[inline]
    pub fn submit(self, flags: u64) {
        // SAFETY: the record is this run's, by the type's invariant, and not
        // used any more.
        unsafe { ffi::bpf_ringbuf_submit(self.data.as_ptr(), flags) };
        mem::forget(self);
    }

    /// Gives the record up: userspace does not see it.
    #[inline]
    pub fn discard(self, flags: u64) {
        // SAFETY: the record is this run's, by the type's invariant, and not
        // used any more.
        unsafe { ffi::bpf_ringbuf_discard(self.data.as_ptr(), flags) };
        mem::forget(self);
    }
}

impl Drop for RexRingBufEntry<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the record is this run's, by the type's invariant, and not
        // used any more.
        unsafe { ffi::bpf_ringbuf_discard(self.data.as_ptr(), 0) };
    }
}

impl Deref for RexRingBufEntry<'_> {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        // SAFETY: by the type's invariant; nobody else writes to the bytes.
        unsafe { slice::from_raw_parts(self.data.as_ptr(), self.size) }
    }
}

impl DerefMut for RexRingBufEntry<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: by the type's invariant; nobody else has the bytes.
        unsafe { slice::from_raw_parts_mut(self.data.as_ptr(), self.size) }
    }
}

/// Fails if there is no room for all of a piece of text and for the NUL that is
/// behind it; then nothing of the piece is written.
impl fmt::Write for RexRingBufEntry<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let start = self.written;
        let end = start.checked_add(text.len()).ok_or(fmt::Error)?;
        let place = self.get_mut(start..=end).ok_or(fmt::Error)?;
        let (nul, piece) = place.split_last_mut().ok_or(fmt::Error)?;
        piece.copy_from_slice(text.as_bytes());
        *nul = 0;
        self.written = end;
        Ok(())
    }
}
