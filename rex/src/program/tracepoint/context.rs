// SPDX-License-Identifier: GPL-2.0
//! Declarations of the records of tracepoints.
//! C counterpart: `/sys/kernel/tracing/events/*/*/format`.

use core::marker::PhantomData;

/// Where a record has data of variable length: a field that the kernel's format
/// calls `__data_loc`. See [`tracepoint::data`](super::tracepoint::data).
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct DataLoc {
    /// Offset from the record in the lower half, number of bytes in the upper.
    place: u32,
    /// It is of no use in another run.
    _run: PhantomData<*mut ()>,
}

impl DataLoc {
    /// The number of bytes. Of a string, with its NUL.
    #[inline(always)]
    pub fn len(&self) -> usize {
        (self.place >> 16) as usize
    }

    /// Whether there are no data.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub(super) fn offset(&self) -> usize {
        (self.place & 0xffff) as usize
    }
}

/// Reads a field of a record.
///
/// # Safety
///
/// The record has a field of T's size at `offset`, of which any bytes are a T.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn read_field<T: Copy>(record: *const u8, offset: usize) -> T {
    // SAFETY: the caller says so. Fields need not be aligned.
    unsafe { record.wrapping_add(offset).cast::<T>().read_unaligned() }
}

/// Ends the compilation if `name` is no name of an event or a field.
#[doc(hidden)]
pub const fn check_name(name: &str) {
    let name = name.as_bytes();
    let mut i = 0;
    while i < name.len() {
        let plain = name[i].is_ascii_alphanumeric()
            || matches!(name[i], b'_' | b'/' | b'-' | b'.');
        assert!(plain, "this is not the name of a tracepoint or a field");
        i += 1;
    }
}

/// Declares the records of tracepoints, as far as a program wants them.
///
/// ```ignore
/// rex::tracepoint_ctx! {
///     /// The scheduler takes another task.
///     pub struct SchedSwitch at "sched/sched_switch" {
///         /// The name of the task that runs next.
///         pub next_comm: [u8; 16],
///         /// Its thread id.
///         pub next_pid: i32,
///     }
/// }
///
/// #[rex_tracepoint]
/// fn on_switch(obj: &tracepoint<SchedSwitch>, ctx: &SchedSwitch) -> Result {
///     rex_printk!("next is {}\n", ctx.next_pid)
/// }
/// ```
///
/// The string is the event's category and name: a folder in
/// `/sys/kernel/tracing/events`, in which the file `format` tells the fields. Name
/// those that you read, in any order. Where they are is looked up when the object
/// is loaded, so that one object serves kernels that lay them out differently. If
/// the running kernel has no such event, a field that the program reads is
/// missing, or is of another size or signedness, the object is refused, and the
/// log of the load names the field.
///
/// The type of a field is an integer such as `u32` or `i64` (pointers are `u64`,
/// enums and `int` are `i32`, `bool` is `u8`), an array `[u8; 16]` of integers, or
/// [`DataLoc`] for data of variable length (`__data_loc`). Behind the type,
///
/// - `as u64`: it is a `u64` in the kernel, and turned into what stands before;
/// - `from "name"`: it has another name in the kernel.
///
/// The struct is a copy of these fields, which a program gets as its context.
#[macro_export]
macro_rules! tracepoint_ctx {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident at $event:literal {
            $(
                $(#[$field_meta:meta])*
                $field_vis:vis $field:ident: $ty:tt
                $(as $raw:tt)? $(from $field_name:literal)?
            ),* $(,)?
        }
    )*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy)]
            $vis struct $name {
                $(
                    $(#[$field_meta])*
                    $field_vis $field: $crate::__rex_tp_type!($ty),
                )*
            }

            $crate::__rex_tp_context! {
                $name $event {
                    $($field: $ty $(as $raw)? $(from $field_name)?,)*
                }
            }
        )*
    };
}

/// Makes a struct with these fields the context of a tracepoint.
///
/// On its own, since derives and other attributes of a program see the tokens of
/// the struct: none of those may come from a macro that is allowed unsafe code.
///
/// Anybody can call it. What it relies on, the compiler's macros too, is reached
/// by `$crate`, since a caller can have a macro `concat` or a crate `core`.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_tp_context {
    ($name:ident $event:literal {
        $(
            $field:ident: $ty:tt
            $(as $raw:tt)? $(from $field_name:literal)?,
        )*
    }) => {
        const _: () = {
            $crate::tracepoint::check_name($event);
            $($($crate::tracepoint::check_name($field_name);)?)*
        };

        // SAFETY: the loader refuses the object if the event's record has no
        // field of this size at the offset that it finds for it, or not in
        // this event. Any bytes are an integer, or a `DataLoc` if the kernel
        // says that the field is one.
        unsafe impl $crate::tracepoint::TracepointContext for $name {
            const SECTION: &'static str =
                $crate::__core::concat!("tracepoint/", $event);

            #[inline(always)]
            unsafe fn read(record: *const u8) -> Self {
                let _ = record;
                Self {
                    $($field: {
                        unsafe extern "C" {
                            #[link_name = $crate::__core::concat!(
                                "__rex_tp:",
                                $event,
                                ":",
                                $crate::__rex_tp_name!(
                                    $field $($field_name)?
                                ),
                                ":",
                                $crate::__rex_tp_kind!($ty $(as $raw)?)
                            )]
                            static OFFSET: u8;
                        }
                        type Field = $crate::__rex_tp_type!($ty $(as $raw)?);
                        let offset = (&raw const OFFSET).addr();
                        // SAFETY: at this offset there is a field of this
                        // size.
                        let value = unsafe {
                            $crate::tracepoint::read_field::<Field>(
                                record, offset,
                            )
                        };
                        $crate::__rex_tp_convert!(value $ty $(as $raw)?)
                    },)*
                }
            }
        }
    };
}

/// The kernel's name of a field.
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_tp_name {
    ($field:ident) => {
        $crate::__core::stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// What rex.ko compares a field with: see `kmod/tracepoints.h`. Its only input are
/// tokens, and what they stand for is fixed here and in `__rex_tp_type`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_tp_kind {
    ($ty:tt as $raw:tt) => {
        $crate::__rex_tp_kind!($raw)
    };
    (i8) => {
        "s1"
    };
    (i16) => {
        "s2"
    };
    (i32) => {
        "s4"
    };
    (i64) => {
        "s8"
    };
    (u8) => {
        "u1"
    };
    (u16) => {
        "u2"
    };
    (u32) => {
        "u4"
    };
    (u64) => {
        "u8"
    };
    (DataLoc) => {
        "d4"
    };
    ([i8; $n:literal]) => {
        $crate::__core::concat!("a1x", $n)
    };
    ([u8; $n:literal]) => {
        $crate::__core::concat!("a1x", $n)
    };
    ([i16; $n:literal]) => {
        $crate::__core::concat!("a2x", $n)
    };
    ([u16; $n:literal]) => {
        $crate::__core::concat!("a2x", $n)
    };
    ([i32; $n:literal]) => {
        $crate::__core::concat!("a4x", $n)
    };
    ([u32; $n:literal]) => {
        $crate::__core::concat!("a4x", $n)
    };
    ([i64; $n:literal]) => {
        $crate::__core::concat!("a8x", $n)
    };
    ([u64; $n:literal]) => {
        $crate::__core::concat!("a8x", $n)
    };
}

/// The type of a field in the kernel, whatever its name means in the program.
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_tp_type {
    ($ty:tt as $raw:tt) => {
        $crate::__rex_tp_type!($raw)
    };
    (i8) => {
        $crate::__core::primitive::i8
    };
    (i16) => {
        $crate::__core::primitive::i16
    };
    (i32) => {
        $crate::__core::primitive::i32
    };
    (i64) => {
        $crate::__core::primitive::i64
    };
    (u8) => {
        $crate::__core::primitive::u8
    };
    (u16) => {
        $crate::__core::primitive::u16
    };
    (u32) => {
        $crate::__core::primitive::u32
    };
    (u64) => {
        $crate::__core::primitive::u64
    };
    (DataLoc) => {
        $crate::tracepoint::DataLoc
    };
    ([$element:tt; $n:literal]) => {
        [$crate::__rex_tp_type!($element); $n]
    };
    ($ty:tt) => {
        $crate::__core::compile_error!($crate::__core::concat!(
            "a field cannot be of type `",
            $crate::__core::stringify!($ty),
            "`: there are integers from 8 to 64 bits, arrays of them with a \
             number as their length, and DataLoc"
        ))
    };
}

/// A field as the program wants it.
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_tp_convert {
    ($value:ident $ty:tt) => {
        $value
    };
    ($value:ident $ty:tt as $raw:tt) => {
        $value as $crate::__rex_tp_type!($ty)
    };
}
