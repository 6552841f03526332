// SPDX-License-Identifier: GPL-2.0
//@ error: `rex::kernel::Ptr<'_, file>` is no struct of the kernel
//! An element is chosen by its index.
#![no_std]
#![no_main]

use rex::kernel::fdtable;
use rex::prelude::*;

fn f(table: Ptr<fdtable>) -> Result<u32> {
    read!(table.fd.f_flags)
}

#[kprobe]
fn prog(ctx: &mut KprobeContext) {
    info!("{:?}", f(ctx.kernel_ptr(0)));
}
