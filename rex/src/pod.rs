// SPDX-License-Identifier: GPL-2.0
//! Types that consist of plain bytes.

use core::mem::{MaybeUninit, size_of};

use crate::shape::{Shape, Shaped};

/// Plain old data: the type of map keys and values, and of copies from kernel
/// memory.
///
/// Userspace, other CPUs and eBPF programs write these bytes. So every bit pattern
/// has to be a value of the type (no `bool`, `char`, enum or `NonZero`), no bit
/// pattern may mean anything to the compiler (no pointers, references or atomics),
/// and no byte may be padding, which would leak bytes of the stack.
///
/// It is derived for structs.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// #[derive(Clone, Copy, Pod)]
/// #[repr(C)]
/// struct Event {
///     pid: u32,
///     cpu: u32,
///     comm: [u8; 16],
/// }
/// ```
///
/// # Safety
///
/// Every bit pattern is a value of the type, it has no padding, and it contains
/// neither pointers nor interior mutability.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain data, that is: any bytes are a value of it",
    label = "has to be plain data",
    note = "integers and arrays of them are, and structs of them with \
            `#[derive(Clone, Copy, rex::Pod)]` and `#[repr(C)]`",
    note = "`bool`, `char`, enums, references and pointers are not: the bytes \
            come from userspace or from other CPUs",
    note = "a `Ptr` into the kernel is the run's: keep its address, `ptr.addr()`, or what \
            was read through it"
)]
pub unsafe trait Pod: Copy + Shaped + 'static {
    /// `REX_CONFIG_*`: how tools write a value of the type; `REX_CONFIG_BYTES` by
    /// default.
    #[doc(hidden)]
    const __KIND: u32 = 0;
}

macro_rules! integers {
    ($kind:literal, $shape:ident: $($ty:ty)*) => {
        $(
            impl Shaped for $ty {
                const SHAPE: &'static Shape = &Shape::$shape(size_of::<$ty>());
            }

            // SAFETY: it is an integer.
            unsafe impl Pod for $ty {
                const __KIND: u32 = $kind;
            }
        )*
    };
}

// `REX_CONFIG_UNSIGNED` and `REX_CONFIG_SIGNED`.
integers! { 1, Unsigned: u8 u16 u32 u64 u128 usize }
integers! { 2, Signed: i8 i16 i32 i64 i128 isize }

impl Shaped for () {
    const SHAPE: &'static Shape = &Shape::Bytes(0);
}

impl<T: Pod, const N: usize> Shaped for [T; N] {
    const SHAPE: &'static Shape = &Shape::Array(T::SHAPE, N);
}

// SAFETY: it has no bytes.
unsafe impl Pod for () {}

// SAFETY: an array has no padding between its elements.
unsafe impl<T: Pod, const N: usize> Pod for [T; N] {}

/// Returns the bytes of `value`, as they are stored in maps and sent to userspace.
#[inline(always)]
pub fn bytes_of<T: Pod>(value: &T) -> &[u8] {
    // SAFETY: these are the bytes of `value`, borrowed with it, and initialised,
    // since a T has no padding. It has no interior mutability either.
    unsafe {
        core::slice::from_raw_parts(
            core::ptr::from_ref(value).cast(),
            size_of::<T>(),
        )
    }
}

/// The bytes of `value`, for a helper to write any others.
#[inline(always)]
pub(crate) fn bytes_mut<T: Pod>(value: &mut T) -> &mut [u8] {
    // SAFETY: these are the bytes of `value`, borrowed with it, and initialised,
    // since a T has no padding. Any bytes are a T.
    unsafe {
        core::slice::from_raw_parts_mut(
            core::ptr::from_mut(value).cast(),
            size_of::<T>(),
        )
    }
}

/// Returns the T whose bytes are all 0.
#[inline(always)]
pub(crate) fn zeroed<T: Pod>() -> T {
    // SAFETY: any bytes are a T.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// Returns the size of the T that `field` points to. The derive calls it to
/// require `Pod`.
#[doc(hidden)]
pub const fn __pod_size<T: Pod>(_field: *const T) -> usize {
    size_of::<T>()
}

/// Implements `Pod` for the struct `$name` with the fields `$field`.
///
/// The derive is not trusted: a copy of all fields does not compile if one is
/// missing or if it is no struct. All fields have to be `Pod`, and the sum of
/// their sizes has to be the size of the struct.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_pod {
    ($name:ident { $($field:tt)* }) => {
        const _: () = {
            const SUM: usize = {
                let value = $crate::__MaybeUninit::<$name>::uninit();
                let value = value.as_ptr();
                // This is not called; it compiles only if all fields are named.
                #[allow(dead_code)]
                fn all_fields(value: $name) -> $name {
                    $name { $($field: value.$field,)* }
                }
                0 $(+ $crate::__pod_size(
                    // SAFETY: the place is not read.
                    unsafe { &raw const (*value).$field },
                ))*
            };
            // The path keeps a macro `assert` of the program from being used.
            $crate::__core::assert!(
                SUM == $crate::__size_of::<$name>(),
                "a struct with padding is not plain data: \
                 reorder its fields, or add fields in place of the padding",
            );
        };
        impl $crate::shape::Shaped for $name {
            const SHAPE: &'static $crate::shape::Shape =
                &$crate::shape::Shape::Struct(
                    $crate::__core::stringify!($name),
                    {
                        const MEMBERS: &[$crate::shape::Member] = {
                            let value =
                                $crate::__MaybeUninit::<$name>::uninit();
                            let value = value.as_ptr();
                            _ = value;
                            &[$($crate::shape::Member {
                                name: $crate::__core::stringify!($field),
                                shape: $crate::shape::__pod_shape(
                                    // SAFETY: the place is not read.
                                    unsafe { &raw const (*value).$field },
                                ),
                            },)*]
                        };
                        MEMBERS
                    },
                );
        }
        // SAFETY: all fields are `Pod`, and there is no padding between them.
        unsafe impl $crate::Pod for $name {}
    };
}
