// SPDX-License-Identifier: GPL-2.0
//! The places of the answers. The test has them as a header.

pub(crate) const ONES: u32 = 0;
pub(crate) const ONES_32: u32 = 1;
pub(crate) const ONES_16: u32 = 2;
pub(crate) const LEADING: u32 = 3;
pub(crate) const LEADING_32: u32 = 4;
pub(crate) const LEADING_16: u32 = 5;
pub(crate) const TRAILING: u32 = 6;
pub(crate) const TRAILING_32: u32 = 7;
pub(crate) const TRAILING_16: u32 = 8;
pub(crate) const SWAPPED: u32 = 9;
pub(crate) const SWAPPED_32: u32 = 10;
pub(crate) const SWAPPED_16: u32 = 11;
pub(crate) const STORED: u32 = 12;
pub(crate) const AND_NOT: u32 = 13;
pub(crate) const WITHOUT_LOWEST: u32 = 14;
pub(crate) const UP_TO_LOWEST: u32 = 15;
pub(crate) const LOWEST: u32 = 16;
pub(crate) const FIRST_BITS: u32 = 17;
pub(crate) const PRODUCT_HIGH: u32 = 18;
pub(crate) const ROTATED: u32 = 19;
pub(crate) const SHIFTED_LEFT: u32 = 20;
pub(crate) const SHIFTED_RIGHT: u32 = 21;
pub(crate) const SHIFTED_SIGNED: u32 = 22;
pub(crate) const FIELD: u32 = 23;
pub(crate) const NR_ANSWERS: u32 = 24;
