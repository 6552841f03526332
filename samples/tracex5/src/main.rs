// SPDX-License-Identifier: GPL-2.0
//! Prints system calls of processes that have a seccomp filter.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use rex::linux::unistd::*;
use rex::prelude::*;

fn sys_write(call: &PtRegs) {
    let (fd, buf, size) = (call.rdi(), call.rsi(), call.rdx());
    if size == 512 {
        info!("write(fd={fd}, buf={buf:x}, size={size})");
    }
}

fn sys_read(call: &PtRegs) {
    let (fd, buf, size) = (call.rdi(), call.rsi(), call.rdx());
    if size > 128 && size <= 1024 {
        info!("read(fd={fd}, buf={buf:x}, size={size})");
    }
}

/// Runs when the kernel runs a seccomp filter. The function's first argument is
/// the number of the system call. The other ones differ between kernels, so the
/// call's arguments come from the registers of the task.
#[kprobe("__seccomp_filter")]
fn rex_prog1(ctx: &mut KprobeContext) {
    let Some(call) = ctx.task().and_then(|task| task.user_regs()) else {
        return;
    };
    match ctx.regs().rdi() as u32 {
        __NR_read => sys_read(&call),
        __NR_write => sys_write(&call),
        __NR_mmap => info!("mmap"),
        nr @ __NR_getuid..=__NR_getsid => {
            info!("syscall={nr} (one of get/set uid/pid/gid)");
        }
        _ => {}
    }
}
