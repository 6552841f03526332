// SPDX-License-Identifier: GPL-2.0
//! Calls of programs of either face by a simulated kernel.

use crate::context::TracepointContext;
use crate::tracepoint::{self, TracepointRecord};

/// A program that gets an E, with one argument or with two. The parameter `Face` is known
/// by its signature.
pub trait Program<E: ?Sized, Face> {
    /// The result of the program.
    type Output;

    #[doc(hidden)]
    fn simulate(self, event: &mut E) -> Self::Output;
}

/// A tracepoint program, with one argument or with two. The parameter `Face` is known
/// by its signature.
pub trait TracepointProgram<C: TracepointRecord, Face> {
    /// The result of the program.
    type Output;

    #[doc(hidden)]
    fn simulate(self, event: &C) -> Self::Output;
}

impl<C, R, F> TracepointProgram<C, (tracepoint::tracepoint<C>, R)> for F
where
    C: TracepointRecord,
    F: for<'a, 'b> Fn(&'a tracepoint::tracepoint<C>, &'b C) -> R,
{
    type Output = R;

    fn simulate(self, event: &C) -> R {
        tracepoint::simulate(event, |obj, event| self(obj, event))
    }
}

impl<C, R, F> TracepointProgram<C, (TracepointContext<'static, C>, R)> for F
where
    C: TracepointRecord,
    F: for<'a, 'run> Fn(&'a mut TracepointContext<'run, C>) -> R,
{
    type Output = R;

    fn simulate(self, event: &C) -> R {
        tracepoint::simulate(event, |obj, event| {
            self(&mut TracepointContext::new(obj, event))
        })
    }
}
