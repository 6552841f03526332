// SPDX-License-Identifier: GPL-2.0
//! The kernel's data in unit tests: objects of the structs that a program declares.
//! C counterpart: the kernel's BTF, and its memory.
//!
//! A member of a struct gets a place at its first use in the program or the test. The
//! memory of objects is sparse.

use core::marker::PhantomData;
use std::collections::{BTreeMap, BTreeSet};
use std::format;
use std::string::{String, ToString};

use super::{Kernel, with};
use crate::kernel::{
    Any, Bits, Layout, Member, Ptr, Struct, Value, task_struct,
};
use crate::pod::{Pod, bytes_of};

/// `REX_NO_FIELD`.
const NO_MEMBER: u64 = 0x7fff_ffff;

/// The lowest address of objects.
const FIRST: u64 = 0xffff_8880_0000_0000;

/// An address of the kernel at which there is nothing.
const NOWHERE: u64 = 0xffff_f000_0000_0000;

/// The room of an object: more than the sum of the places of structs within structs.
const ROOM: u64 = 1 << 34;

/// The size of a struct: more than the sum of the places within it.
const SIZE: u64 = 1 << 28;

/// The distance of members: more than the size of one that is no array.
const STEP: u64 = 64;

/// The types and objects of a test's kernel.
#[derive(Default)]
pub(super) struct Data {
    /// The places of members, by type and path.
    places: BTreeMap<(String, String), u64>,
    taken: BTreeSet<u64>,
    enumerators: BTreeMap<(String, String), i64>,
    /// Types, members and enumerators that this kernel lacks.
    missing: BTreeSet<(String, String)>,
    /// The number of objects.
    objects: u64,
    /// The address of the current task's object.
    pub(super) task: Option<u64>,
}

/// The parts of a symbol of the loader.
struct Symbol<'s> {
    what: &'s str,
    ty: &'s str,
    path: &'s str,
    kind: &'s str,
}

impl<'s> Symbol<'s> {
    fn parse(symbol: &'s str) -> Self {
        let mut parts = symbol.split(':').skip(1);
        let mut next = || parts.next().unwrap_or_default();
        Self {
            what: next(),
            ty: next(),
            path: next(),
            kind: next(),
        }
    }

    fn key(&self) -> (String, String) {
        (self.ty.to_string(), self.path.to_string())
    }
}

/// Returns a hash of `number`, so that results are not sums of other results: the finalizer
/// of MurmurHash3.
fn scattered(number: u64) -> u64 {
    let mut bits = number + 1;
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
        bits ^= bits >> 33;
        bits = bits.wrapping_mul(factor);
    }
    bits ^ bits >> 33
}

impl Data {
    fn is_missing(&self, symbol: &Symbol<'_>) -> bool {
        let of_type = (symbol.ty.to_string(), String::new());
        self.missing.contains(&of_type) || self.missing.contains(&symbol.key())
    }

    /// Returns the place of a member. Places are scattered, so members of nested structs do
    /// not overlap.
    fn place(&mut self, key: (String, String)) -> u64 {
        if let Some(&place) = self.places.get(&key) {
            return place;
        }
        let mut number = self.places.len() as u64;
        let place = loop {
            let place = (scattered(number) & 0xf_ffff) * STEP;
            if self.taken.insert(place) {
                break place;
            }
            number += 1 << 32;
        };
        self.places.insert(key, place);
        place
    }

    fn resolve(&mut self, symbol: &Symbol<'_>) -> Result<u64, String> {
        let Symbol {
            what,
            ty,
            path,
            kind,
        } = symbol;
        let is_missing = self.is_missing(symbol);
        if *what == "has" {
            return Ok(u64::from(!is_missing));
        }
        if is_missing && what.starts_with("opt") {
            return Ok(NO_MEMBER);
        }
        if is_missing {
            return Err(format!("the simulated kernel has no {ty} {path}"));
        }
        match what.trim_start_matches("opt") {
            "off" | "" => Ok(self.place(symbol.key())),
            "bits" => {
                // All bits of 8 bytes.
                Ok(self.place(symbol.key()) << 16 | 64)
            }
            "size" if path.is_empty() => Ok(SIZE),
            "size" if *kind == "i" => Ok(8),
            "enum" => {
                let number = self.enumerators.get(&symbol.key());
                number.map(|number| *number as u64).ok_or_else(|| {
                    format!(
                        "the number of {ty}::{path} is not known: \
                         Kernel::set_enumerator"
                    )
                })
            }
            _ => Err(format!("{what} {ty} {path} is not simulated")),
        }
    }

    /// Returns whether `address` belongs to an object.
    pub(super) fn is_object(&self, address: u64) -> bool {
        (FIRST..FIRST + self.objects * ROOM).contains(&address)
    }
}

/// Returns the number that the loader would find for a symbol.
#[doc(hidden)]
#[must_use]
pub fn __btf(symbol: &str) -> usize {
    let number = with(|state| state.data.resolve(&Symbol::parse(symbol)));
    match number {
        Ok(number) => number as usize,
        Err(message) => panic!("{message}"),
    }
}

/// An object of a struct that a program declares, in the memory of the simulated kernel: see
/// [`Kernel::object`].
#[derive(Debug)]
pub struct Object<S> {
    address: u64,
    _of: PhantomData<fn() -> S>,
}

impl<S> Clone for Object<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Object<S> {}

impl<S> Object<S> {
    /// Makes an invalid object: a pointer to it cannot be read through.
    #[must_use]
    pub fn nowhere() -> Self {
        object_at(NOWHERE)
    }

    /// Makes an object at NULL.
    #[must_use]
    pub fn null() -> Self {
        object_at(0)
    }

    /// Returns its address.
    #[must_use]
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Returns the pointer that a program gets to it.
    #[must_use]
    pub fn ptr(&self) -> Ptr<'_, S> {
        Ptr::new(self.address)
    }
}

fn object_at<T>(address: u64) -> Object<T> {
    let _of = PhantomData;
    Object { address, _of }
}

impl<S: Struct> Object<S> {
    /// Sets a member: `task.set(|task| task.pid, 7)`. Other members are 0.
    pub fn set<const N: usize, V: Stored>(
        &self,
        member: impl FnOnce(S) -> Member<S, N, V>,
        content: V::Content,
    ) where
        S: Layout<N>,
    {
        let to = self.ptr().addr_of(member);
        assert!(!to.is_null(), "the simulated kernel has no such member");
        write(to.addr(), &V::bytes(content));
    }

    /// Returns a struct within this one: `file.within(|file| file.f_path)`, or the first
    /// one of an array.
    #[must_use]
    pub fn within<const N: usize, V: Value<Place: Struct>>(
        &self,
        member: impl FnOnce(S) -> Member<S, N, V>,
    ) -> Object<V::Place>
    where
        S: Layout<N>,
    {
        object_at(self.ptr().addr_of(member).addr())
    }

    /// Returns the struct that is `index` structs further, in an array.
    #[must_use]
    pub fn element(&self, index: usize) -> Self {
        object_at(self.ptr().at(index).addr())
    }
}

fn write(address: u64, bytes: &[u8]) {
    with(|state| {
        state.memory.extend((address..).zip(bytes.iter().copied()));
    });
}

/// A type of members that tests can set.
pub trait Stored: Value {
    /// The type of the new value; for a pointer, an object.
    type Content;

    #[doc(hidden)]
    fn bytes(content: Self::Content) -> std::vec::Vec<u8>;
}

macro_rules! integers {
    ($($ty:ty)*) => {
        $(
            impl Stored for $ty {
                type Content = Self;

                fn bytes(content: Self) -> std::vec::Vec<u8> {
                    content.to_le_bytes().to_vec()
                }
            }

            impl Stored for Any<$ty> {
                type Content = $ty;

                fn bytes(content: $ty) -> std::vec::Vec<u8> {
                    (content as i64).to_le_bytes().to_vec()
                }
            }

            impl Stored for Bits<$ty> {
                type Content = $ty;

                fn bytes(content: $ty) -> std::vec::Vec<u8> {
                    Any::<$ty>::bytes(content)
                }
            }
        )*
    };
}

integers! { u8 u16 u32 u64 usize i8 i16 i32 i64 isize }

impl Stored for bool {
    type Content = Self;

    fn bytes(content: Self) -> std::vec::Vec<u8> {
        std::vec![u8::from(content)]
    }
}

impl Stored for Bits<bool> {
    type Content = bool;

    fn bytes(content: bool) -> std::vec::Vec<u8> {
        Bits::<u8>::bytes(content.into())
    }
}

impl<T: Pod, const N: usize> Stored for [T; N] {
    type Content = Self;

    fn bytes(content: Self) -> std::vec::Vec<u8> {
        bytes_of(&content).to_vec()
    }
}

impl<T: 'static> Stored for Ptr<'static, T> {
    type Content = Object<T>;

    fn bytes(content: Object<T>) -> std::vec::Vec<u8> {
        u64::bytes(content.address)
    }
}

impl<V: Stored> Stored for Option<V> {
    type Content = V::Content;

    fn bytes(content: V::Content) -> std::vec::Vec<u8> {
        V::bytes(content)
    }
}

impl Kernel {
    /// Makes an object of a struct that is declared by [`kernel!`](macro@crate::kernel).
    /// All members are 0.
    ///
    /// ```no_run
    /// #![cfg_attr(not(test), no_std, no_main)]
    ///
    /// use rex::kernel::task_struct;
    /// use rex::prelude::*;
    ///
    /// #[kprobe("do_exit")]
    /// fn on_exit(ctx: &mut KprobeContext) -> Result<i32> {
    ///     read!(ctx.current::<task_struct>().real_parent.tgid)
    /// }
    ///
    /// #[cfg(test)]
    /// mod tests {
    ///     use super::*;
    ///     use rex::host::{Kernel, Registers};
    ///
    ///     #[test]
    ///     fn the_parent_is_known() {
    ///         let mut kernel = Kernel::new();
    ///         let parent = kernel.object::<task_struct>();
    ///         parent.set(|task| task.tgid, 1);
    ///         let task = kernel.object::<task_struct>();
    ///         task.set(|task| task.real_parent, parent);
    ///         kernel.set_current(task);
    ///         let mut registers = Registers::default();
    ///         assert_eq!(kernel.kprobe(on_exit, &mut registers), Ok(1));
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn object<S: Struct>(&mut self) -> Object<S> {
        object_at(new_object())
    }

    /// Makes a string in the kernel's memory, with a NUL after it.
    #[must_use]
    pub fn string(&mut self, text: &str) -> Object<u8> {
        let address = new_object();
        write(address, text.as_bytes());
        write(address + text.len() as u64, b"\0");
        object_at(address)
    }

    /// Makes an array of pointers to objects; None is NULL.
    #[must_use]
    pub fn pointers<T>(
        &mut self,
        to: &[Option<Object<T>>],
    ) -> Object<Ptr<'static, T>> {
        let address = new_object();
        for (index, to) in to.iter().enumerate() {
            let to = to.as_ref().map_or(0, Object::address);
            write(address + index as u64 * 8, &to.to_le_bytes());
        }
        object_at(address)
    }

    /// Sets the current task's `struct task_struct`, as the crate or the program declares
    /// it. Otherwise, the current task has the ids and the name from
    /// [`set_task`](Self::set_task).
    pub fn set_current<S: Struct>(&mut self, task: Object<S>) {
        assert!(
            S::NAME == "task_struct",
            "the current task is a task_struct"
        );
        with(|state| state.data.task = Some(task.address));
    }

    /// Removes a member or an enumerator from this kernel, or the type if `member` is
    /// empty.
    pub fn set_missing(&mut self, ty: &str, member: &str) {
        let key = (ty.to_string(), member.to_string());
        with(|state| state.data.missing.insert(key));
    }

    /// Sets the number of an enumerator: `kernel_enum!(ty::name)`.
    pub fn set_enumerator(&mut self, ty: &str, name: &str, number: i64) {
        let key = (ty.to_string(), name.to_string());
        with(|state| state.data.enumerators.insert(key, number));
    }
}

fn new_object() -> u64 {
    with(|state| {
        let number = state.data.objects;
        state.data.objects += 1;
        FIRST + number * ROOM
    })
}

/// Returns the address of the current task's `struct task_struct`.
pub(crate) fn current_task() -> u64 {
    if let Some(task) = with(|state| state.data.task) {
        return task;
    }
    let task = object_at::<task_struct>(new_object());
    let known = with(|state| {
        state.data.task = Some(task.address);
        state.task
    });
    task.set(|task| task.pid, known.pid);
    task.set(|task| task.tgid, known.tgid);
    task.set(|task| task.comm, known.comm);
    task.address
}
