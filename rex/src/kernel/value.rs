// SPDX-License-Identifier: GPL-2.0
//! The types that members of the kernel's structs are declared with.

use core::marker::PhantomData;

use super::{NO_MEMBER, Place, Ptr, Struct};
use crate::error::{Errno, Result, done};
use crate::pod::Pod;
use crate::program::helpers;
use crate::rt::ffi::{self, Loaded};

/// The types that a [`Ptr`] can point to and a member can have: integers and `bool`,
/// arrays of integers, [`Ptr`], and structs declared by [`kernel!`](macro@crate::kernel).
/// A member can also be an `Option` of these, [`Bits`], [`Any`] or [`Array`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the kernel",
    label = "cannot be read",
    note = "there are integers, `bool`, arrays of integers, `Ptr<..>`, and structs that are \
            declared by `rex::kernel!`"
)]
pub trait Value {
    /// The type that reading one returns.
    type Output<'run>;
    /// Reads the value at its place.
    #[doc(hidden)]
    type Place;

    /// Returns the size in bytes of an element of an array of these.
    #[doc(hidden)]
    fn size() -> usize;

    /// Returns its address, if the kernel has it.
    #[doc(hidden)]
    #[inline(always)]
    fn offset(place: Place) -> Option<usize> {
        Some(place.offset)
    }

    #[doc(hidden)]
    fn load<'run>(base: u64, place: Place) -> Result<Self::Output<'run>>;
}

#[inline(always)]
fn result(loaded: Loaded) -> Result<u64> {
    match Errno::of_load(loaded.error) {
        None => Ok(loaded.value),
        Some(error) => Err(error),
    }
}

#[inline(always)]
fn at(base: u64, place: Place) -> u64 {
    base.wrapping_add(place.offset as u64)
}

macro_rules! integers {
    ($($ty:ty: $load:ident,)*) => {
        $(
            impl Value for $ty {
                type Output<'run> = Self;
                type Place = Self;

                #[inline(always)]
                fn size() -> usize {
                    size_of::<Self>()
                }

                #[inline(always)]
                fn load<'run>(base: u64, place: Place) -> Result<Self::Output<'run>> {
                    Ok(result(ffi::$load(at(base, place)))? as Self)
                }
            }
        )*
    };
}

integers! {
    u8: rex_load_1, i8: rex_load_1,
    u16: rex_load_2, i16: rex_load_2,
    u32: rex_load_4, i32: rex_load_4,
    u64: rex_load_8, i64: rex_load_8,
    usize: rex_load_8, isize: rex_load_8,
}

impl Value for bool {
    type Output<'run> = Self;
    type Place = u8;

    #[inline(always)]
    fn size() -> usize {
        1
    }

    #[inline(always)]
    fn load<'run>(base: u64, place: Place) -> Result<Self::Output<'run>> {
        Ok(u8::load(base, place)? != 0)
    }
}

impl<T: Pod, const N: usize> Value for [T; N] {
    type Output<'run> = Self;
    type Place = T;

    #[inline(always)]
    fn size() -> usize {
        size_of::<Self>()
    }

    #[inline(always)]
    fn load<'run>(base: u64, place: Place) -> Result<Self::Output<'run>> {
        let mut value = crate::pod::zeroed();
        let from = core::ptr::without_provenance(at(base, place) as usize);
        done(helpers::probe_read_kernel(&mut value, from))?;
        Ok(value)
    }
}

impl<T> Value for Ptr<'_, T> {
    type Output<'run> = Ptr<'run, T>;
    type Place = Ptr<'static, T>;

    #[inline(always)]
    fn size() -> usize {
        size_of::<u64>()
    }

    #[inline(always)]
    fn load<'run>(base: u64, place: Place) -> Result<Ptr<'run, T>> {
        Ok(Ptr::new(u64::load(base, place)?))
    }
}

impl<S: Struct> Value for S {
    type Output<'run> = Ptr<'run, S>;
    type Place = S;

    #[inline(always)]
    fn size() -> usize {
        S::size()
    }

    #[inline(always)]
    fn load<'run>(base: u64, place: Place) -> Result<Ptr<'run, S>> {
        Ok(Ptr::new(at(base, place)))
    }
}

/// A member that not every kernel has: None if the running kernel lacks it.
impl<V: Value> Value for Option<V> {
    type Output<'run> = Option<V::Output<'run>>;
    type Place = V::Place;

    #[inline(always)]
    fn size() -> usize {
        V::size()
    }

    #[inline(always)]
    fn offset(place: Place) -> Option<usize> {
        match place.offset {
            NO_MEMBER => None,
            _ => V::offset(place),
        }
    }

    #[inline(always)]
    fn load<'run>(base: u64, place: Place) -> Result<Self::Output<'run>> {
        match place.offset {
            NO_MEMBER => Ok(None),
            _ => Ok(Some(V::load(base, place)?)),
        }
    }
}

/// An array of structs or of pointers, or one without a length. Reading it returns a
/// pointer to its first element.
pub struct Array<T>(PhantomData<fn() -> T>);

impl<T: Value> Value for Array<T> {
    type Output<'run> = Ptr<'run, T>;
    type Place = T;

    #[inline(always)]
    fn size() -> usize {
        0
    }

    #[inline(always)]
    fn load<'run>(base: u64, place: Place) -> Result<Ptr<'run, T>> {
        Ok(Ptr::new(at(base, place)))
    }
}

/// A bit field, read as an integer T: `in_iowait: u8 as bits`.
pub struct Bits<T>(PhantomData<fn() -> T>);

/// An integer of any size, read as an integer T: `state: u64 as _`.
pub struct Any<T>(PhantomData<fn() -> T>);

/// Returns the bit field of `width` bits in `unit` that has `shift` bits below it.
#[inline(always)]
const fn field(unit: u64, shift: u32, width: u32) -> u64 {
    unit.wrapping_shl(64_u32.wrapping_sub(shift).wrapping_sub(width))
}

macro_rules! integers_of_any_size {
    ($($ty:ty: $wide:ty, $by_1:ty, $by_2:ty, $by_4:ty,)*) => {
        $(
            impl Value for Bits<$ty> {
                type Output<'run> = $ty;
                type Place = u8;

                #[inline(always)]
                fn size() -> usize {
                    0
                }

                #[inline(always)]
                fn offset(place: Place) -> Option<usize> {
                    Some(place.offset >> 16)
                }

                #[inline(always)]
                fn load<'run>(base: u64, place: Place) -> Result<Self::Output<'run>> {
                    let unit = u64::load(base, Place::at(place.offset >> 16))?;
                    let shift = (place.offset >> 8 & 0xff) as u32;
                    let width = (place.offset & 0xff) as u32;
                    // Shifting it up and down extends the sign of a signed number.
                    let top = field(unit, shift, width) as $wide;
                    Ok(top.wrapping_shr(64_u32.wrapping_sub(width)) as $ty)
                }
            }

            impl Value for Any<$ty> {
                type Output<'run> = $ty;
                type Place = u8;

                #[inline(always)]
                fn size() -> usize {
                    0
                }

                #[inline(always)]
                fn load<'run>(base: u64, place: Place) -> Result<Self::Output<'run>> {
                    match place.size {
                        1 => Ok(<$by_1>::load(base, place)? as $ty),
                        2 => Ok(<$by_2>::load(base, place)? as $ty),
                        4 => Ok(<$by_4>::load(base, place)? as $ty),
                        _ => Ok(<$wide>::load(base, place)? as $ty),
                    }
                }
            }
        )*
    };
}

integers_of_any_size! {
    u8: u64, u8, u16, u32,
    u16: u64, u8, u16, u32,
    u32: u64, u8, u16, u32,
    u64: u64, u8, u16, u32,
    usize: u64, u8, u16, u32,
    i8: i64, i8, i16, i32,
    i16: i64, i8, i16, i32,
    i32: i64, i8, i16, i32,
    i64: i64, i8, i16, i32,
    isize: i64, i8, i16, i32,
}

impl Value for Bits<bool> {
    type Output<'run> = bool;
    type Place = u8;

    #[inline(always)]
    fn size() -> usize {
        0
    }

    #[inline(always)]
    fn offset(place: Place) -> Option<usize> {
        Bits::<u64>::offset(place)
    }

    #[inline(always)]
    fn load<'run>(base: u64, place: Place) -> Result<Self::Output<'run>> {
        Ok(Bits::<u64>::load(base, place)? != 0)
    }
}

/// An argument of a function of the kernel, or its result: a parameter of a program, after
/// its context.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no argument of a function of the kernel",
    label = "cannot be an argument",
    note = "there are integers, `bool`, `Ptr<..>`, and `()` for one that the program does \
            not look at"
)]
pub trait Argument<'run> {
    fn from_register(register: u64) -> Self;
}

macro_rules! arguments {
    ($($ty:ty)*) => {
        $(
            impl Argument<'_> for $ty {
                #[inline(always)]
                fn from_register(register: u64) -> Self {
                    register as Self
                }
            }
        )*
    };
}

arguments! { u8 i8 u16 i16 u32 i32 u64 i64 usize isize }

impl Argument<'_> for bool {
    #[inline(always)]
    fn from_register(register: u64) -> Self {
        register as u8 != 0
    }
}

impl Argument<'_> for () {
    #[inline(always)]
    fn from_register(_: u64) {}
}

impl<'run, T> Argument<'run> for Ptr<'run, T> {
    #[inline(always)]
    fn from_register(register: u64) -> Self {
        Self::new(register)
    }
}
