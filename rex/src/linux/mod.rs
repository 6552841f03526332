// SPDX-License-Identifier: GPL-2.0
//! Constants of the kernel's interfaces.
//! C counterpart: `include/uapi/linux/`.

pub mod bpf;
pub mod errno;
pub mod if_ether;
pub mod r#in;
pub mod perf_event;
pub mod pkt_cls;
pub mod ptrace;
pub mod seccomp;
pub mod unistd;
