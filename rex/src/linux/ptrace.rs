// SPDX-License-Identifier: GPL-2.0
//! Requests and events of ptrace(2).
//! C counterpart: `include/uapi/linux/ptrace.h`,
//! `arch/x86/include/uapi/asm/ptrace-abi.h`.

/// The process is traced by its parent.
pub const PTRACE_TRACEME: u32 = 0;
/// Read a word of the process's memory.
pub const PTRACE_PEEKTEXT: u32 = 1;
/// The same.
pub const PTRACE_PEEKDATA: u32 = 2;
/// Read a word of the process's user area.
pub const PTRACE_PEEKUSR: u32 = 3;
/// Write a word to the process's memory.
pub const PTRACE_POKETEXT: u32 = 4;
/// The same.
pub const PTRACE_POKEDATA: u32 = 5;
/// Write a word to the process's user area.
pub const PTRACE_POKEUSR: u32 = 6;
/// Go on.
pub const PTRACE_CONT: u32 = 7;
/// Kill the process.
pub const PTRACE_KILL: u32 = 8;
/// Go on for one instruction.
pub const PTRACE_SINGLESTEP: u32 = 9;
/// Read the registers.
pub const PTRACE_GETREGS: u32 = 12;
/// Write the registers.
pub const PTRACE_SETREGS: u32 = 13;
/// Read the registers of the floating-point unit.
pub const PTRACE_GETFPREGS: u32 = 14;
/// Write the registers of the floating-point unit.
pub const PTRACE_SETFPREGS: u32 = 15;
/// Trace a process.
pub const PTRACE_ATTACH: u32 = 16;
/// Do not trace the process any longer.
pub const PTRACE_DETACH: u32 = 17;
/// Go on to the next system call.
pub const PTRACE_SYSCALL: u32 = 24;
/// Access to thread-local storage and similar areas.
pub const PTRACE_ARCH_PRCTL: u32 = 30;
/// The same as `PTRACE_SYSCALL`, without making the system call.
pub const PTRACE_SYSEMU: u32 = 31;
/// The same as `PTRACE_SINGLESTEP`, without making the system call.
pub const PTRACE_SYSEMU_SINGLESTEP: u32 = 32;
/// Go on to the next branch.
pub const PTRACE_SINGLEBLOCK: u32 = 33;
/// Set options: `PTRACE_O_*`.
pub const PTRACE_SETOPTIONS: u32 = 0x4200;
/// The subject of an event.
pub const PTRACE_GETEVENTMSG: u32 = 0x4201;
/// The signal that has stopped the process.
pub const PTRACE_GETSIGINFO: u32 = 0x4202;
/// Another signal in its place.
pub const PTRACE_SETSIGINFO: u32 = 0x4203;
/// Read a set of registers.
pub const PTRACE_GETREGSET: u32 = 0x4204;
/// Write a set of registers.
pub const PTRACE_SETREGSET: u32 = 0x4205;
/// Trace a process without stopping it.
pub const PTRACE_SEIZE: u32 = 0x4206;
/// Stop it.
pub const PTRACE_INTERRUPT: u32 = 0x4207;
/// Let it stay stopped, and report what wakes it.
pub const PTRACE_LISTEN: u32 = 0x4208;
/// Read queued signals.
pub const PTRACE_PEEKSIGINFO: u32 = 0x4209;
/// Read the mask of blocked signals.
pub const PTRACE_GETSIGMASK: u32 = 0x420a;
/// Write the mask of blocked signals.
pub const PTRACE_SETSIGMASK: u32 = 0x420b;
/// Read a filter of seccomp(2).
pub const PTRACE_SECCOMP_GET_FILTER: u32 = 0x420c;
/// Read about a filter of seccomp(2).
pub const PTRACE_SECCOMP_GET_METADATA: u32 = 0x420d;
/// The system call that the process is in.
pub const PTRACE_GET_SYSCALL_INFO: u32 = 0x420e;
/// Read about the area of rseq(2).
pub const PTRACE_GET_RSEQ_CONFIGURATION: u32 = 0x420f;

/// fork(2).
pub const PTRACE_EVENT_FORK: u32 = 1;
/// vfork(2).
pub const PTRACE_EVENT_VFORK: u32 = 2;
/// clone(2).
pub const PTRACE_EVENT_CLONE: u32 = 3;
/// execve(2).
pub const PTRACE_EVENT_EXEC: u32 = 4;
/// The end of vfork(2).
pub const PTRACE_EVENT_VFORK_DONE: u32 = 5;
/// The process ends.
pub const PTRACE_EVENT_EXIT: u32 = 6;
/// A filter of seccomp(2) asks.
pub const PTRACE_EVENT_SECCOMP: u32 = 7;
/// A process that was seized stops.
pub const PTRACE_EVENT_STOP: u32 = 128;

/// Mark stops at system calls, to distinguish them from others.
pub const PTRACE_O_TRACESYSGOOD: u32 = 1;
/// Stop at `PTRACE_EVENT_FORK`.
pub const PTRACE_O_TRACEFORK: u32 = 1 << PTRACE_EVENT_FORK;
/// Stop at `PTRACE_EVENT_VFORK`.
pub const PTRACE_O_TRACEVFORK: u32 = 1 << PTRACE_EVENT_VFORK;
/// Stop at `PTRACE_EVENT_CLONE`.
pub const PTRACE_O_TRACECLONE: u32 = 1 << PTRACE_EVENT_CLONE;
/// Stop at `PTRACE_EVENT_EXEC`.
pub const PTRACE_O_TRACEEXEC: u32 = 1 << PTRACE_EVENT_EXEC;
/// Stop at `PTRACE_EVENT_VFORK_DONE`.
pub const PTRACE_O_TRACEVFORKDONE: u32 = 1 << PTRACE_EVENT_VFORK_DONE;
/// Stop at `PTRACE_EVENT_EXIT`.
pub const PTRACE_O_TRACEEXIT: u32 = 1 << PTRACE_EVENT_EXIT;
/// Stop at `PTRACE_EVENT_SECCOMP`.
pub const PTRACE_O_TRACESECCOMP: u32 = 1 << PTRACE_EVENT_SECCOMP;
/// The process ends with its tracer.
pub const PTRACE_O_EXITKILL: u32 = 1 << 20;
/// Filters of seccomp(2) are suspended.
pub const PTRACE_O_SUSPEND_SECCOMP: u32 = 1 << 21;
