// SPDX-License-Identifier: GPL-2.0
//! Programs that run at USDT probes: places that a program or library in userspace has
//! marked itself, with `<sys/sdt.h>`, and whose arguments it describes.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_KPROBE` at a uprobe, and libbpf's
//! `<bpf/usdt.bpf.h>`.
//!
//! ```ignore
//! # use rex::prelude::*;
//! #[usdt(path = "/usr/lib/libpython3.11.so", probe = "python:function__entry")]
//! fn on_call(ctx: &mut UsdtContext) -> Result {
//!     let mut buffer = [0; 64];
//!     let name = ctx.read_user_str(ctx.arg(1)?, &mut buffer)?;
//!     info!("{} at line {}", name.to_str().unwrap_or("?"), ctx.arg::<i32>(2)?);
//!     Ok(())
//! }
//! ```
//!
//! Such programs are attached by librex's `rex_obj_attach_usdt`, which reads where the
//! arguments are, and tells the crate by a map.

use core::ffi::c_void;

use crate::error::{Errno, Result};
use crate::map::Array;
use crate::pod::Pod;
use crate::program::function::program;
use crate::program::run::at_probes;
use crate::pt_regs::PtRegs;

/// How many arguments a probe has at the most.
const MAX_ARGS: usize = 12;

/// How many places the programs of an object can be attached to.
const MAX_PLACES: u32 = 512;

/// Where an argument is: `struct rex_usdt_arg` of librex.
#[derive(Clone, Copy)]
#[repr(C)]
struct Arg {
    /// The constant, or what is added to the registers.
    offset: u64,
    kind: u8,
    /// Registers, as words of `struct pt_regs`.
    base: u8,
    index: u8,
    /// How far `index` is shifted.
    shift: u8,
    /// In bytes.
    size: u8,
    is_signed: u8,
    reserved: [u8; 2],
}

/// Values of `Arg::kind`.
const CONSTANT: u8 = 1;
const REGISTER: u8 = 2;
const MEMORY: u8 = 3;
const INDEXED: u8 = 4;

/// A probe at one place: `struct rex_usdt_place` of librex.
#[derive(Clone, Copy)]
#[repr(C)]
struct Place {
    cookie: u64,
    nr_args: u32,
    reserved: u32,
    args: [Arg; MAX_ARGS],
}

// SAFETY: all fields are integers or such types, and there is no padding.
unsafe impl Pod for Arg {}
// SAFETY: as above.
unsafe impl Pod for Place {}

/// The places, by what the kernel has as the cookie of a probe. librex fills it in. Objects
/// without a program that asks have no such map.
// SAFETY: the section is an array of `struct rex_map_def`, which is what a map is; no map
// of a program has a reserved name.
#[allow(non_upper_case_globals)]
#[cfg_attr(target_os = "none", unsafe(no_mangle))]
#[cfg_attr(target_os = "none", unsafe(link_section = ".rex.maps.crate"))]
static __rex_usdt: Array<Place> = Array::with_max_entries(MAX_PLACES);

program! {
    /// What a usdt program may ask the kernel for. Valid during the run only.
    usdt;

    /// A program in userspace has come to a USDT probe.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// #[usdt(path = "/usr/sbin/mysqld", probe = "mysql:query__start")]
    /// fn on_query(ctx: &mut UsdtContext) -> Result {
    ///     let mut buffer = [0; 128];
    ///     let query = ctx.read_user_str(ctx.arg(0)?, &mut buffer)?;
    ///     info!("{}: {}", ctx.pid(), query.to_str().unwrap_or("?"));
    ///     Ok(())
    /// }
    /// ```
    UsdtContext(&'run mut PtRegs): TaskContext
}

at_probes! { usdt }

/// A number that an argument of a USDT probe can be read as.
pub trait UsdtArg: sealed::Sealed {
    /// The number, of which the lower bits are those of the type.
    #[doc(hidden)]
    fn of_word(word: u64) -> Self;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! usdt_args {
    ($($number:ty)*) => {
        $(
            impl sealed::Sealed for $number {}
            impl UsdtArg for $number {
                #[inline(always)]
                fn of_word(word: u64) -> Self {
                    word as Self
                }
            }
        )*
    };
}

usdt_args! { u8 u16 u32 u64 i8 i16 i32 i64 }

impl UsdtContext<'_> {
    /// The registers at the probe, which are those of userspace.
    #[inline(always)]
    pub fn regs(&self) -> &PtRegs {
        self.event
    }

    fn place(&self) -> Option<Place> {
        let index = self.run.bpf_get_attach_cookie(self.event);
        let index = u32::try_from(index).ok().filter(|index| *index != 0)?;
        Some(__rex_usdt.lookup(self, index)?.get())
    }

    /// How many arguments the probe has: 0 if the program was not attached by
    /// `rex_obj_attach_usdt`.
    pub fn arg_count(&self) -> usize {
        self.place().map_or(0, |place| place.nr_args as usize)
    }

    /// The argument with this index, from 0. The probe says which size it has, and
    /// whether it is signed; `T` is what the number is taken for then, as by `as`. Of a
    /// string, it is the address.
    ///
    /// # Errors
    ///
    /// `EINVAL` if there are fewer arguments, `EFAULT` if it lies in memory that cannot
    /// be read now, and `EOPNOTSUPP` if it is no integer, or at a place that librex does
    /// not know.
    #[doc(alias = "bpf_usdt_arg")]
    pub fn arg<T: UsdtArg>(&self, index: usize) -> Result<T> {
        let place = self.place().ok_or(Errno::EINVAL)?;
        let arg = place
            .args
            .get(index)
            .filter(|_| index < place.nr_args as usize)
            .ok_or(Errno::EINVAL)?;
        Ok(T::of_word(arg.extended(self.word(arg)?)))
    }

    /// The number that the probe was attached with: 0 if there is none.
    #[doc(alias = "bpf_usdt_cookie")]
    pub fn attach_cookie(&self) -> u64 {
        self.place().map_or(0, |place| place.cookie)
    }

    fn register(&self, number: u8) -> Result<u64> {
        self.event.word(number.into()).ok_or(Errno::EOPNOTSUPP)
    }

    fn word(&self, arg: &Arg) -> Result<u64> {
        let address = match arg.kind {
            CONSTANT => return Ok(arg.offset),
            REGISTER => return self.register(arg.base),
            MEMORY => self.register(arg.base)?,
            INDEXED => {
                let index = self.register(arg.index)?;
                let index = index.wrapping_shl(arg.shift.into());
                self.register(arg.base)?.wrapping_add(index)
            }
            _ => return Err(Errno::EOPNOTSUPP),
        };
        let address = address.wrapping_add(arg.offset);
        match arg.size {
            1 => self.read_user::<u8>(address).map(u64::from),
            2 => self.read_user::<u16>(address).map(u64::from),
            4 => self.read_user::<u32>(address).map(u64::from),
            _ => self.read_user::<u64>(address),
        }
    }
}

impl Arg {
    /// `word`, of which the argument has the lower bits, as 64 bits.
    fn extended(&self, word: u64) -> u64 {
        let upper = match self.size {
            1 | 2 | 4 => 64 - 8 * u32::from(self.size),
            _ => 0,
        };
        let shifted = word << upper;
        if self.is_signed == 0 {
            return shifted >> upper;
        }
        (shifted.cast_signed() >> upper).cast_unsigned()
    }
}

/// Runs `function` for one event.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type kprobe: `ctx` points to
/// the registers at the probe, and nothing else uses them during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let obj = usdt::new();
    // SAFETY: the caller keeps the contract, which is the same. The reference
    // ends with this function, since `function` takes any
    // lifetime.
    let regs = unsafe { PtRegs::from_ctx(ctx) };
    function.call(&obj, regs) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argument_is_extended_from_its_size() {
        let arg = |size, is_signed| Arg {
            offset: 0,
            kind: REGISTER,
            base: 0,
            index: 0,
            shift: 0,
            size,
            is_signed,
            reserved: [0; 2],
        };
        let word = 0xffff_ffff_8000_80f0;
        assert_eq!(arg(1, 0).extended(word), 0xf0);
        assert_eq!(arg(1, 1).extended(word), (-16i64).cast_unsigned());
        assert_eq!(arg(2, 0).extended(word), 0x80f0);
        assert_eq!(arg(2, 1).extended(word), (-0x7f10i64).cast_unsigned());
        assert_eq!(arg(4, 0).extended(word), 0x8000_80f0);
        assert_eq!(arg(4, 1).extended(word), word);
        assert_eq!(arg(8, 0).extended(word), word);
    }
}
