// SPDX-License-Identifier: GPL-2.0
//! Types that all kinds of programs share.

use core::ffi::c_int;

/// What a program returns, and what helpers return that can fail.
///
/// The kernel gets the number in either variant. Errors of helpers are negative
/// error numbers, such as `-rex::linux::errno::ENOENT`.
pub type Result = core::result::Result<c_int, c_int>;

/// The `Result` of a helper that returns a negative error number on failure.
#[inline(always)]
pub(crate) fn to_result(ret: i64) -> Result {
    // Error numbers and sizes of buffers fit.
    let ret = ret as c_int;
    if ret < 0 { Err(ret) } else { Ok(ret) }
}

/// The number that the kernel gets from a program's result.
#[inline(always)]
pub(crate) fn from_result(result: Result) -> u32 {
    let (Ok(ret) | Err(ret)) = result;
    ret as u32
}
