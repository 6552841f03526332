// SPDX-License-Identifier: GPL-2.0
//! The end of a run that panics.
//! C counterpart: the abort path, `kmod/abort.c`.

use core::fmt::Write;
use core::mem::MaybeUninit;
use core::panic::PanicInfo;
use core::slice;

use crate::rt::ffi;
use crate::rt::text::Text;

/// Passes message and location to the kernel, which ends the run.
///
/// No destructor runs. The kernel releases the resources that the program
/// holds.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut size = 0;
    // SAFETY: `size` is writable.
    let buf = unsafe { ffi::rex_panic_buf(&raw mut size) };
    let mut length = 0;
    // There is no buffer if formatting the message panicked.
    if !buf.is_null() {
        // SAFETY: the buffer has `size` bytes, and belongs to this run.
        let buf = unsafe {
            slice::from_raw_parts_mut(
                buf.cast::<MaybeUninit<u8>>(),
                size as usize,
            )
        };
        let mut text = Text::new(buf);
        // A message that fails to format is reported as far as it goes.
        let _ = write!(text, "{}", info.message());
        length = text.as_bytes().len();
    }
    let (file, line, column) = match info.location() {
        Some(place) => (place.file(), place.line(), place.column()),
        None => ("", 0, 0),
    };
    // SAFETY: pointer and length are of `file`; `length` bytes of the buffer
    // were written.
    unsafe {
        ffi::rex_panic(
            length as u64,
            file.as_ptr(),
            file.len() as u64,
            line,
            column,
        )
    }
}
