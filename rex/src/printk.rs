// SPDX-License-Identifier: GPL-2.0
//! Text output to `/sys/kernel/tracing/trace_pipe`.
//! C counterpart: `bpf_trace_printk()`.

use core::fmt::{self, Write};
use core::mem::MaybeUninit;

use crate::linux::errno::EINVAL;
use crate::rt::ffi;
use crate::rt::text::Text;
use crate::utils::{Result, to_result};

/// The longest text of one call, in bytes.
const MAX_TEXT: usize = 1024;

/// Writes `args` to the trace pipe, one `bpf_trace_printk` event for each line.
///
/// A text of more than 1021 bytes is truncated between two characters and ends in "...".
/// The kernel may make several events of a long line. The result is an error if a
/// `Display` implementation fails, or if the kernel does not take the text.
#[inline]
pub fn rex_trace_printk(args: fmt::Arguments<'_>) -> Result {
    print("", args)
}

/// Writes as `rex_trace_printk` does, after the path of a function. `rex_printk` calls
/// it.
#[doc(hidden)]
#[inline]
pub fn __printk(function: &str, args: fmt::Arguments<'_>) -> Result {
    print(function, args)
}

#[inline(never)]
fn print(function: &str, args: fmt::Arguments<'_>) -> Result {
    let mut buf = [MaybeUninit::uninit(); MAX_TEXT];
    let mut text = Text::new(&mut buf);
    if write(&mut text, function, args).is_err() {
        return Err(-EINVAL);
    }
    let bytes = text.as_bytes();
    // SAFETY: pointer and length are the slice's.
    let ret =
        unsafe { ffi::rex_trace_printk(bytes.as_ptr(), bytes.len() as u64) };
    to_result(ret).map(|_| 0)
}

fn write(
    text: &mut Text<'_>,
    function: &str,
    args: fmt::Arguments<'_>,
) -> fmt::Result {
    if !function.is_empty() {
        text.write_str("[")?;
        text.write_str(function)?;
        text.write_str("] ")?;
    }
    text.write_fmt(args)
}

/// Writes a line as `rex_trace_printk` does, after the path of a function and a level.
/// `info`, `warn` and `debug` call it; they cannot report an error.
#[doc(hidden)]
#[inline]
pub fn __log(function: &str, level: &str, args: fmt::Arguments<'_>) {
    let _ = print(function, format_args!("{level}{args}\n"));
}

/// Prints a line to the trace pipe (`/sys/kernel/tracing/trace_pipe`), after the path of
/// the function in brackets. If the line cannot be printed, it is lost.
///
/// Its counterpart in the kernel is `pr_info`.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// # fn f(ctx: &KprobeContext) {
/// info!("thread {} is on CPU {}", ctx.pid(), ctx.cpu());
/// # }
/// ```
#[macro_export]
macro_rules! info {
    ($($arg:tt)*) => {
        $crate::printk::__log(
            $crate::function_name!(),
            "",
            $crate::__core::format_args!($($arg)*),
        )
    };
}

/// Prints as [`info!`] does, with "warning: " before the text.
///
/// Its counterpart in the kernel is `pr_warn`.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// #[map]
/// static CALLS: HashMap<u32, u64> = HashMap::with_max_entries(1024);
///
/// # fn f(ctx: &TaskContext) {
/// if let Err(error) = CALLS.insert(ctx.tgid(), 0) {
///     warn!("process {} is not counted: {error:?}", ctx.tgid());
/// }
/// # }
/// ```
#[macro_export]
macro_rules! warn {
    ($($arg:tt)*) => {
        $crate::printk::__log(
            $crate::function_name!(),
            "warning: ",
            $crate::__core::format_args!($($arg)*),
        )
    };
}

/// Prints as [`info!`] does, with "debug: " before the text, in programs whose profile
/// has `debug-assertions = true`. In other programs, it prints nothing.
///
/// Its counterpart in the kernel is `pr_debug`.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// # fn f(ctx: &KprobeContext) {
/// debug!("called from {:#x}", ctx.regs().rip());
/// # }
/// ```
#[macro_export]
macro_rules! debug {
    ($($arg:tt)*) => {
        if $crate::__core::cfg!(debug_assertions) {
            $crate::printk::__log(
                $crate::function_name!(),
                "debug: ",
                $crate::__core::format_args!($($arg)*),
            )
        }
    };
}

/// Returns the path of the function that it is used in.
#[macro_export]
macro_rules! function_name {
    () => {{
        fn f() {}
        fn type_name_of<T>(_: T) -> &'static str {
            $crate::__core::any::type_name::<T>()
        }
        let name = type_name_of(f);
        name.strip_suffix("::f").unwrap_or(name)
    }};
}

/// Prints to the trace pipe (`/sys/kernel/tracing/trace_pipe`), without a newline at the
/// end. The path of the function in brackets precedes the text. The value is a
/// [`Result`](crate::Result); [`rex_trace_printk`] documents limits and errors.
///
/// # Examples
///
/// ```no_run
/// #[rex_kprobe]
/// fn on_call(obj: &kprobe, regs: &mut PtRegs) -> Result {
///     let cpu = obj.bpf_get_smp_processor_id();
///     rex_printk!("{:#x} on CPU {cpu}\n", regs.rip())
/// }
/// ```
#[macro_export]
macro_rules! rex_printk {
    ($($arg:tt)*) => {
        $crate::printk::__printk(
            $crate::function_name!(),
            $crate::__core::format_args!($($arg)*),
        )
    };
}
