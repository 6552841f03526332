// SPDX-License-Identifier: GPL-2.0
//! A call of another program's thunk, as its carrier calls it.

use crate::acts::{Kernel, number, remark};

/// Runs the program whose thunk the test gives, which does not read its event.
#[inline(never)]
pub(crate) fn registers_after_a_run(_: &dyn Kernel) {
    let event = [0u64; 8];
    remark(changed_by(number(), (&raw const event).addr() as u64));
}

/// Calls a thunk with a number in each register that functions preserve, and with the trap
/// flag set. The frame pointer equals the stack pointer, as in a carrier. Returns those that
/// are not what they were: bits of `enum rex_kept`, kmod/kept.h.
///
/// The call is a return, since the code of a kernel has no branch to an address in a register.
fn changed_by(thunk: u64, ctx: u64) -> u64 {
    let changed: u64;
    unsafe {
        core::arch::asm!(
            "push rbx",
            "push rbp",
            "mov ebx, 1000",
            "mov r12d, 1002",
            "mov r13d, 1003",
            "mov r14d, 1004",
            "mov r15d, 1005",
            "mov rbp, rsp",
            "lea rax, [rip + 2f]",
            "pushfq",
            "or qword ptr [rsp], 0x100",
            "popfq",
            "push rax",
            "push rsi",
            "ret",
            "2:",
            "pushfq",
            "and qword ptr [rsp], ~0x100",
            "popfq",
            "xor eax, eax",
            "xor ecx, ecx",
            "cmp r15, 1005",
            "setne al",
            "shl eax, 1",
            "cmp r14, 1004",
            "setne cl",
            "or eax, ecx",
            "shl eax, 1",
            "cmp r13, 1003",
            "setne cl",
            "or eax, ecx",
            "shl eax, 1",
            "cmp r12, 1002",
            "setne cl",
            "or eax, ecx",
            "shl eax, 1",
            "cmp rbp, rsp",
            "setne cl",
            "or eax, ecx",
            "shl eax, 1",
            "cmp rbx, 1000",
            "setne cl",
            "or eax, ecx",
            "pop rbp",
            "pop rbx",
            in("rdi") ctx,
            in("rsi") thunk,
            lateout("rax") changed,
            out("r12") _,
            out("r13") _,
            out("r14") _,
            out("r15") _,
            clobber_abi("C"),
        );
    }
    changed
}
