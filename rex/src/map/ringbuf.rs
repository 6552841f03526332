// SPDX-License-Identifier: GPL-2.0
//! Ring buffers: a stream of records to userspace.
//! C counterpart: `kernel/bpf/ringbuf.c`.

use core::fmt;
use core::marker::PhantomData;
use core::mem;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use core::slice;

use super::MissingMapAttribute;
use super::handle::RexMapHandle;
use crate::context::Context;
use crate::error::done;
use crate::linux::bpf::{
    BPF_MAP_TYPE_RINGBUF, BPF_MAP_TYPE_USER_RINGBUF, BPF_RB_AVAIL_DATA,
    BPF_RB_CONS_POS, BPF_RB_PROD_POS, BPF_RB_RING_SIZE,
};
use crate::linux::errno::{EINVAL, ENODATA};
use crate::program::Run;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// A ring buffer. `max_entries` is its size in bytes, which is rounded up to a
/// power of two pages.
///
/// `flags` of its functions are `BPF_RB_NO_WAKEUP`, `BPF_RB_FORCE_WAKEUP`, or 0, which
/// wakes waiters when necessary.
pub type RexRingBuf = RexMapHandle<BPF_MAP_TYPE_RINGBUF, (), ()>;

impl RexRingBuf {
    /// Reserves a record of `size` bytes. None if there is no room, which may
    /// also be because an earlier record is not submitted yet.
    ///
    /// The record belongs to the run: it cannot outlive `obj`, and the kernel discards
    /// it if the run ends without submitting it.
    #[inline]
    pub fn reserve<'run>(
        &'static self,
        obj: &'run impl Run,
        size: usize,
    ) -> Option<RexRingBufEntry<'run>> {
        self.reserve_in(Context::of(obj), size)
    }

    #[inline]
    fn reserve_in<'run>(
        &'static self,
        _ctx: Context<'run>,
        size: usize,
    ) -> Option<RexRingBufEntry<'run>> {
        let map = self.kernel_map()?;
        // SAFETY: it is a ring buffer, by the handle's invariant.
        let data = unsafe { ffi::bpf_ringbuf_reserve(map, size as u64, 0) };
        // INVARIANT: the kernel's function returns such a record; the run does not end
        // before `'run`.
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

    /// Returns the number of bytes not consumed yet, including the headers of records.
    pub fn available_bytes(&'static self) -> Option<u64> {
        self.query(BPF_RB_AVAIL_DATA)
    }

    /// Returns the size in bytes.
    pub fn size(&'static self) -> Option<u64> {
        self.query(BPF_RB_RING_SIZE)
    }

    /// Returns the number of bytes consumed so far, which wraps around.
    pub fn consumer_position(&'static self) -> Option<u64> {
        self.query(BPF_RB_CONS_POS)
    }

    /// Returns the number of bytes reserved so far, which wraps around.
    pub fn producer_position(&'static self) -> Option<u64> {
        self.query(BPF_RB_PROD_POS)
    }

    /// Returns the simulated map.
    #[cfg(not(target_os = "none"))]
    pub(crate) fn simulated(&'static self) -> Option<u64> {
        self.kernel_map()
    }

    /// Queries the ring buffer. None if the loader has not made it.
    #[inline]
    fn query(&self, what: u64) -> Option<u64> {
        let map = self.kernel_map()?;
        // SAFETY: it is a ring buffer, by the handle's invariant.
        Some(unsafe { ffi::bpf_ringbuf_query(map, what) })
    }
}

/// A reserved record: a slice of bytes that userspace sees when it is submitted. A
/// dropped record is discarded.
///
/// At first, it contains old bytes of the ring buffer. To send plain data, copy
/// [`bytes_of`](crate::bytes_of) it. [`fmt::Write`] appends text.
///
/// # Invariants
///
/// `data` points to `size` bytes of the ring buffer that belong to this run alone until
/// it submits or discards them. Userspace can map them for reading only. Whatever it
/// does to the consumer's position, the kernel reserves no record that overlaps an
/// unsubmitted one. The bytes are initialised: the kernel allocates zeroed pages, and
/// programs write initialised bytes.
pub struct RexRingBufEntry<'run> {
    data: NonNull<u8>,
    size: usize,
    written: usize,
    /// It ends with the run, when the kernel takes it back. It is neither `Send` nor
    /// `Sync`, because of the pointer.
    _run: PhantomData<&'run ()>,
}

impl RexRingBufEntry<'_> {
    /// Hands the record to userspace.
    #[inline]
    pub fn submit(self, flags: u64) {
        // SAFETY: the record is this run's, by the type's invariant, and no longer used.
        unsafe { ffi::bpf_ringbuf_submit(self.data.as_ptr(), flags) };
        mem::forget(self);
    }

    /// Discards the record: userspace does not see it.
    #[inline]
    pub fn discard(self, flags: u64) {
        // SAFETY: the record is this run's, by the type's invariant, and no longer used.
        unsafe { ffi::bpf_ringbuf_discard(self.data.as_ptr(), flags) };
        mem::forget(self);
    }
}

impl Drop for RexRingBufEntry<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the record is this run's, by the type's invariant, and no longer used.
        unsafe { ffi::bpf_ringbuf_discard(self.data.as_ptr(), 0) };
    }
}

impl Deref for RexRingBufEntry<'_> {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        // SAFETY: by the type's invariant; nothing else writes to the bytes.
        unsafe { slice::from_raw_parts(self.data.as_ptr(), self.size) }
    }
}

impl DerefMut for RexRingBufEntry<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: by the type's invariant; nothing else uses the bytes.
        unsafe { slice::from_raw_parts_mut(self.data.as_ptr(), self.size) }
    }
}

/// Fails, and writes nothing, if a piece of text with its NUL does not fit.
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

/// A ring buffer: a stream of records to userspace.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// #[map]
/// static EVENTS: RingBuf = RingBuf::with_size(1 << 16);
///
/// #[derive(Clone, Copy, Pod)]
/// #[repr(C)]
/// struct Event {
///     pid: u32,
///     fd: u32,
/// }
///
/// #[tracepoint]
/// fn on_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
///     let (pid, fd) = (ctx.pid(), ctx.event().fildes as u32);
///     EVENTS.output(&Event { pid, fd })
/// }
/// ```
#[doc(alias = "BPF_MAP_TYPE_RINGBUF")]
#[repr(transparent)]
pub struct RingBuf(RexRingBuf);

impl super::handle::sealed::Sealed for RingBuf {}
impl super::__IsMap for RingBuf {}

impl RingBuf {
    /// Makes a ring buffer of `bytes` bytes, which is rounded up to a power of two
    /// pages.
    pub const fn with_size(bytes: u32) -> MissingMapAttribute<Self> {
        super::missing::made_of!(RexRingBuf::new(bytes, 0))
    }

    /// Reserves a record of `size` bytes. None if there is no room, which may also be
    /// because an earlier record is not submitted yet.
    ///
    /// The record belongs to the run: the kernel discards it if the run ends without
    /// submitting it.
    #[doc(alias = "bpf_ringbuf_reserve")]
    #[inline(always)]
    pub fn reserve<'run>(
        &'static self,
        ctx: &Context<'run>,
        size: usize,
    ) -> Option<RingBufEntry<'run>> {
        self.0.reserve_in(*ctx, size).map(RingBufEntry)
    }

    /// Copies `data` to a record of its own.
    ///
    /// # Errors
    ///
    /// `EAGAIN` if there is no room, which may also be because an earlier record is not
    /// submitted yet.
    #[doc(alias = "bpf_ringbuf_output")]
    #[inline(always)]
    pub fn output<T: crate::Pod>(
        &'static self,
        data: &T,
    ) -> crate::error::Result {
        self.output_bytes(crate::bytes_of(data))
    }

    /// Copies `bytes` to a record of its own; otherwise as [`output`](Self::output).
    ///
    /// # Errors
    ///
    /// Errors are those of [`output`](Self::output).
    #[doc(alias = "bpf_ringbuf_output")]
    #[inline(always)]
    pub fn output_bytes(&'static self, bytes: &[u8]) -> crate::error::Result {
        done(self.0.output(bytes, 0))
    }

    /// Returns the number of bytes not consumed yet, including the headers of records.
    #[doc(alias = "bpf_ringbuf_query")]
    #[inline(always)]
    pub fn available_bytes(&'static self) -> u64 {
        self.0.available_bytes().unwrap_or(0)
    }

    /// Returns the size in bytes.
    #[doc(alias = "bpf_ringbuf_query")]
    #[inline(always)]
    pub fn size(&'static self) -> u64 {
        self.0.size().unwrap_or(0)
    }

    #[cfg(not(target_os = "none"))]
    pub(crate) fn simulated(&'static self) -> Option<u64> {
        self.0.simulated()
    }
}

/// A reserved record of a [`RingBuf`]: a slice of bytes that userspace sees when it is
/// submitted. A dropped record is discarded.
///
/// At first, it contains old bytes of the ring buffer. [`fmt::Write`] appends text.
#[must_use = "a record that is dropped is discarded"]
pub struct RingBufEntry<'run>(RexRingBufEntry<'run>);

impl RingBufEntry<'_> {
    /// Hands the record to userspace. Wakes waiters when necessary.
    #[doc(alias = "bpf_ringbuf_submit")]
    #[inline(always)]
    pub fn submit(self) {
        self.0.submit(0);
    }

    /// Submits the record with `BPF_RB_NO_WAKEUP` or `BPF_RB_FORCE_WAKEUP`.
    #[doc(alias = "bpf_ringbuf_submit")]
    #[inline(always)]
    pub fn submit_with(self, flags: u64) {
        self.0.submit(flags);
    }

    /// Discards the record: userspace does not see it.
    #[doc(alias = "bpf_ringbuf_discard")]
    #[inline(always)]
    pub fn discard(self) {
        self.0.discard(0);
    }
}

impl Deref for RingBufEntry<'_> {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for RingBufEntry<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

/// Behaves as that of [`RexRingBufEntry`].
impl fmt::Write for RingBufEntry<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }
}

/// A ring buffer that userspace writes records to, and programs read: made with the size in
/// bytes, a power of two and a multiple of a page, in place of a number of elements.
pub type RexUserRingBuf = RexMapHandle<BPF_MAP_TYPE_USER_RINGBUF, (), ()>;

impl RexUserRingBuf {
    /// Takes the next record, and copies it to `buffer`, truncated if it does not fit.
    /// Returns the record's size. `-ENODATA` if there is none, `-EBUSY` if another program
    /// is taking one, `-EINVAL` or `-E2BIG` if userspace has written what is no record.
    #[inline]
    pub fn read(&'static self, buffer: &mut [u8]) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        // SAFETY: it is such a ring buffer, by the handle's invariant, and the size is the
        // slice's.
        to_result(unsafe {
            ffi::rex_user_ringbuf_read(
                map,
                buffer.as_mut_ptr(),
                buffer.len() as u64,
            )
        })
    }

    /// The simulated map.
    #[cfg(not(target_os = "none"))]
    pub(crate) fn simulated(&'static self) -> Option<u64> {
        self.kernel_map()
    }
}

/// A record that a program has taken from a [`UserRingBuf`]: the bytes that fit in the
/// program's buffer. They are a copy, which userspace cannot change.
#[derive(Clone, Copy, Debug)]
pub struct UserRecord<'b> {
    bytes: &'b [u8],
    size: usize,
}

impl<'b> UserRecord<'b> {
    /// Returns the bytes. They live as long as the buffer.
    #[must_use]
    pub const fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// Returns the size that userspace gave the record.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Returns whether the record is larger than the buffer.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        self.size > self.bytes.len()
    }
}

impl core::ops::Deref for UserRecord<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

/// A ring buffer that userspace writes records to, for instance with libbpf's
/// `user_ring_buffer__reserve`, and programs read: orders for programs, in their order.
///
/// A record is copied: userspace could change it at any time where it is. Programs on
/// several CPUs, and on top of each other, may take records of one ring buffer: each gets
/// others. A program that is stopped has taken the records that it has read.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// #[map]
/// static ORDERS: UserRingBuf = UserRingBuf::with_size(4096);
///
/// #[map]
/// static IGNORED: HashMap<u32, u64> = HashMap::with_max_entries(64);
///
/// #[timer(period_ms = 10)]
/// fn take_orders(_: &mut TimerContext) -> Result {
///     ORDERS.drain(&mut [0; 4], |order| {
///         let pid = order.bytes().try_into().or(Err(Errno::EINVAL))?;
///         IGNORED.insert(u32::from_ne_bytes(pid), 1)
///     })?;
///     Ok(())
/// }
/// ```
#[doc(alias = "BPF_MAP_TYPE_USER_RINGBUF")]
#[repr(transparent)]
pub struct UserRingBuf(RexUserRingBuf);

impl super::handle::sealed::Sealed for UserRingBuf {}
impl super::__IsMap for UserRingBuf {}

impl UserRingBuf {
    /// Most records that a call of [`drain`](Self::drain) takes: the kernel's limit for
    /// eBPF programs. So a process that keeps writing does not keep a program running.
    pub const MAX_RECORDS: u32 = 128 * 1024;

    /// Makes a ring buffer of this size, a power of two and a multiple of a page.
    pub const fn with_size(bytes: u32) -> MissingMapAttribute<Self> {
        super::missing::made_of!(RexUserRingBuf::new(bytes, 0))
    }

    /// Takes the next record, and copies it to `buffer`, truncated if it does not fit. None
    /// if there is no record.
    ///
    /// # Errors
    ///
    /// `EBUSY` if another program is taking a record at this moment; `EINVAL` or `E2BIG` if
    /// userspace has written what is no record.
    #[doc(alias = "bpf_user_ringbuf_drain")]
    #[inline(always)]
    pub fn read<'b>(
        &'static self,
        buffer: &'b mut [u8],
    ) -> crate::error::Result<Option<UserRecord<'b>>> {
        match self.0.read(buffer) {
            Ok(size) => {
                let size = size as usize;
                let bytes = buffer.get(..size).unwrap_or(buffer);
                Ok(Some(UserRecord { bytes, size }))
            }
            Err(error) if error == -ENODATA => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes records until there is none, [`MAX_RECORDS`](Self::MAX_RECORDS) at most, and
    /// calls `take` with each. Returns their number.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), and those of `take`. The record for which `take`
    /// fails has been taken, and those after it are left.
    #[doc(alias = "bpf_user_ringbuf_drain")]
    #[inline]
    pub fn drain(
        &'static self,
        buffer: &mut [u8],
        mut take: impl FnMut(UserRecord<'_>) -> crate::error::Result,
    ) -> crate::error::Result<u32> {
        for taken in 0..Self::MAX_RECORDS {
            match self.read(buffer)? {
                Some(record) => take(record)?,
                None => return Ok(taken),
            }
        }
        Ok(Self::MAX_RECORDS)
    }

    #[cfg(not(target_os = "none"))]
    pub(crate) fn simulated(&'static self) -> Option<u64> {
        self.0.simulated()
    }
}
