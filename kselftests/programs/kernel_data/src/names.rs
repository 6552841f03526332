// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Stores the data of the task in `facts[0]`.
pub(crate) const WHO: u64 = 0x5e1f_7000;

/// Stores the ids of the threads of the process: `numbers`, 0 after the last one.
pub(crate) const THREADS: u64 = 0x5e1f_7001;

/// Sends the path of descriptor `control[FD]`, and stores its inode's number.
pub(crate) const PATH: u64 = 0x5e1f_7002;

/// Do the same for the program's file, and for the path as the root of the task
/// sees it.
pub(crate) const EXE: u64 = 0x5e1f_7003;
pub(crate) const PATH_BELOW_ROOT: u64 = 0x5e1f_7004;

/// Stores the ids of the children of the process, 0 after the last one.
pub(crate) const CHILDREN: u64 = 0x5e1f_7005;

/// Stores the results of reads through bad pointers.
pub(crate) const BAD_POINTERS: u64 = 0x5e1f_7006;

/// Stores numbers from the type information.
pub(crate) const TYPES: u64 = 0x5e1f_7007;

/// Element of `control`: the watched process.
pub(crate) const WATCHED: u32 = 0;
pub(crate) const FD: u32 = 1;

/// Elements of `numbers`.
pub(crate) const INODE: u32 = 0;
pub(crate) const OFFSET_OF_COMM: u32 = 1;
pub(crate) const SIZE_OF_COMM: u32 = 2;
pub(crate) const HAS_COMM: u32 = 3;
pub(crate) const HAS_NOTHING: u32 = 4;
pub(crate) const ENUMERATOR: u32 = 5;
pub(crate) const NO_ENUMERATOR: u32 = 6;
pub(crate) const NO_MEMBER: u32 = 7;
pub(crate) const SIZE_OF_LIST: u32 = 8;

/// Elements of `calls`, one for each kind of program.
pub(crate) const FENTRY: u32 = 0;
pub(crate) const FEXIT: u32 = 1;
pub(crate) const KPROBE: u32 = 2;
pub(crate) const KRETPROBE: u32 = 3;
pub(crate) const LSM: u32 = 4;
pub(crate) const TP_BTF: u32 = 5;
pub(crate) const RAW_TP: u32 = 6;

pub(crate) const NR_NUMBERS: u32 = 64;
pub(crate) const NR_CALLS: u32 = 7;
