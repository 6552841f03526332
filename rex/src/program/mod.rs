// SPDX-License-Identifier: GPL-2.0
//! The kinds of programs: of each, what it may ask the kernel for, what its functions
//! look like, and what calls them. The crate has these modules at its root.
//! C counterpart: `enum bpf_prog_type`.

pub mod cgroup_skb;
pub mod fentry;
pub mod fexit;
mod function;
pub(crate) mod helpers;
pub mod kprobe;
pub mod kretprobe;
pub mod lsm;
pub mod perf_event;
pub mod raw_tracepoint;
mod run;
pub mod sched_cls;
pub mod tracepoint;
pub mod uprobe;
pub mod verdict;
pub mod xdp;

pub use run::Run;
pub(crate) use run::TaskRun;
