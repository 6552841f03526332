// SPDX-License-Identifier: GPL-2.0
//! Pointers into the kernel.

use core::ffi::CStr;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

use super::{Layout, Member, Place, Struct, Value};
use crate::error::{Errno, Result, done};
use crate::program::helpers;

/// A pointer to a T of the kernel.
///
/// It is a number with a type. It gives no reference to its target, only copies, and the
/// kernel catches the fault if there is no memory. So any number is a valid `Ptr`
/// ([`Context::kernel_ptr`](crate::context::Context::kernel_ptr)), and a wrong type gives
/// wrong numbers but does no harm.
///
/// It ends with the run: neither a static nor a map can keep it, since its target may be
/// freed or reused before the next run. To compare or to report it, take its
/// [`addr`](Self::addr).
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// use rex::kernel::file;
///
/// #[fentry("vfs_read")]
/// fn on_read(ctx: &mut FentryContext, file: Ptr<file>, _: Ptr<()>, count: u64, pos: Ptr<i64>) -> Result {
///     info!(
///         "inode {}: {count} bytes at {:?}",
///         read!(file.f_inode.i_ino)?,
///         pos.read().ok(), // none for a pipe
///     );
///     Ok(())
/// }
/// ```
pub struct Ptr<'run, T> {
    addr: u64,
    /// It is neither `Send` nor `Sync`, and ends with the run.
    _run: PhantomData<(&'run (), *mut ())>,
    _to: PhantomData<fn() -> T>,
}

impl<'run, T> Ptr<'run, T> {
    #[inline(always)]
    pub(crate) const fn new(addr: u64) -> Self {
        Self {
            addr,
            _run: PhantomData,
            _to: PhantomData,
        }
    }

    /// Returns the address.
    #[must_use]
    #[inline(always)]
    pub const fn addr(self) -> u64 {
        self.addr
    }

    /// Returns whether it is NULL. Nothing can be read through it then: the error is
    /// `ERANGE`.
    #[must_use]
    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.addr == 0
    }

    /// Returns the pointer if it is not NULL.
    #[must_use]
    #[inline(always)]
    pub const fn non_null(self) -> Option<Self> {
        if self.is_null() { None } else { Some(self) }
    }

    /// Returns the same address, as a pointer to another type.
    #[must_use]
    #[inline(always)]
    pub const fn cast<U>(self) -> Ptr<'run, U> {
        Ptr::new(self.addr)
    }

    /// Returns the pointer that is `bytes` further.
    #[must_use]
    #[inline(always)]
    pub const fn byte_add(self, bytes: usize) -> Self {
        Self::new(self.addr.wrapping_add(bytes as u64))
    }

    /// Returns the pointer that is `bytes` before this one.
    #[must_use]
    #[inline(always)]
    pub const fn byte_sub(self, bytes: usize) -> Self {
        Self::new(self.addr.wrapping_sub(bytes as u64))
    }

    /// Fills `bytes` from the address.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read; then `bytes` is zeroed.
    #[doc(alias = "bpf_probe_read_kernel")]
    #[inline(always)]
    pub fn read_bytes(self, bytes: &mut [u8]) -> Result {
        let from = core::ptr::without_provenance(self.addr as usize);
        done(helpers::probe_read_kernel_buf(bytes, from))
    }
}

impl<'run, T: Value> Ptr<'run, T> {
    /// Reads an integer, an array of integers or a pointer. For a struct, the result is the
    /// pointer itself.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read, `ERANGE` if it is no address of the kernel, such as NULL.
    #[doc(alias = "bpf_probe_read_kernel")]
    #[inline(always)]
    pub fn read(self) -> Result<T::Output<'run>> {
        T::load(self.addr, Place::at(0))
    }

    /// Returns the pointer to the element `index` of an array that begins here.
    #[must_use]
    #[inline(always)]
    pub fn at(self, index: usize) -> Self {
        self.byte_add(index.wrapping_mul(T::size()))
    }

    /// Reads element `index` of an array that begins here, as [`read`](Self::read) does.
    ///
    /// # Errors
    ///
    /// Errors are those of [`read`](Self::read). The length of the array is not known
    /// here.
    #[inline(always)]
    pub fn element(self, index: usize) -> Result<T::Output<'run>> {
        self.at(index).read()
    }
}

impl<'run, S: Struct> Ptr<'run, S> {
    /// Reads a member: `task.get(|task| task.pid)`. [`read!`](crate::read) follows a chain
    /// of members.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read, `ERANGE` if it is no address of the kernel, such as NULL.
    #[inline(always)]
    pub fn get<const N: usize, V: Value>(
        self,
        member: impl FnOnce(S) -> Member<S, N, V>,
    ) -> Result<V::Output<'run>>
    where
        S: Layout<N>,
    {
        member(S::MEMBERS);
        V::load(self.addr, S::place())
    }

    /// Returns the pointer to a member, which is not read: `task.addr_of(|task|
    /// task.comm)`. It is NULL for a member that the kernel lacks, and points to the first
    /// byte that contains a bit field.
    #[must_use]
    #[inline(always)]
    pub fn addr_of<const N: usize, V: Value>(
        self,
        member: impl FnOnce(S) -> Member<S, N, V>,
    ) -> Ptr<'run, V::Place>
    where
        S: Layout<N>,
    {
        member(S::MEMBERS);
        match V::offset(S::place()) {
            Some(offset) => self.cast().byte_add(offset),
            None => Ptr::new(0),
        }
    }

    /// Returns the struct that this one is a member of: `node.container(|task: task_struct|
    /// task.thread_node)` (`container_of` in C).
    #[doc(alias = "container_of")]
    #[must_use]
    #[inline(always)]
    pub fn container<C, const N: usize>(
        self,
        member: impl FnOnce(C) -> Member<C, N, S>,
    ) -> Ptr<'run, C>
    where
        C: Layout<N>,
    {
        member(C::MEMBERS);
        self.cast().byte_sub(C::place().offset)
    }
}

impl Ptr<'_, u8> {
    /// Copies the string that begins here to `buffer`, truncated if it is too long.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read, `EINVAL` if `buffer` is empty.
    #[doc(alias = "bpf_probe_read_kernel_str")]
    #[inline(always)]
    pub fn read_str(self, buffer: &mut [u8]) -> Result<&CStr> {
        if buffer.is_empty() {
            return Err(Errno::EINVAL);
        }
        let from = core::ptr::without_provenance(self.addr as usize);
        done(helpers::probe_read_kernel_str(buffer, from))?;
        CStr::from_bytes_until_nul(buffer).map_err(|_| Errno::EFAULT)
    }
}

impl<T> Clone for Ptr<'_, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ptr<'_, T> {}

impl<T> PartialEq for Ptr<'_, T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.addr == other.addr
    }
}

impl<T> Eq for Ptr<'_, T> {}

impl<T> Hash for Ptr<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.addr.hash(state);
    }
}

/// The address.
impl<T> fmt::Debug for Ptr<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.addr)
    }
}

/// A value that the next member of a chain can be read through.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` leads to no member",
    label = "has no members",
    note = "a chain goes on through members that are declared as `Ptr<..>` of a struct, as \
            a struct, or as an `Option` of these"
)]
pub trait Link {
    type To;

    fn link(self) -> Result<Self::To>;
}

impl<T> Link for Ptr<'_, T> {
    type To = Self;

    #[inline(always)]
    fn link(self) -> Result<Self> {
        Ok(self)
    }
}

/// `ENOENT` for a member that the running kernel lacks.
impl<'run, T> Link for Option<Ptr<'run, T>> {
    type To = Ptr<'run, T>;

    #[inline(always)]
    fn link(self) -> Result<Ptr<'run, T>> {
        self.ok_or(Errno::ENOENT)
    }
}
