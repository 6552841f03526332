// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor stores the configs in `SEEN`.
pub(crate) const LOOK: u64 = 0x5e1f_7100;

/// Indices of the configs, and of bytes of `PREFIX`, in `SEEN`.
pub(crate) const AT_MAX: u32 = 0;
pub(crate) const AT_DELTA: u32 = 1;
pub(crate) const AT_FLAG: u32 = 2;
pub(crate) const AT_TINY: u32 = 3;
pub(crate) const AT_WIDE: u32 = 4;
pub(crate) const AT_FIRST: u32 = 5;
pub(crate) const AT_SECOND: u32 = 6;
pub(crate) const AT_PREFIX: u32 = 8;
pub(crate) const NR_SEEN: u32 = 24;

/// The initial values in the object.
pub(crate) const OWN_MAX: u64 = 5;
pub(crate) const OWN_WIDE: u64 = 0x1_0000_0001;
