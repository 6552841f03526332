// SPDX-License-Identifier: GPL-2.0
//! The traits of all kinds of `obj`, and the helpers that depend on the caller of a
//! program.

/// Every kind of `obj`. A borrow of one does not outlive the run.
///
/// # Safety
///
/// A value of the type exists during a run only, and programs only get a reference
/// to it whose lifetime ends with the run.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an `obj`, the first argument of a program",
    label = "the program's `obj` goes here"
)]
pub unsafe trait Run {}

/// Kinds of `obj` whose programs run in the context of a task.
///
/// # Safety
///
/// The kernel lets programs of this kind call the helpers that are about the current
/// task.
pub(crate) unsafe trait TaskRun: Run {}

/// Makes the helpers of an `obj` at probes that have registers.
macro_rules! at_probes {
    ($obj:ident) => {
        impl $obj {
            /// Returns the cookie of the attachment, which is `bpf_cookie` in the
            /// options of libbpf. 0 if it was attached without a cookie.
            #[inline(always)]
            pub fn bpf_get_attach_cookie(
                &self,
                _ctx: &crate::pt_regs::PtRegs,
            ) -> u64 {
                crate::rt::ffi::bpf_get_attach_cookie()
            }

            /// The address of the probed function: 0 if the probe is not at a
            /// function's beginning, and at a function of userspace before Linux
            /// 6.6.
            #[inline(always)]
            pub fn bpf_get_func_ip(
                &self,
                _ctx: &crate::pt_regs::PtRegs,
            ) -> u64 {
                crate::rt::ffi::bpf_get_func_ip()
            }

            /// Stores the stack at the probe in `map`, and returns its
            /// number: the kernel's, or with `BPF_F_USER_STACK` in `flags`
            /// that of userspace. The lowest 8 bits of `flags` are the number
            /// of frames to leave out.
            pub fn bpf_get_stackid<K: crate::Pod, V: crate::Pod>(
                &self,
                ctx: &crate::pt_regs::PtRegs,
                map: &'static crate::map::RexStackTrace<K, V>,
                flags: u64,
            ) -> crate::Result {
                // SAFETY: these are registers of the probe, or of a task in
                // userspace. The kernel's unwinder trusts none of their values.
                unsafe { map.store(ctx.as_ptr(), flags) }
            }

            /// Copies the stack at the probe to `addresses`, innermost frame first,
            /// and returns its size in bytes; `flags` are as for
            /// [`bpf_get_stackid`](Self::bpf_get_stackid).
            pub fn bpf_get_stack(
                &self,
                ctx: &crate::pt_regs::PtRegs,
                addresses: &mut [u64],
                flags: u64,
            ) -> crate::Result {
                // SAFETY: as in `bpf_get_stackid`.
                unsafe {
                    crate::map::copy_stack(ctx.as_ptr(), addresses, flags)
                }
            }
        }
    };
}

/// Makes the helpers of an `obj` for the stack of the program's caller.
macro_rules! stack_of_caller {
    ([$($generics:tt)*] $obj:ty: $context:ty) => {
        impl<$($generics)*> $obj {
            /// Stores the current stack in `map`, and returns its number. It is the
            /// kernel's stack, or userspace's with `BPF_F_USER_STACK` in `flags`,
            /// whose lowest 8 bits are the number of frames to leave out. The
            /// kernel's stack begins with the functions that called the program.
            pub fn bpf_get_stackid<K: crate::Pod, V: crate::Pod>(
                &self,
                _ctx: &$context,
                map: &'static crate::map::RexStackTrace<K, V>,
                flags: u64,
            ) -> crate::Result {
                map.store_caller(flags)
            }

            /// Copies the current stack to `addresses`, innermost frame first, and
            /// returns its size in bytes; `flags` are as for
            /// [`bpf_get_stackid`](Self::bpf_get_stackid).
            pub fn bpf_get_stack(
                &self,
                _ctx: &$context,
                addresses: &mut [u64],
                flags: u64,
            ) -> crate::Result {
                // SAFETY: there are no registers.
                unsafe {
                    crate::map::copy_stack(core::ptr::null(), addresses, flags)
                }
            }
        }
    };
}

/// Makes the helpers of an `obj` for the function that calls the program.
macro_rules! at_functions {
    ($obj:ty: $context:ty) => {
        impl $obj {
            /// Returns the cookie of the attachment, which is `bpf_cookie` in the
            /// options of libbpf. 0 if it was attached without a cookie.
            #[inline(always)]
            pub fn bpf_get_attach_cookie(&self, _ctx: &$context) -> u64 {
                crate::rt::ffi::bpf_get_attach_cookie()
            }

            /// Returns the address of the traced function.
            #[inline(always)]
            pub fn bpf_get_func_ip(&self, ctx: &$context) -> u64 {
                // SAFETY: these are the arguments of the run, which the event is made of.
                // There is no other event during a run.
                unsafe {
                    crate::rt::ffi::rex_traced_function(ctx.args().as_ptr())
                }
            }
        }
    };
}

pub(super) use {at_functions, at_probes, stack_of_caller};
