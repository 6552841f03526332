// SPDX-License-Identifier: GPL-2.0
//! Declarations of the records of tracepoints.
//! C counterpart: `/sys/kernel/tracing/events/*/*/format`.

use core::marker::PhantomData;

/// The place of a record's data of variable length: a `__data_loc` in the kernel's
/// format. See [`tracepoint::data`](super::tracepoint::data).
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct DataLoc {
    /// The lower half is the offset from the record, the upper half the number of
    /// bytes.
    place: u32,
    /// It is valid in one run only.
    _run: PhantomData<*mut ()>,
}

impl DataLoc {
    /// Returns the number of bytes, with the NUL of a string.
    #[inline(always)]
    pub fn len(&self) -> usize {
        (self.place >> 16) as usize
    }

    /// Returns whether there is no data.
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
    // SAFETY: the caller's word. Fields need not be aligned.
    unsafe { record.wrapping_add(offset).cast::<T>().read_unaligned() }
}

/// Fails to compile if `name` is not the name of an event or a field.
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

/// Declares the fields of tracepoints' records that a program reads.
///
/// ```no_run
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
/// `/sys/kernel/tracing/events`, whose file `format` lists the fields. Declare the
/// fields that you read, in any order. The loader looks up their offsets, so one
/// object serves kernels with different layouts. If the running kernel lacks the
/// event or a field, or the field has another size or signedness, the object is
/// refused, and the log of the load names the field.
///
/// The type of a field is an integer such as `u32` or `i64` (pointers are `u64`,
/// enums and `int` are `i32`, `bool` is `u8`), an array `[u8; 16]` of integers, or
/// [`DataLoc`] for data of variable length (`__data_loc`). After the type,
///
/// - `as u64`: it is a `u64` in the kernel, and converted to the type before `as`;
/// - `from "name"`: it has another name in the kernel.
///
/// The struct is a copy of these fields, and the program's context.
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
/// It is separate, since derives and other attributes of a program see the tokens
/// of the struct: none of the tokens may come from a macro that may contain unsafe
/// code.
///
/// Any program can call it. It reaches everything, the compiler's macros included,
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

        // SAFETY: the loader refuses the object unless the record of this event
        // has a field of this name and size, and stores its offset. Any bytes are
        // an integer; a field is a `DataLoc` only if the kernel declares it as
        // one.
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
                        // SAFETY: the record has a field of this size at this
                        // offset.
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

/// The type that rex.ko compares a field with: see `kmod/tracepoints.h`. The input
/// consists of tokens, whose meaning is fixed here and in `__rex_tp_type`.
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

/// The type of a field in the kernel, whatever the name of the type means in the
/// program.
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

/// Converts a field to the program's type.
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
