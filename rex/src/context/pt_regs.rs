// SPDX-License-Identifier: GPL-2.0
//! The registers of interrupted code.
//! C counterpart: `struct pt_regs` in `arch/x86/include/asm/ptrace.h`. Its
//! layout on x86-64 is also that of userspace's `struct pt_regs`, and stable.

use core::ffi::c_void;
use core::slice;

/// The number of registers in `struct pt_regs`.
pub(crate) const NR_REGS: usize = 21;

/// The registers of interrupted code. They can be read, not written.
///
/// The compiler knows no size of it, so a `&mut PtRegs` can only be passed on:
/// no program can move, replace or swap the registers.
///
/// # Invariants
///
/// `regs` has `NR_REGS` elements, in the order of `struct pt_regs`.
#[repr(transparent)]
pub struct PtRegs {
    regs: [u64],
}

macro_rules! registers {
    ($($(#[$doc:meta])* $name:ident = $index:literal,)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub fn $name(&self) -> u64 {
                const { assert!($index < NR_REGS) }
                // SAFETY: the index is below `NR_REGS`, the type's invariant.
                unsafe { *self.regs.get_unchecked($index) }
            }
        )*
    };
}

impl PtRegs {
    registers! {
        /// Register r15.
        r15 = 0,
        /// Register r14.
        r14 = 1,
        /// Register r13.
        r13 = 2,
        /// Register r12.
        r12 = 3,
        /// Register rbp.
        rbp = 4,
        /// Register rbx.
        rbx = 5,
        /// Register r11.
        r11 = 6,
        /// Register r10, the fourth argument of a system call.
        r10 = 7,
        /// Register r9, the sixth argument.
        r9 = 8,
        /// Register r8, the fifth argument.
        r8 = 9,
        /// Register rax, the return value.
        rax = 10,
        /// Register rcx, the fourth argument.
        rcx = 11,
        /// Register rdx, the third argument.
        rdx = 12,
        /// Register rsi, the second argument.
        rsi = 13,
        /// Register rdi, the first argument.
        rdi = 14,
        /// The number of the system call, on entry to the kernel.
        orig_rax = 15,
        /// The instruction pointer.
        rip = 16,
        /// The code segment.
        cs = 17,
        /// The flags.
        eflags = 18,
        /// The stack pointer.
        rsp = 19,
        /// The stack segment.
        ss = 20,
    }

    /// A register by its place in `struct pt_regs`.
    #[inline(always)]
    pub(crate) fn word(&self, index: usize) -> Option<u64> {
        self.regs.get(index).copied()
    }

    /// # Safety
    ///
    /// `ctx` points to a `struct pt_regs` that nothing else uses for `'run`.
    #[inline(always)]
    pub(crate) unsafe fn from_ctx<'run>(ctx: *mut c_void) -> &'run mut Self {
        // SAFETY: a `struct pt_regs` is `NR_REGS` integers, and by the caller's
        // word nothing else uses it.
        let regs =
            unsafe { slice::from_raw_parts_mut(ctx.cast::<u64>(), NR_REGS) };
        // INVARIANT: the slice has `NR_REGS` elements.
        // SAFETY: the type is transparent over the slice.
        unsafe { &mut *(core::ptr::from_mut(regs) as *mut Self) }
    }

    /// # Safety
    ///
    /// `regs` points to a `struct pt_regs` that nothing writes to for `'run`.
    #[inline(always)]
    pub(crate) unsafe fn shared<'run>(regs: *const c_void) -> &'run Self {
        // SAFETY: a `struct pt_regs` is `NR_REGS` integers, and by the caller's
        // word nothing writes to it.
        let regs =
            unsafe { slice::from_raw_parts(regs.cast::<u64>(), NR_REGS) };
        // INVARIANT: the slice has `NR_REGS` elements.
        // SAFETY: the type is transparent over the slice.
        unsafe { &*(core::ptr::from_ref::<[u64]>(regs) as *const Self) }
    }

    /// Returns the function's return value, in programs that run when it
    /// returns.
    #[inline(always)]
    pub fn return_value(&self) -> u64 {
        self.rax()
    }

    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *const u64 {
        self.regs.as_ptr()
    }

    #[inline(always)]
    pub(crate) fn as_mut_ptr(&mut self) -> *mut u64 {
        self.regs.as_mut_ptr()
    }
}
