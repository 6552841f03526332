// SPDX-License-Identifier: GPL-2.0
//! Calls of programs of either face by a simulated kernel.

use crate::context::{KprobeContext, TracepointContext};
use crate::pt_regs::PtRegs;
use crate::tracepoint::TracepointRecord;
use crate::{kprobe, tracepoint};

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

/// A kprobe program, with one argument or with two. The parameter `Face` is known by its
/// signature.
pub trait KprobeProgram<Face> {
    /// The result of the program.
    type Output;

    #[doc(hidden)]
    fn simulate(self, regs: &mut PtRegs) -> Self::Output;
}

impl<R, F> KprobeProgram<(kprobe::kprobe, R)> for F
where
    F: for<'a, 'b> Fn(&'a kprobe::kprobe, &'b mut PtRegs) -> R,
{
    type Output = R;

    fn simulate(self, regs: &mut PtRegs) -> R {
        kprobe::simulate(regs, |obj, regs| self(obj, regs))
    }
}

impl<R, F> KprobeProgram<(KprobeContext<'static>, R)> for F
where
    F: for<'a, 'run> Fn(&'a mut KprobeContext<'run>) -> R,
{
    type Output = R;

    fn simulate(self, regs: &mut PtRegs) -> R {
        kprobe::simulate(regs, |obj, regs| {
            self(&mut KprobeContext::new(obj, regs))
        })
    }
}
