// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/progtypes.def: `make gen`.
//! The kinds of programs, for `__rex_program!`: see
//! [`prog`](crate::prog).

use crate::prog::Kind;

#[doc(hidden)]
pub mod kprobe {
    pub use crate::kprobe::{__setup, one_argument, run, two_arguments};
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: 0,
        sections: &["kprobe", "kprobe/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod kretprobe {
    pub use crate::kretprobe::{__setup, one_argument, run, two_arguments};
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: 0,
        sections: &["kretprobe", "kretprobe/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod kprobe_session {
    pub use crate::kprobe_session::{
        __setup, one_argument, run, two_arguments,
    };
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: BPF_TRACE_KPROBE_SESSION,
        sections: &["kprobe.session", "kprobe.session/"],
        min_ret: 0,
        max_ret: 1,
        refusal: "`default_ret` of this kind of program is 0, or 1: not when the function returns",
    };
}

#[doc(hidden)]
pub mod uprobe {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::uprobe::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: 0,
        sections: &["uprobe", "uprobe/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod uprobe_sleepable {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::uprobe::sleepable::{
        __setup, one_argument, run, two_arguments,
    };
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: 0,
        sections: &["uprobe.s", "uprobe.s/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod uretprobe {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::uprobe::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: 0,
        sections: &["uretprobe", "uretprobe/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod uretprobe_sleepable {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::uprobe::sleepable::{
        __setup, one_argument, run, two_arguments,
    };
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: 0,
        sections: &["uretprobe.s", "uretprobe.s/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod usdt {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::usdt::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: 0,
        sections: &["usdt", "usdt/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod tracepoint {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::tracepoint::{
        __setup_of_record, one_argument, run, section, two_arguments,
    };
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_TRACEPOINT,
        attach_type: 0,
        sections: &["tracepoint/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod raw_tracepoint {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::raw_tracepoint::{
        __setup_at_event, one_argument, run, two_arguments,
    };
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_RAW_TRACEPOINT,
        attach_type: 0,
        sections: &["raw_tp/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod tp_btf {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::raw_tracepoint::{
        __setup_at_event, one_argument, run, two_arguments,
    };
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_RAW_TP,
        sections: &["tp_btf/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod timer {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::timer::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_RAW_TRACEPOINT,
        attach_type: 0,
        sections: &["timer", "timer/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod request {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::request::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_RAW_TRACEPOINT,
        attach_type: 0,
        sections: &["request"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod request_sleepable {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::request::sleepable::{
        __setup, one_argument, run, two_arguments,
    };
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_SYSCALL,
        attach_type: 0,
        sections: &["request.s"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod perf_event {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::perf_event::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_PERF_EVENT,
        attach_type: 0,
        sections: &["perf_event"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    };
}

#[doc(hidden)]
pub mod fentry {
    pub use crate::fentry::{__setup, one_argument, run, two_arguments};
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_FENTRY,
        sections: &["fentry", "fentry/"],
        min_ret: 0,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0: the value has no meaning",
    };
}

#[doc(hidden)]
pub mod fentry_sleepable {
    pub use crate::fentry::sleepable::{
        __setup, one_argument, run, two_arguments,
    };
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_FENTRY,
        sections: &["fentry.s", "fentry.s/"],
        min_ret: 0,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0: the value has no meaning",
    };
}

#[doc(hidden)]
pub mod fexit {
    pub use crate::fexit::{__setup, one_argument, run, two_arguments};
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_FEXIT,
        sections: &["fexit", "fexit/"],
        min_ret: 0,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0: the value has no meaning",
    };
}

#[doc(hidden)]
pub mod fexit_sleepable {
    pub use crate::fexit::sleepable::{
        __setup, one_argument, run, two_arguments,
    };
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_FEXIT,
        sections: &["fexit.s", "fexit.s/"],
        min_ret: 0,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0: the value has no meaning",
    };
}

#[doc(hidden)]
pub mod iter {
    pub use crate::iter::{__setup, one_argument, run, two_arguments};
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_ITER,
        sections: &["iter/"],
        min_ret: 0,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0: the next object follows",
    };
}

#[doc(hidden)]
pub mod iter_sleepable {
    pub use crate::iter::sleepable::{
        __setup, one_argument, run, two_arguments,
    };
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_ITER,
        sections: &["iter.s/"],
        min_ret: 0,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0: the next object follows",
    };
}

#[doc(hidden)]
pub mod lsm {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::lsm::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_LSM,
        attach_type: BPF_LSM_MAC,
        sections: &["lsm", "lsm/"],
        min_ret: -4095,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0, which allows, or a negative error number",
    };
}

#[doc(hidden)]
pub mod lsm_sleepable {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::lsm::sleepable::{
        __setup, one_argument, run, two_arguments,
    };
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_LSM,
        attach_type: BPF_LSM_MAC,
        sections: &["lsm.s", "lsm.s/"],
        min_ret: -4095,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0, which allows, or a negative error number",
    };
}

#[doc(hidden)]
pub mod xdp {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::xdp::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_XDP,
        attach_type: 0,
        sections: &["xdp", "xdp.frags", "xdp/cpumap", "xdp.frags/cpumap"],
        min_ret: XDP_ABORTED as i32,
        max_ret: XDP_TX as i32,
        refusal: "`default_ret` of this kind of program is an XDP action that does not redirect",
    };
}

#[doc(hidden)]
pub mod xdp_devmap {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::xdp::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_XDP,
        attach_type: BPF_XDP_DEVMAP,
        sections: &["xdp/devmap", "xdp.frags/devmap"],
        min_ret: XDP_ABORTED as i32,
        max_ret: XDP_TX as i32,
        refusal: "`default_ret` of this kind of program is an XDP action that does not redirect",
    };
}

#[doc(hidden)]
pub mod tc {
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub use crate::sched_cls::{__setup, one_argument, run, two_arguments};
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_SCHED_CLS,
        attach_type: 0,
        sections: &["tc"],
        min_ret: -1,
        max_ret: 6,
        refusal: "`default_ret` of this kind of program is a TC action before the one that redirects",
    };
}

#[doc(hidden)]
pub mod cgroup_skb_ingress {
    pub use crate::cgroup_skb::{__setup, one_argument, run, two_arguments};
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_CGROUP_SKB,
        attach_type: 0,
        sections: &["cgroup_skb/ingress"],
        min_ret: 0,
        max_ret: 1,
        refusal: "`default_ret` of this kind of program is 0, which drops, or 1",
    };
}

#[doc(hidden)]
pub mod cgroup_skb_egress {
    pub use crate::cgroup_skb::{__setup, one_argument, run, two_arguments};
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_CGROUP_SKB,
        attach_type: 0,
        sections: &["cgroup_skb/egress"],
        min_ret: 0,
        max_ret: 3,
        refusal: "`default_ret` of this kind of program is 0, which drops, or 1; 2 and 3 also report congestion",
    };
}

#[doc(hidden)]
pub mod cgroup_device {
    pub use crate::cgroup_device::{__setup, one_argument, run, two_arguments};
    #[allow(clippy::wildcard_imports, unused_imports)]
    use crate::linux::bpf::*;
    pub const KIND: &super::Kind = &super::Kind {
        prog_type: BPF_PROG_TYPE_CGROUP_DEVICE,
        attach_type: 0,
        sections: &["cgroup/dev"],
        min_ret: 0,
        max_ret: 1,
        refusal: "`default_ret` of this kind of program is 0, which denies, or 1",
    };
}
