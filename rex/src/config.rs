// SPDX-License-Identifier: GPL-2.0
//! Constants that are set when an object is loaded.
//! C counterpart: `struct rex_config_def` in `uapi/linux/rex.h`.
//!
//! ```no_run
//! use rex::prelude::*;
//!
//! /// Slower reads are reported. In nanoseconds.
//! #[config]
//! static THRESHOLD: Config<u64> = Config::new(10_000_000);
//!
//! /// The only thread whose calls count, if it is not 0.
//! #[config]
//! static PID: Config<u32> = Config::new(0);
//!
//! fn is_wanted(ctx: &TaskContext, took: u64) -> bool {
//!     let pid = PID.get();
//!     took > THRESHOLD.get() && (pid == 0 || pid == ctx.pid())
//! }
//! ```
//!
//! The loader sets it by its name, between open and load: `rexctl load --set PID=17`, or
//! `rex_obj_set_config()` of librex. The kernel copies the value to the read-only memory
//! of the image before any program runs, so a read is one instruction, and the value is
//! the same in all runs. Setting an unknown name, or a value of another size, fails.

use core::cell::UnsafeCell;
use core::mem::{ManuallyDrop, align_of, offset_of, size_of};

use crate::pod::Pod;

/// `REX_CONFIG_BOOL`.
const BOOL: u32 = 3;

/// `REX_CONFIG_LEN`.
const LEN: usize = 240;

mod sealed {
    pub trait Sealed {}
    impl<T: crate::Pod> Sealed for T {}
    impl Sealed for bool {}
}

/// A type of constants that are set when an object is loaded: [plain data](Pod), up to
/// 240 bytes, or `bool`.
pub trait ConfigValue: sealed::Sealed + Copy + 'static {
    #[doc(hidden)]
    const KIND: u32;

    /// Returns the value of the bytes at `place`.
    ///
    /// # Safety
    ///
    /// There are as many initialised bytes as the type has, aligned for it, which do not
    /// change.
    #[doc(hidden)]
    unsafe fn read(place: *const Self) -> Self;
}

impl<T: Pod> ConfigValue for T {
    const KIND: u32 = T::__KIND;

    #[inline(always)]
    unsafe fn read(place: *const Self) -> Self {
        // SAFETY: the caller's word, and any bytes are a T. The read is volatile,
        // because the compiler knows of no write and would use the initial value.
        unsafe { place.read_volatile() }
    }
}

/// Any byte but 0 is `true`: the loader's byte is not trusted to be a `bool`.
impl ConfigValue for bool {
    const KIND: u32 = BOOL;

    #[inline(always)]
    unsafe fn read(place: *const Self) -> Self {
        // SAFETY: the caller's word, and any byte is a `u8`. Volatile as above.
        unsafe { place.cast::<u8>().read_volatile() != 0 }
    }
}

/// The bytes of a value, and zeroes up to the size of all definitions.
#[repr(C)]
union Storage<T: Copy> {
    bytes: [u8; LEN],
    value: T,
}

/// A constant that is set when the object is loaded: a static with the attribute
/// [`config`](macro@crate::config).
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// /// Userspace may limit the program to one process: `--set PID=17`.
/// #[config]
/// static PID: Config<u32> = Config::new(0);
///
/// fn is_wanted(ctx: &TaskContext) -> bool {
///     [0, ctx.tgid()].contains(&PID.get())
/// }
/// ```
///
/// # Invariants
///
/// The first bytes of `value` were a T when it was made. The loader may have written
/// other bytes of a T, before any program ran.
#[repr(C, align(16))]
pub struct Config<T: ConfigValue> {
    size: u32,
    kind: u32,
    value_size: u32,
    reserved: u32,
    value: UnsafeCell<Storage<T>>,
}

const _: () = assert!(size_of::<Config<u64>>() == 256);
const _: () = assert!(offset_of!(Config<u64>, value) == 16);

// SAFETY: nothing writes to it while programs run.
unsafe impl<T: ConfigValue> Sync for Config<T> {}

impl<T: ConfigValue> Config<T> {
    /// Makes a constant that is `value` unless the loader sets another value.
    pub const fn new(value: T) -> MissingConfigAttribute<Self> {
        const {
            assert!(
                0 < size_of::<T>() && size_of::<T>() <= LEN,
                "a config has from 1 to 240 bytes",
            );
            assert!(
                align_of::<T>() <= 16,
                "a config is aligned to at most 16 bytes",
            );
        }
        let mut storage = Storage { bytes: [0; LEN] };
        storage.value = value;
        MissingConfigAttribute(ManuallyDrop::new(Self {
            size: size_of::<Self>() as u32,
            kind: T::KIND,
            value_size: size_of::<T>() as u32,
            reserved: 0,
            value: UnsafeCell::new(storage),
        }))
    }

    /// Returns the value.
    #[inline(always)]
    pub fn get(&'static self) -> T {
        #[cfg(not(target_os = "none"))]
        if let Some(value) = crate::host::config(self) {
            return value;
        }
        // SAFETY: the union is as aligned as the struct at that offset, and has the
        // bytes of a T, by the type's invariant; nothing writes to them meanwhile.
        unsafe { T::read(self.value.get().cast::<T>()) }
    }
}

/// A config that its constructor returns, for the attribute
/// [`config`](macro@crate::config) to take. The compiler finds this where a config is
/// expected if a static lacks the attribute.
#[must_use]
// Nothing is dropped in a constant function that takes the config out.
pub struct MissingConfigAttribute<C>(ManuallyDrop<C>);

/// Returns the config that the attribute makes a static.
#[doc(hidden)]
pub const fn __declare_config<C>(config: MissingConfigAttribute<C>) -> C {
    ManuallyDrop::into_inner(config.0)
}

/// Puts a constant where the loader finds it, under its own name: see `__rex_map`.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_config {
    (
        [$(#[$attr:ident $($args:tt)*])*]
        $vis:vis static $name:ident [$ty:ty] [$value:expr]
    ) => {
        $($crate::__rex_map_attribute! { $attr $($args)* })*
        // SAFETY: the section is an array of `struct rex_config_def`. A `Config` is laid
        // out as one, and the assertion below shows that this is a `Config`. No other
        // symbol has this name: reserved ones are refused.
        $(#[$attr $($args)*])*
        #[cfg_attr(target_os = "none", unsafe(no_mangle))]
        #[cfg_attr(target_os = "none", unsafe(link_section = ".rex.config"))]
        #[cfg_attr(target_os = "none", used)]
        $vis static $name: $ty = $crate::config::__declare_config($value);
        const _: () = $crate::config::__assert_config(&$name);
        const _: () = $crate::map::__assert_name(
            // The path keeps a macro of the program from being used.
            $crate::__core::stringify!($name),
        );
    };
}

#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a config",
    label = "`rex_config` is for `rex::config::Config`"
)]
pub trait __IsConfig {}

impl<T: ConfigValue> __IsConfig for Config<T> {}

#[doc(hidden)]
pub const fn __assert_config<C: __IsConfig>(_: &C) {}
