// SPDX-License-Identifier: GPL-2.0
//! Macros for the kernel's data.

/// Follows a chain of members and reads the last one.
///
/// It begins with a [`Ptr`](crate::kernel::Ptr): a variable, a call (`read!(ctx.current::<
/// task_struct>().pid)`), or any expression in parentheses. Then there are members of
/// structs that are declared by [`kernel!`](macro@crate::kernel), and `[index]` for an
/// element of an array or of a pointer's target. The length of an array is not known here.
///
/// The result is a [`Result`](crate::error::Result): of an integer, `bool` or array of
/// integers; of a `Ptr` for a pointer, a struct or an array of others; of an `Option` for a
/// member that not every kernel has.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// use rex::kernel::task_struct;
///
/// #[kprobe("do_exit")]
/// fn on_exit(ctx: &mut KprobeContext) -> Result {
///     let task = ctx.current::<task_struct>();
///     let parent = read!(task.real_parent.tgid)?;
///     let first = read!(task.thread_pid.numbers[0].nr)?;
///     info!("{first}, whose parent is {parent}");
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// `EFAULT` if a pointer of the chain cannot be followed; `ERANGE` if it is no address of
/// the kernel, such as NULL; `ENOENT` if the running kernel lacks a member within the
/// chain.
#[macro_export]
macro_rules! read {
    (($($base:tt)+) $($rest:tt)+) => {
        $crate::__rex_read!([($($base)+)] $($rest)+)
    };
    ($base:ident $($rest:tt)+) => {
        $crate::__rex_read!([$base] $($rest)+)
    };
    ($($other:tt)*) => {
        $crate::__core::compile_error!(
            "expected a pointer and its members, as in `read!(task.real_parent.tgid)`; \
             an expression is put into parentheses: `read!((self.task).pid)`"
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __rex_read {
    // Calls belong to the beginning of the chain.
    ([$($base:tt)+] . $method:ident ($($args:tt)*) $($rest:tt)*) => {
        $crate::__rex_read!([$($base)+ . $method ($($args)*)] $($rest)*)
    };
    ([$($base:tt)+] . $method:ident :: < $ty:ident > ($($args:tt)*) $($rest:tt)*) => {
        $crate::__rex_read!([$($base)+ . $method :: < $ty > ($($args)*)] $($rest)*)
    };
    ([$($base:tt)+] ? $($rest:tt)*) => {
        $crate::__rex_read!([$($base)+ ?] $($rest)*)
    };
    ([$($base:tt)+] $($rest:tt)+) => {
        $crate::__rex_read!(@ {
            $crate::__core::result::Result::Ok::<_, $crate::Errno>($($base)+)
        } $($rest)+)
    };
    (@ {$($chain:tt)*}) => {
        $($chain)*
    };
    (@ {$($chain:tt)*} . $member:ident $($rest:tt)*) => {
        $crate::__rex_read!(@ {
            $crate::kernel::__then(
                $($chain)*,
                #[inline(always)]
                |pointer| {
                    $crate::kernel::__get(pointer, #[inline(always)] |at| at.$member)
                },
            )
        } $($rest)*)
    };
    (@ {$($chain:tt)*} [$index:expr] $($rest:tt)*) => {
        $crate::__rex_read!(@ {
            $crate::kernel::__then(
                $($chain)*,
                #[inline(always)]
                |pointer| pointer.element($index),
            )
        } $($rest)*)
    };
    (@ {$($chain:tt)*} $($other:tt)+) => {
        $crate::__core::compile_error!(
            "expected `.member` or `[index]`, as in `read!(task.real_parent.tgid)`; \
             `?` goes after the macro: `read!(task.pid)?`"
        )
    };
}

/// The number that the loader finds for a symbol in the kernel's type information: see
/// `kmod/btf.h`. It is a number for any name; the loader refuses a name that it cannot
/// parse.
#[cfg(target_os = "none")]
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_btf {
    ($symbol:literal) => {{
        const _: () = $crate::kernel::__check_symbol($symbol);
        unsafe extern "C" {
            #[link_name = $crate::__core::concat!("__rex_btf", $symbol)]
            static NUMBER: u8;
        }
        (&raw const NUMBER).addr()
    }};
}

#[cfg(not(target_os = "none"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_btf {
    ($symbol:literal) => {
        $crate::host::__btf($symbol)
    };
}
