// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor calls all helpers.
pub(crate) const CALL: u64 = 0x5e1f_0001;

/// Elements of `results`: of helpers of both kinds of programs, of tc, of XDP.
pub(crate) const FIRST_OF_BOTH: u32 = 0;
pub(crate) const NR_OF_BOTH: u32 = 3;
pub(crate) const FIRST_OF_TC: u32 = 10;
pub(crate) const NR_OF_TC: u32 = 14;
pub(crate) const FIRST_OF_XDP: u32 = 30;
pub(crate) const NR_OF_XDP: u32 = 7;

/// XDP's last helper returns an action, its only way to refuse.
pub(crate) const REDIRECT_MAP: u32 = 36;
