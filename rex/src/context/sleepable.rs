// SPDX-License-Identifier: GPL-2.0
//! The context of a program that may wait.

use core::ffi::CStr;
use core::ops::Deref;

use super::{TaskContext, text};
use crate::error::{Result, done};
use crate::pod::Pod;
use crate::program::helpers;

/// The context of a sleepable program: one whose attribute says `sleepable`.
///
/// Such a program can wait in the middle of a run for memory of the process that is not
/// there yet. Meanwhile other programs run on the same CPU, and the kernel may free what
/// the run has looked up before. So the event, and all that a program may ask the kernel
/// for, is there from one wait to the next: [`awake`](Self::awake) borrows this context,
/// and nothing that is obtained by it can be used after the next wait.
///
/// Release a [`Lock`](crate::sync::Lock) before the program waits: the process decides for
/// how long, and runs on other CPUs that need the lock are stopped at their limit.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[map]
/// static CALLS: HashMap<u32, u64> = HashMap::with_max_entries(1024);
///
/// #[uprobe(path = "/bin/bash", function = "readline", sleepable)]
/// fn on_call(ctx: &mut Sleepable<UprobeContext>) {
///     let awake = ctx.awake();
///     if let Some(calls) = CALLS.lookup(&awake, awake.tgid()) {
///         calls.update(|calls| *calls += 1);
///     }
/// }
/// ```
pub struct Sleepable<C> {
    /// No value with its lifetime is handed out.
    context: C,
}

impl<C: Sleeps> Sleepable<C> {
    #[inline(always)]
    pub(crate) fn new(context: C) -> Self {
        Self { context }
    }

    /// The context, for what stays as it is while the program waits.
    #[inline(always)]
    pub(crate) fn context(&self) -> &C {
        &self.context
    }

    /// The context until the program waits: that of programs that are not sleepable.
    #[inline(always)]
    pub fn awake(&mut self) -> C::Awake<'_> {
        self.context.reborrow()
    }

    /// A copy of the T at the address `address` of the current task's userspace. Waits
    /// if it is not in memory now.
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[uprobe(path = "/bin/bash", function = "readline", sleepable)]
    /// fn on_call(ctx: &mut Sleepable<UprobeContext>) -> Result {
    ///     let address = ctx.awake().regs().rdi();
    ///     let word: u64 = ctx.copy_from_user(address)?;
    ///     info!("the prompt begins with {word:x}");
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// - `EFAULT`: it cannot be read, or it is not there and a thread of the kernel has borrowed
    ///   the memory of its process.
    ///
    /// The others are of memory that is not there:
    ///
    /// - `EDEADLK`: the run holds a [`SpinLocked`](crate::spinlock::SpinLocked) value, a
    ///   record or a task; or the task would wait for itself; or it waits already, in
    ///   another run.
    /// - `EWOULDBLOCK`: the program was called where nobody may wait, such as on top of
    ///   another program.
    /// - `EINTR`: the process is being killed.
    /// - `EAGAIN`: 1024 runs wait on this CPU.
    /// - `ENOMEM`.
    #[doc(alias = "bpf_copy_from_user")]
    pub fn copy_from_user<T: Pod>(&mut self, address: u64) -> Result<T> {
        let mut value = crate::pod::zeroed();
        let bytes = crate::pod::bytes_mut(&mut value);
        done(helpers::copy_from_user(bytes, address))?;
        Ok(value)
    }

    /// Fills `bytes` with what is at the address `address` of the current task's
    /// userspace. Waits if it is not in memory now.
    ///
    /// # Errors
    ///
    /// Those of [`copy_from_user`](Self::copy_from_user). More than 4096 bytes are copied
    /// in parts of so many; then the parts before the one that failed have been copied.
    #[doc(alias = "bpf_copy_from_user")]
    pub fn copy_from_user_bytes(
        &mut self,
        address: u64,
        bytes: &mut [u8],
    ) -> Result {
        done(helpers::copy_from_user(bytes, address))
    }

    /// Copies the string at the address `address` of the current task's userspace to
    /// `buffer`, truncated if it is too long; at most 4096 bytes of it. Waits if it is not
    /// in memory now.
    ///
    /// # Errors
    ///
    /// Those of [`copy_from_user`](Self::copy_from_user).
    #[doc(alias = "bpf_copy_from_user_str")]
    pub fn copy_from_user_str<'b>(
        &mut self,
        address: u64,
        buffer: &'b mut [u8],
    ) -> Result<&'b CStr> {
        done(helpers::copy_from_user_str(buffer, address))?;
        text(buffer)
    }
}

/// The contexts of programs that can be sleepable, for functions that take any of them:
///
/// ```no_run
/// # use rex::prelude::*;
/// use rex::context::Sleeps;
///
/// fn process<C: Sleeps>(ctx: &mut Sleepable<C>) -> u32 {
///     ctx.awake().tgid()
/// }
/// ```
pub trait Sleeps {
    /// The same context for a shorter time.
    type Awake<'s>: Deref<Target = TaskContext<'s>>
    where
        Self: 's;

    /// Borrows the context.
    #[doc(hidden)]
    fn reborrow(&mut self) -> Self::Awake<'_>;
}
