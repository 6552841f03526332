// SPDX-License-Identifier: GPL-2.0
//! Records of tracepoints.
//! C counterpart: `/sys/kernel/tracing/events/*/*/format`, of which the first 8
//! bytes (the common fields) are not for BPF programs.

use super::TracepointContext;

macro_rules! contexts {
    ($(
        $(#[$doc:meta])*
        $name:ident at $section:literal {
            $($(#[$field_doc:meta])* $vis:vis $field:ident: $ty:ty,)*
        }
    )*) => {
        $(
            $(#[$doc])*
            #[repr(C)]
            #[derive(Debug, Clone, Copy)]
            pub struct $name {
                /// Not for programs: the kernel keeps a pointer here.
                _common: u64,
                $($(#[$field_doc])* $vis $field: $ty,)*
            }

            // SAFETY: the layout is that of the record, the same since these
            // tracepoints exist; all fields are integers. The kernel lays out
            // the record of a system call with all six arguments.
            unsafe impl TracepointContext for $name {
                const SECTION: &'static str = $section;
            }
        )*
    };
}

contexts! {
    /// Entry to `open(2)`.
    SyscallsEnterOpenCtx at "tracepoint/syscalls/sys_enter_open" {
        /// Number of the system call.
        pub syscall_nr: i32,
        /// Has no defined contents on newer kernels.
        _padding: u32,
        /// Address of the path, in userspace.
        pub filename_ptr: i64,
        /// `O_*` flags.
        pub flags: i64,
        /// Mode of a new file.
        pub mode: i64,
    }

    /// Entry to `openat(2)`.
    SyscallsEnterOpenatCtx at "tracepoint/syscalls/sys_enter_openat" {
        /// Number of the system call.
        pub syscall_nr: i32,
        /// Has no defined contents on newer kernels.
        _padding: u32,
        /// File descriptor of the directory.
        pub dfd: i64,
        /// Address of the path, in userspace.
        pub filename_ptr: i64,
        /// `O_*` flags.
        pub flags: i64,
        /// Mode of a new file.
        pub mode: i64,
    }

    /// Return from `open(2)`.
    SyscallsExitOpenCtx at "tracepoint/syscalls/sys_exit_open" {
        /// Number of the system call.
        pub syscall_nr: i32,
        /// Has no defined contents on newer kernels.
        _padding: u32,
        /// File descriptor or negative error number.
        pub ret: i64,
    }

    /// Return from `openat(2)`.
    SyscallsExitOpenatCtx at "tracepoint/syscalls/sys_exit_openat" {
        /// Number of the system call.
        pub syscall_nr: i32,
        /// Has no defined contents on newer kernels.
        _padding: u32,
        /// File descriptor or negative error number.
        pub ret: i64,
    }

    /// Entry to `dup(2)`.
    SyscallsEnterDupCtx at "tracepoint/syscalls/sys_enter_dup" {
        /// Number of the system call.
        pub syscall_nr: i32,
        /// Has no defined contents on newer kernels.
        _padding: u32,
        /// The file descriptor to duplicate.
        pub fildes: u64,
    }

    /// Entry to any system call.
    RawSyscallsEnterCtx at "tracepoint/raw_syscalls/sys_enter" {
        /// Number of the system call.
        pub id: i64,
        /// Its arguments.
        pub args: [u64; 6],
    }

    /// Return from any system call.
    RawSyscallsExitCtx at "tracepoint/raw_syscalls/sys_exit" {
        /// Number of the system call.
        pub id: i64,
        /// What it returns.
        pub ret: i64,
    }
}
