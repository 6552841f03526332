// SPDX-License-Identifier: GPL-2.0
//! Programs that run at USDT probes: places that a program or library in userspace has
//! marked itself, with `<sys/sdt.h>`, and whose arguments it describes.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_KPROBE` at a uprobe, and libbpf's
//! `<bpf/usdt.bpf.h>`.
//!
//! ```no_run
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
//! arguments are, and passes this to the crate in a map.

use core::ffi::c_void;

use crate::error::{Errno, Result};
use crate::map::{__declare_map, Array, MapRef};
use crate::part;
use crate::pod::Pod;
use crate::program::function::program;
use crate::program::run::at_probes;
use crate::pt_regs::PtRegs;

/// The limit of a probe's arguments.
const MAX_ARGS: usize = 12;

/// The limit of the places to which the programs of an object are attached.
const MAX_PLACES: u32 = 512;

/// The location of an argument: `struct rex_usdt_arg` of librex.
#[derive(Clone, Copy)]
#[repr(C)]
struct Arg {
    /// The constant, or the sum's constant part.
    offset: u64,
    kind: u8,
    /// Registers, as words of `struct pt_regs`.
    base: u8,
    index: u8,
    /// The left shift of `index`.
    shift: u8,
    /// The size in bytes.
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

impl crate::shape::Shaped for Arg {
    const SHAPE: &'static crate::shape::Shape =
        &crate::shape::Shape::Bytes(size_of::<Self>());
}

impl crate::shape::Shaped for Place {
    const SHAPE: &'static crate::shape::Shape =
        &crate::shape::Shape::Bytes(size_of::<Self>());
}

// SAFETY: all fields are integers or `Pod`, and there is no padding.
unsafe impl Pod for Arg {}
// SAFETY: as above.
unsafe impl Pod for Place {}

/// The places, by the cookie of a probe. librex fills in the map. Objects whose programs
/// read no arguments have no such map.
// SAFETY: the section is an array of `struct rex_map_def`, which is what a map is; no map
// of a program has a reserved name.
#[allow(non_upper_case_globals)]
#[cfg_attr(target_os = "none", unsafe(no_mangle))]
#[cfg_attr(target_os = "none", unsafe(link_section = ".rex.maps.crate"))]
static __rex_usdt: Array<Place> = {
    let map = Array::with_max_entries(MAX_PLACES);
    // SAFETY: the object's linker script puts this section into `.rex.maps`.
    unsafe { __declare_map(map) }
};

program! {
    /// The helpers of USDT programs. It is valid during the run only.
    usdt;

    /// The context of a USDT program, which runs when userspace reaches a USDT probe.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[usdt(path = "/usr/sbin/mysqld", probe = "mysql:query__start")]
    /// fn on_query(ctx: &mut UsdtContext) -> Result {
    ///     let mut buffer = [0; 128];
    ///     let query = ctx.read_user_str(ctx.arg(0)?, &mut buffer)?;
    ///     info!("{}: {}", ctx.pid(), query.to_str().unwrap_or("?"));
    ///     Ok(())
    /// }
    /// ```
    UsdtContext(&'run mut PtRegs): TaskContext; simulated
}

at_probes! { usdt }

/// A number that an argument of a USDT probe can be read as.
pub trait UsdtArg: sealed::Sealed {
    /// Converts the lower bits of the number.
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

/// Describes a probe with these arguments, as librex does.
#[cfg(not(target_os = "none"))]
pub(crate) fn simulate_place(index: u32, values: &[u64], cookie: u64) {
    assert!(values.len() <= MAX_ARGS, "there are at most 12 arguments");
    let mut args = [Arg {
        offset: 0,
        kind: CONSTANT,
        base: 0,
        index: 0,
        shift: 0,
        size: 8,
        is_signed: 0,
        reserved: [0; 2],
    }; MAX_ARGS];
    for (arg, value) in args.iter_mut().zip(values) {
        arg.offset = *value;
    }
    let place = Place {
        cookie,
        nr_args: values.len() as u32,
        reserved: 0,
        args,
    };
    // The index is one of the array.
    _ = __rex_usdt.set(index, place);
}

impl UsdtContext<'_> {
    /// Returns the registers at the probe, which are those of userspace.
    #[inline(always)]
    pub fn regs(&self) -> &PtRegs {
        self.event
    }

    fn place(&self) -> Option<MapRef<'_, Place>> {
        let index = self.run.bpf_get_attach_cookie(self.event);
        let index = u32::try_from(index).ok().filter(|index| *index != 0)?;
        __rex_usdt.lookup(self, index)
    }

    /// Returns the number of the probe's arguments, or 0 if the program was not attached by
    /// `rex_obj_attach_usdt`.
    pub fn arg_count(&self) -> usize {
        self.place()
            .map_or(0, |place| part!(place, Place, nr_args).get() as usize)
    }

    /// Returns the argument with this index, from 0. The probe determines its size and
    /// whether it is signed. The number is then converted to `T` as by `as`. A string is
    /// passed by address.
    ///
    /// # Errors
    ///
    /// `EINVAL` if there are fewer arguments, `EFAULT` if its memory cannot be read now,
    /// and `EOPNOTSUPP` if it is no integer, or librex does not know its operand.
    #[doc(alias = "bpf_usdt_arg")]
    pub fn arg<T: UsdtArg>(&self, index: usize) -> Result<T> {
        let place = self.place().ok_or(Errno::EINVAL)?;
        let nr_args = part!(place, Place, nr_args).get();
        let arg = part!(place, Place, args)
            .at(index)
            .filter(|_| index < nr_args as usize)
            .ok_or(Errno::EINVAL)?
            .get();
        Ok(T::of_word(arg.extended(self.word(&arg)?)))
    }

    /// Returns the number given at attachment, or 0 if there is none.
    #[doc(alias = "bpf_usdt_cookie")]
    pub fn attach_cookie(&self) -> u64 {
        self.place()
            .map_or(0, |place| part!(place, Place, cookie).get())
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
    /// Extends the argument, in the lower bits of `word`, to 64 bits.
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
    let mut obj = usdt::new();
    // SAFETY: the caller keeps the contract, which is the same. The reference
    // ends with this function, since `function` takes any
    // lifetime.
    let regs = unsafe { PtRegs::from_ctx(ctx) };
    function.call(&mut obj, regs) as u32
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
