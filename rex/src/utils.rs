// SPDX-License-Identifier: GPL-2.0
//! Types that all kinds of programs share.

use core::ffi::c_int;
use core::mem::size_of;
use core::ops::{Deref, DerefMut};

use crate::pod::Pod;

pub use crate::map::{PerfEventMaskedCPU, PerfEventStreamer};

/// Upstream's name for [`Pod`]; upstream's bound is weaker.
pub trait NoRef: Pod {}

impl<T: Pod> NoRef for T {}

/// The result of a program, or of a helper that can fail.
///
/// Errors of helpers are negative error numbers, such as
/// `-rex::linux::errno::ENOENT`. The kernel gets the number in either variant, except
/// from programs that decide about packets: see [`XdpAction`](crate::xdp::XdpAction),
/// [`TcAction`](crate::sched_cls::TcAction) and [`Verdict`](crate::verdict::Verdict).
///
/// With parameters, it is the `Result` of `core`: `Result<u16>` is a number or an
/// error of a helper.
pub type Result<T = c_int, E = c_int> = core::result::Result<T, E>;

/// Returns the `Result` of a helper that returns a negative error number on failure.
#[inline(always)]
pub(crate) fn to_result(ret: i64) -> Result {
    // Error numbers and sizes of buffers fit in it.
    let ret = ret as c_int;
    if ret < 0 { Err(ret) } else { Ok(ret) }
}

/// A 16-bit number in network byte order.
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct u16be(pub(crate) u16);

impl u16be {
    /// Returns the number in network byte order that has these bytes.
    #[inline(always)]
    pub const fn from_be(bytes: u16) -> Self {
        Self(bytes)
    }
}

impl From<u16be> for u16 {
    #[inline(always)]
    fn from(value: u16be) -> Self {
        u16::from_be(value.0)
    }
}

impl From<u16> for u16be {
    #[inline(always)]
    fn from(value: u16) -> Self {
        Self(value.to_be())
    }
}

impl crate::shape::Shaped for u16be {
    const SHAPE: &'static crate::shape::Shape =
        &crate::shape::Shape::Bytes(size_of::<Self>());
}

// SAFETY: it is an integer.
unsafe impl Pod for u16be {}

/// A value of type T in a slice of bytes, wherever it lies: a reference if the
/// place is aligned for T, otherwise a copy.
pub struct Aligned<'a, T: Pod> {
    inner: AlignedInner<&'a T, T>,
}

/// A mutable [`Aligned`]: a copy is written back when this is dropped.
pub struct AlignedMut<'a, T: Pod> {
    inner: AlignedInner<&'a mut T, (T, &'a mut [u8])>,
}

enum AlignedInner<R, V> {
    Ref(R),
    Copy(V),
}

impl<'a, T: Pod> Aligned<'a, T> {
    #[inline(always)]
    fn new(slice: &'a [u8]) -> Option<Self> {
        let bytes = slice.get(..size_of::<T>())?;
        let place = bytes.as_ptr().cast::<T>();
        let inner = if place.is_aligned() {
            // SAFETY: these bytes are borrowed, and aligned for T; any bytes are
            // a T.
            AlignedInner::Ref(unsafe { &*place })
        } else {
            // SAFETY: these bytes are borrowed, and any bytes are a T.
            AlignedInner::Copy(unsafe { place.read_unaligned() })
        };
        Some(Self { inner })
    }
}

impl<T: Pod> Deref for Aligned<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        match &self.inner {
            AlignedInner::Ref(value) => value,
            AlignedInner::Copy(value) => value,
        }
    }
}

impl<'a, T: Pod> AlignedMut<'a, T> {
    #[inline(always)]
    fn new(slice: &'a mut [u8]) -> Option<Self> {
        let bytes = slice.get_mut(..size_of::<T>())?;
        let place = bytes.as_mut_ptr().cast::<T>();
        let inner = if place.is_aligned() {
            // SAFETY: these bytes are borrowed for writing, and aligned for T;
            // any bytes are a T, and a T has no padding.
            AlignedInner::Ref(unsafe { &mut *place })
        } else {
            // SAFETY: these bytes are borrowed, and any bytes are a T.
            AlignedInner::Copy((unsafe { place.read_unaligned() }, bytes))
        };
        Some(Self { inner })
    }
}

impl<T: Pod> Deref for AlignedMut<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        match &self.inner {
            AlignedInner::Ref(value) => value,
            AlignedInner::Copy((value, _)) => value,
        }
    }
}

impl<T: Pod> DerefMut for AlignedMut<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.inner {
            AlignedInner::Ref(value) => value,
            AlignedInner::Copy((value, _)) => value,
        }
    }
}

impl<T: Pod> Drop for AlignedMut<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if let AlignedInner::Copy((value, bytes)) = &mut self.inner {
            // SAFETY: the slice has the size of T (see `new`), and a T has no
            // padding: all of its bytes are initialised.
            unsafe { bytes.as_mut_ptr().cast::<T>().write_unaligned(*value) };
        }
    }
}

/// Returns the first bytes of `slice` as a T; `None` if it is too short.
#[inline(always)]
pub fn try_convert_slice_to_struct<T: Pod>(
    slice: &[u8],
) -> Option<Aligned<'_, T>> {
    Aligned::new(slice)
}

/// Returns the first bytes of `slice` as a mutable T; `None` if it is too short.
#[inline(always)]
pub fn try_convert_slice_to_struct_mut<T: Pod>(
    slice: &mut [u8],
) -> Option<AlignedMut<'_, T>> {
    AlignedMut::new(slice)
}

/// Returns the first bytes of `slice` as a T.
///
/// # Panics
///
/// If the slice is too short.
#[inline]
pub fn convert_slice_to_struct<T: Pod>(slice: &[u8]) -> Aligned<'_, T> {
    match Aligned::new(slice) {
        Some(value) => value,
        None => panic!("size mismatch in convert_slice_to_struct"),
    }
}

/// Returns the first bytes of `slice` as a mutable T.
///
/// # Panics
///
/// If the slice is too short.
#[inline]
pub fn convert_slice_to_struct_mut<T: Pod>(
    slice: &mut [u8],
) -> AlignedMut<'_, T> {
    match AlignedMut::new(slice) {
        Some(value) => value,
        None => panic!("size mismatch in convert_slice_to_struct_mut"),
    }
}

/// Copies the field `$field` of type `$ty` out of the header `$hdr` that begins
/// at `$base` in the bytes `$slice`, as it lies there: numbers of protocols are
/// in network byte order.
///
/// It panics if the slice ends before the field, so the sender of such a packet stops
/// the program. See [`Headers`](crate::net::Headers) and
/// `utils::try_convert_slice_to_struct`.
///
/// ```no_run
/// # use rex::read_field;
/// # fn protocol(ctx: &xdp_md) -> u8 {
/// let protocol =
///     read_field!(ctx.data_slice(), size_of::<ethhdr>(), iphdr, protocol, u8);
/// # protocol
/// # }
/// ```
#[macro_export]
macro_rules! read_field {
    ($slice:expr, $base:expr, $hdr:path, $field:ident, $ty:ty) => {{
        let start = $base + $crate::__core::mem::offset_of!($hdr, $field);
        *$crate::utils::convert_slice_to_struct::<$ty>(
            &$slice[start..start + $crate::__core::mem::size_of::<$ty>()],
        )
    }};
}
