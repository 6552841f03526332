// SPDX-License-Identifier: GPL-2.0
//! Prints system calls of processes that have a seccomp filter.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use rex::kprobe::*;
use rex::linux::unistd::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_printk};

fn sys_write(call: &PtRegs) -> Result {
    let (fd, buf, size) = (call.rdi(), call.rsi(), call.rdx());
    if size == 512 {
        return rex_printk!("write(fd={fd}, buf={buf:x}, size={size})\n");
    }
    Ok(0)
}

fn sys_read(call: &PtRegs) -> Result {
    let (fd, buf, size) = (call.rdi(), call.rsi(), call.rdx());
    if size > 128 && size <= 1024 {
        return rex_printk!("read(fd={fd}, buf={buf:x}, size={size})\n");
    }
    Ok(0)
}

/// The kernel's function that runs a seccomp filter. Its first argument is the
/// number of the system call; the others differ from kernel to kernel, so that the
/// call's arguments are taken from the registers of the task.
#[rex_kprobe(function = "__seccomp_filter")]
fn rex_prog1(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let call = obj.bpf_get_current_task().and_then(|t| t.get_pt_regs());
    let Some(call) = call else { return Ok(0) };
    match ctx.rdi() as u32 {
        __NR_read => sys_read(&call),
        __NR_write => sys_write(&call),
        __NR_mmap => rex_printk!("mmap\n"),
        nr @ __NR_getuid..=__NR_getsid => {
            rex_printk!("syscall={nr} (one of get/set uid/pid/gid)\n")
        }
        _ => Ok(0),
    }
}
