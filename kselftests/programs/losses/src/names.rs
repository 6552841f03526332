// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor makes `fails` return ENOENT, by a `?`.
pub(crate) const ABSENT: u64 = 0x5e1f_7001;

/// `dup` of this descriptor makes it return -7.
pub(crate) const SEVEN: u64 = 0x5e1f_7002;

/// `dup` of this descriptor writes one record of 64 bytes by a reservation.
pub(crate) const RESERVE: u64 = 0x5e1f_7003;

/// `dup` of this descriptor writes one record of 64 bytes by a copy.
pub(crate) const OUTPUT: u64 = 0x5e1f_7004;

/// `dup` of this descriptor writes a sample to an event array without a reader.
pub(crate) const SAMPLE: u64 = 0x5e1f_7005;
