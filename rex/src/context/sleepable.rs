// SPDX-License-Identifier: GPL-2.0
//! The context of a program that may sleep.

use core::ops::Deref;

use super::TaskContext;

/// The context of a sleepable program: one whose attribute says `sleepable`.
///
/// The kernel calls such a program where the task may sleep. What a run looks up is there
/// as long as the run does not: so the event, and all that a program may ask the kernel
/// for, is lent by [`awake`](Self::awake), which borrows this context.
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

    /// The context of programs that are not sleepable, for as long as this one is borrowed.
    #[inline(always)]
    pub fn awake(&mut self) -> C::Awake<'_> {
        self.context.reborrow()
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
