// SPDX-License-Identifier: GPL-2.0
//! The symbols that programs link to: rex.ko provides them, and nothing else. C
//! counterpart: `kmod/symtab.c`.
//!
//! Signed results are negative error numbers on failure. The compiler also emits
//! calls of `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and of the kernel's
//! thunks for returns and indirect branches.

pub(crate) use self::{fields::*, helpers::*, lookups::*};

unsafe extern "C" {
    /// Returns the buffer for the panic message of this run; its size is stored in
    /// `len`. Null if the run panics for the second time.
    pub(crate) fn rex_panic_buf(len: *mut u64) -> *mut u8;
    /// Ends the run.
    pub(crate) fn rex_panic(
        msg_len: u64,
        file: *const u8,
        file_len: u64,
        line: u32,
        col: u32,
    ) -> !;
}

/// The result of a load: a value, or a negative error number.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Loaded {
    pub(crate) value: u64,
    pub(crate) error: i64,
}

unsafe extern "C" {
    // These load from any address, and return an error for an unreadable one.
    pub(crate) safe fn rex_load_1(addr: u64) -> Loaded;
    pub(crate) safe fn rex_load_2(addr: u64) -> Loaded;
    pub(crate) safe fn rex_load_4(addr: u64) -> Loaded;
    pub(crate) safe fn rex_load_8(addr: u64) -> Loaded;
}

/// Makes functions that return the values of absolute symbols, the offsets of
/// fields.
macro_rules! offsets {
    ($($name:ident = $symbol:ident,)*) => {
        $(
            #[cfg(target_os = "none")]
            #[inline(always)]
            pub(crate) fn $name() -> usize {
                (&raw const $symbol).addr()
            }

            #[cfg(not(target_os = "none"))]
            pub(crate) fn $name() -> usize {
                crate::host::offset(stringify!($name))
            }
        )*
    };
}

/// `REX_NO_FIELD`.
#[cfg(target_os = "none")]
const NO_FIELD: usize = 0x7fff_ffff;

/// Makes functions that return the offsets of fields that not every kernel has: None
/// if the running kernel lacks the field.
macro_rules! optional_offsets {
    ($($name:ident = $symbol:ident,)*) => {
        $(
            #[cfg(target_os = "none")]
            #[inline(always)]
            pub(crate) fn $name() -> Option<usize> {
                match (&raw const $symbol).addr() {
                    $crate::rt::ffi::NO_FIELD => None,
                    offset => Some(offset),
                }
            }

            #[cfg(not(target_os = "none"))]
            pub(crate) fn $name() -> Option<usize> {
                Some(crate::host::offset(stringify!($name)))
            }
        )*
    };
}

#[cfg(target_os = "none")]
unsafe extern "C" {
    /// Finds the element of a hash table; in it, the key lies `hash_key_offset()` from the
    /// beginning.
    pub(crate) fn rex_find_hash(
        map: u64,
        key: *const core::ffi::c_void,
    ) -> *mut core::ffi::c_void;
}

mod fields;
mod helpers;
mod lookups;
