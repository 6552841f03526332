// SPDX-License-Identifier: GPL-2.0
//! Records of tracepoints that many programs use. Arguments of system calls are
//! recorded as registers: 64 bits, unsigned.

crate::tracepoint_ctx! {
    /// Entry to `open(2)`.
    pub struct SyscallsEnterOpenCtx at "syscalls/sys_enter_open" {
        /// Number of the system call.
        pub syscall_nr: i32 from "__syscall_nr",
        /// Address of the path, in userspace.
        pub filename_ptr: i64 as u64 from "filename",
        /// `O_*` flags.
        pub flags: i64 as u64,
        /// Mode of a new file.
        pub mode: i64 as u64,
    }

    /// Entry to `openat(2)`.
    pub struct SyscallsEnterOpenatCtx at "syscalls/sys_enter_openat" {
        /// Number of the system call.
        pub syscall_nr: i32 from "__syscall_nr",
        /// File descriptor of the directory.
        pub dfd: i64 as u64,
        /// Address of the path, in userspace.
        pub filename_ptr: i64 as u64 from "filename",
        /// `O_*` flags.
        pub flags: i64 as u64,
        /// Mode of a new file.
        pub mode: i64 as u64,
    }

    /// Return from `open(2)`.
    pub struct SyscallsExitOpenCtx at "syscalls/sys_exit_open" {
        /// Number of the system call.
        pub syscall_nr: i32 from "__syscall_nr",
        /// File descriptor or negative error number.
        pub ret: i64,
    }

    /// Return from `openat(2)`.
    pub struct SyscallsExitOpenatCtx at "syscalls/sys_exit_openat" {
        /// Number of the system call.
        pub syscall_nr: i32 from "__syscall_nr",
        /// File descriptor or negative error number.
        pub ret: i64,
    }

    /// Entry to `dup(2)`.
    pub struct SyscallsEnterDupCtx at "syscalls/sys_enter_dup" {
        /// Number of the system call.
        pub syscall_nr: i32 from "__syscall_nr",
        /// The file descriptor to duplicate.
        pub fildes: u64,
    }

    /// Entry to any system call.
    pub struct RawSyscallsEnterCtx at "raw_syscalls/sys_enter" {
        /// Number of the system call.
        pub id: i64,
        /// Its arguments.
        pub args: [u64; 6],
    }

    /// Return from any system call.
    pub struct RawSyscallsExitCtx at "raw_syscalls/sys_exit" {
        /// Number of the system call.
        pub id: i64,
        /// Its result.
        pub ret: i64,
    }
}
