// SPDX-License-Identifier: GPL-2.0
//! The kernel's data, by name.
//! C counterpart: `BPF_CORE_READ` and its siblings in libbpf's `bpf_core_read.h`.
//!
//! A program declares the structs and the members that it reads, by
//! [`kernel!`](macro@crate::kernel). When the object is loaded, rex.ko looks up their
//! offsets in the running kernel's type information (BTF), and compares kind, size and
//! signedness. So one object fits every kernel that has these members, and an access costs
//! no more than the load. If a member that the program reads is missing or has another
//! type, the object is refused, and the log of the load names the kernel's type.
//!
//! A pointer into the kernel is a [`Ptr`]. It cannot be dereferenced. [`read!`] follows a
//! chain of members; each step is a load whose fault the kernel catches, so an invalid
//! pointer is an [`Errno`].
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! use rex::prelude::*;
//!
//! rex::kernel! {
//!     /// A thread, as far as this program reads it.
//!     struct task_struct {
//!         tgid: i32,
//!         real_parent: Ptr<task_struct>,
//!         /// Nanoseconds that it has run.
//!         runtime: u64 from "se.sum_exec_runtime",
//!         /// Linux 5.14 gave it another name and another size.
//!         state: u64 as _ from "__state|state",
//!         /// Only some kernels have it.
//!         faults: Option<u64> from "numa_faults_locality[0]",
//!     }
//! }
//!
//! #[kprobe("do_exit")]
//! fn on_exit(ctx: &mut KprobeContext) -> Result {
//!     let task = ctx.current::<task_struct>();
//!     let parent = read!(task.real_parent.tgid)?;
//!     info!("{} of {parent} ran {} ns", ctx.pid(), read!(task.runtime)?);
//!     Ok(())
//! }
//! ```
//!
//! # Structs that the crate declares
//!
//! This module declares the most used members of [`task_struct`], [`struct@file`], [`dentry`],
//! [`mm_struct`], [`cred`] and others. A program that reads other members declares the
//! struct itself, and converts pointers by [`Ptr::cast`].
//!
//! # Enumerators, sizes and presence
//!
//! [`kernel_enum!`](crate::kernel_enum) is the number of an enumerator,
//! [`kernel_size!`](crate::kernel_size) the size of a type, and
//! [`kernel_has!`](crate::kernel_has) whether the running kernel has a type or a member.

mod list;
mod macros;
mod paths;
mod ptr;
mod structs;
mod task;
#[cfg(test)]
mod tests;
mod value;

pub use list::{Entries, HlistEntries, RbEntries};
pub use ptr::Ptr;
pub use structs::*;
pub use task::Namespaces;
#[doc(hidden)]
pub use value::Argument;
pub use value::{Any, Array, Bits, Value};

#[doc(inline)]
pub use crate::read;

use core::marker::PhantomData;

#[cfg(doc)]
use crate::error::Errno;
use crate::error::Result;

/// A struct or a union of the kernel, declared by [`kernel!`](macro@crate::kernel).
///
/// Its fields name the members in the methods of [`Ptr`]: `|task| task.pid`. It has no data
/// itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no struct of the kernel",
    label = "has to be declared by `rex::kernel!`",
    note = "a `Ptr` to an integer is read by `.read()`, one to nothing known is \
            `.cast::<T>()` first"
)]
pub trait Struct: Copy + 'static {
    /// Its name in the kernel.
    const NAME: &'static str;
    /// The places of the members.
    #[doc(hidden)]
    const MEMBERS: Self;

    /// Its size in bytes in the running kernel.
    fn size() -> usize;
}

/// The place of member number N of a struct. `kernel!` implements it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no struct of the kernel",
    label = "has no members",
    note = "a struct is declared by `rex::kernel!`; a pointer to pointers is an array of \
            them, of which an index chooses one: `read!(table.fd[3].f_flags)`"
)]
pub trait Layout<const N: usize>: Struct {
    fn place() -> Place;
}

/// The place of a member that the loader has found.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Place {
    /// The offset in bytes, or an encoding of a bit field, or `NO_MEMBER`.
    pub offset: usize,
    /// The size in bytes, of members that may have any size.
    pub size: usize,
}

impl Place {
    /// Makes a member at `offset` that has the size of its type.
    #[inline(always)]
    #[must_use]
    pub const fn at(offset: usize) -> Self {
        Self { offset, size: 0 }
    }
}

/// Member number N of the struct S, which is a V.
#[doc(hidden)]
pub struct Member<S, const N: usize, V>(PhantomData<fn() -> (S, V)>);

impl<S, const N: usize, V> Member<S, N, V> {
    pub const NEW: Self = Self(PhantomData);
}

impl<S, const N: usize, V> Clone for Member<S, N, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, const N: usize, V> Copy for Member<S, N, V> {}

/// `REX_NO_FIELD`: the offset of a member that the running kernel lacks.
const NO_MEMBER: usize = 0x7fff_ffff;

/// Fails to compile if `T` is not the struct that a pointer leads to.
pub(crate) const fn check_struct<T: Struct>(name: &str) {
    assert!(
        same(T::NAME, name),
        "this leads to another struct of the kernel: declare a struct of that name"
    );
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// Does one step of [`read!`].
#[doc(hidden)]
#[inline(always)]
pub fn __then<P: ptr::Link, V>(
    chain: Result<P>,
    step: impl FnOnce(P::To) -> Result<V>,
) -> Result<V> {
    chain.and_then(P::link).and_then(step)
}

/// Reads one member for [`read!`].
#[doc(hidden)]
#[inline(always)]
pub fn __get<'run, S: Layout<N>, const N: usize, V: Value>(
    pointer: Ptr<'run, S>,
    member: impl FnOnce(S) -> Member<S, N, V>,
) -> Result<V::Output<'run>> {
    pointer.get(member)
}

/// Fails to compile if `symbol` cannot follow `__rex_btf` in a symbol: it begins with a
/// colon or `_arg:`, and ends no line.
#[doc(hidden)]
pub const fn __check_symbol(symbol: &str) {
    let symbol = symbol.as_bytes();
    let mut i = 0;
    while i < symbol.len() {
        assert!(
            symbol[i].is_ascii_graphic() && symbol[i] != b'"',
            "this is not the name of a type, a member or a function of the kernel"
        );
        i += 1;
    }
}

/// The context of a program that can have the arguments of the kernel's function.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no arguments of a function of the kernel",
    label = "a program of this kind has one argument, its context"
)]
pub trait Arguments<'run> {
    /// Returns the argument `index`, or the result. A trampoline stores it at `offset`. 0
    /// if there is none: programs can call this, with any numbers.
    fn register(&self, index: usize, offset: usize) -> u64;
}

/// The index of the function's result.
#[doc(hidden)]
pub const __RESULT: usize = usize::MAX;

/// Returns the argument `index` of the kernel's function, as a parameter of a program. The
/// loader compares their types when it looks up `offset`, so the lookup stays in a program
/// that does not use the argument.
#[doc(hidden)]
#[inline(always)]
pub fn __argument<'run, A: Argument<'run>>(
    context: &impl Arguments<'run>,
    index: usize,
    offset: usize,
) -> A {
    // SAFETY: the assembly is empty.
    unsafe {
        core::arch::asm!(
            "/* {0} */",
            in(reg) offset,
            options(nomem, nostack, preserves_flags)
        );
    }
    A::from_register(context.register(index, offset))
}

/// Returns a number that the loader has put into the code. The compiler must not conclude
/// from its being the address of a static that it is not 0, or that two numbers differ.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn number(address: usize) -> usize {
    let number;
    // SAFETY: it copies a register.
    unsafe {
        core::arch::asm!(
            "/* {0} */",
            inlateout(reg) address => number,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    number
}
