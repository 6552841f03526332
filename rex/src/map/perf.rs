// SPDX-License-Identifier: GPL-2.0
//! Maps of perf events.
//! C counterpart: `kernel/trace/bpf_trace.c`, `kernel/bpf/stackmap.c`.

use core::ffi::c_void;
use core::ptr;

use super::MissingMapAttribute;
use super::handle::RexMapHandle;
use crate::context::Context;
use crate::error::done;
use crate::linux::bpf::{
    BPF_F_CURRENT_CPU, BPF_F_INDEX_MASK, BPF_MAP_TYPE_PERF_EVENT_ARRAY,
    BPF_MAP_TYPE_STACK_TRACE,
};
use crate::linux::errno::EINVAL;
use crate::pod::Pod;
use crate::program::Run;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// An array of perf events, one for each CPU. Userspace opens and stores them; programs
/// write samples of type V to them. If `max_entries` is 0, there is one for each CPU.
pub type RexPerfEventArray<V> =
    RexMapHandle<BPF_MAP_TYPE_PERF_EVENT_ARRAY, u32, V>;

/// Stacks, by the number that `bpf_get_stackid` returns. K is `u32`, and V an array of
/// `u64`, as long as the deepest stack.
pub type RexStackTrace<K, V> = RexMapHandle<BPF_MAP_TYPE_STACK_TRACE, K, V>;

/// An event of a [`RexPerfEventArray`], and flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerfEventMaskedCPU {
    flags: u64,
}

impl PerfEventMaskedCPU {
    /// Selects the event of the CPU that the program runs on.
    #[inline(always)]
    pub const fn current_cpu() -> Self {
        Self {
            flags: BPF_F_CURRENT_CPU,
        }
    }

    /// Selects the event of CPU `cpu`. The kernel accepts events opened for the CPU
    /// that the program runs on; other ones are `-EOPNOTSUPP`.
    #[inline(always)]
    pub const fn any_cpu(cpu: u64) -> Self {
        Self {
            flags: cpu & BPF_F_INDEX_MASK,
        }
    }
}

/// The kinds of `obj` that write samples to a [`RexPerfEventArray`].
pub trait PerfEventStreamer: Run {
    /// The event that the program runs for.
    type Context<'run>: ?Sized;

    /// Writes a sample with the bytes of `data`.
    fn output_event<T: Pod>(
        &self,
        _ctx: &Self::Context<'_>,
        map: &'static RexPerfEventArray<T>,
        data: &T,
        cpu: PerfEventMaskedCPU,
    ) -> Result {
        map.output_bytes(crate::bytes_of(data), cpu)
    }
}

impl<V: Pod> RexPerfEventArray<V> {
    /// Writes a sample with the bytes of `data`. `-ENOENT` if userspace has
    /// stored no event there, `-E2BIG` if there are more than 32767 bytes.
    pub fn output<P: PerfEventStreamer>(
        &'static self,
        obj: &P,
        ctx: &P::Context<'_>,
        data: &V,
        cpu: PerfEventMaskedCPU,
    ) -> Result {
        obj.output_event(ctx, self, data, cpu)
    }

    fn output_bytes(&self, data: &[u8], cpu: PerfEventMaskedCPU) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        // SAFETY: it is an array of events, by the handle's invariant, and the
        // size is the slice's.
        to_result(unsafe {
            ffi::bpf_perf_event_output(
                map,
                cpu.flags,
                data.as_ptr(),
                data.len() as u64,
            )
        })
    }
}

/// Returns the size that a helper gets: it need not use all of a slice.
fn size_of_stack(addresses: &[u64]) -> u32 {
    const LARGEST: usize = i32::MAX as usize & !7;
    size_of_val(addresses).min(LARGEST) as u32
}

/// Copies the stack that begins at `regs` to `addresses`; null stands for the caller of
/// the program.
///
/// # Safety
///
/// `regs` is null, or points to registers of any values.
#[inline]
pub(crate) unsafe fn copy_stack(
    regs: *const u64,
    addresses: &mut [u64],
    flags: u64,
) -> Result {
    let size = size_of_stack(addresses);
    // SAFETY: the size is not more than the slice's; otherwise by the caller's word.
    to_result(unsafe {
        ffi::bpf_get_stack(regs.cast_mut(), addresses.as_mut_ptr(), size, flags)
    })
}

/// Copies the stack of a sample to `addresses`.
///
/// # Safety
///
/// `ctx` is the context of the run of a perf event program.
#[inline]
pub(crate) unsafe fn copy_stack_of_sample(
    ctx: *mut c_void,
    addresses: &mut [u64],
    flags: u64,
) -> Result {
    let size = size_of_stack(addresses);
    // SAFETY: the size is not more than the slice's; otherwise by the caller's word.
    to_result(unsafe {
        ffi::bpf_get_stack_pe(ctx, addresses.as_mut_ptr(), size, flags)
    })
}

impl<K: Pod, V: Pod> RexStackTrace<K, V> {
    #[inline]
    fn stack_map(&self) -> Option<u64> {
        const {
            assert!(size_of::<K>() == 4, "the key of a stack trace is a u32");
            assert!(
                size_of::<V>().is_multiple_of(8),
                "the value of a stack trace is an array of u64",
            );
        }
        self.kernel_map()
    }

    /// Stores the current stack.
    ///
    /// # Safety
    ///
    /// `regs` is null, or points to registers of any values.
    #[inline]
    pub(crate) unsafe fn store(&self, regs: *const u64, flags: u64) -> Result {
        let map = self.stack_map().ok_or(-EINVAL)?;
        // SAFETY: it is a map of stacks, by the handle's invariant; otherwise by the
        // caller's word.
        to_result(unsafe { ffi::bpf_get_stackid(regs.cast_mut(), map, flags) })
    }

    /// Stores the stack of a sample.
    ///
    /// # Safety
    ///
    /// `ctx` is the context of the run of a perf event program.
    #[inline]
    pub(crate) unsafe fn store_sample(
        &self,
        ctx: *mut c_void,
        flags: u64,
    ) -> Result {
        let map = self.stack_map().ok_or(-EINVAL)?;
        // SAFETY: it is a map of stacks, by the handle's invariant; otherwise by the
        // caller's word.
        to_result(unsafe { ffi::bpf_get_stackid_pe(ctx, map, flags) })
    }

    /// Stores the stack of the caller of the program.
    #[inline]
    pub(crate) fn store_caller(&self, flags: u64) -> Result {
        // SAFETY: there are no registers.
        unsafe { self.store(ptr::null(), flags) }
    }
}

super::wrapper::map! {
    /// An array of perf events, one for each CPU. Userspace opens and stores them;
    /// programs write samples of type V to them. If `max_entries` is 0, there is one
    /// for each CPU.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[map]
    /// static READS: PerfEventArray<u64> = PerfEventArray::with_max_entries(0);
    ///
    /// #[kprobe("vfs_read")]
    /// fn on_read(ctx: &mut KprobeContext) -> Result {
    ///     READS.output(ctx, &ctx.regs().rdx())
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_PERF_EVENT_ARRAY")]
    PerfEventArray<V: Pod> = RexPerfEventArray<V>
}

impl<V: Pod> PerfEventArray<V> {
    /// Writes a sample with the bytes of `data` to the event of this CPU.
    ///
    /// # Errors
    ///
    /// `ENOENT` if userspace has stored no event there, `E2BIG` if there are more than
    /// 32767 bytes.
    #[doc(alias = "bpf_perf_event_output")]
    #[inline(always)]
    pub fn output(
        &'static self,
        ctx: &Context<'_>,
        data: &V,
    ) -> crate::error::Result {
        self.output_to(ctx, PerfEventMaskedCPU::current_cpu(), data)
    }

    /// Writes a sample with the bytes of `data` to the event of `cpu`.
    ///
    /// # Errors
    ///
    /// The errors of [`output`](Self::output); `EOPNOTSUPP` if the event is not for the
    /// CPU that the program runs on.
    #[doc(alias = "bpf_perf_event_output")]
    #[inline(always)]
    pub fn output_to(
        &'static self,
        _ctx: &Context<'_>,
        cpu: PerfEventMaskedCPU,
        data: &V,
    ) -> crate::error::Result {
        done(self.0.output_bytes(crate::bytes_of(data), cpu))
    }
}

/// Stacks of at most `DEPTH` frames, by the number that the method `stack_id` of a
/// context returns.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// #[map]
/// static STACKS: StackTrace<32> = StackTrace::with_max_entries(1000);
///
/// /// Samples by the number of their stack.
/// #[map]
/// static SAMPLES: HashMap<u32, u64> = HashMap::with_max_entries(1000);
///
/// #[perf_event]
/// fn on_sample(ctx: &mut PerfEventContext) -> Result {
///     let stack = ctx.stack_id(&STACKS, 0)?;
///     SAMPLES.insert(stack, SAMPLES.get(stack).unwrap_or(0) + 1)
/// }
/// ```
#[doc(alias = "BPF_MAP_TYPE_STACK_TRACE")]
#[repr(transparent)]
pub struct StackTrace<const DEPTH: usize>(RexStackTrace<u32, [u64; DEPTH]>);

impl<const DEPTH: usize> super::handle::sealed::Sealed for StackTrace<DEPTH> {}
impl<const DEPTH: usize> super::__IsMap for StackTrace<DEPTH> {}

impl<const DEPTH: usize> StackTrace<DEPTH> {
    /// Makes a map with room for `max_entries` stacks.
    pub const fn with_max_entries(
        max_entries: u32,
    ) -> MissingMapAttribute<Self> {
        super::missing::made_of!(RexStackTrace::new(max_entries, 0))
    }

    #[inline(always)]
    pub(crate) fn inner(
        &'static self,
    ) -> &'static RexStackTrace<u32, [u64; DEPTH]> {
        &self.0
    }
}
