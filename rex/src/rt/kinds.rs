// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/progtypes.def: `make gen`.
//! The kinds of programs.

#[allow(clippy::wildcard_imports)]
use crate::linux::bpf::*;
use crate::prog::Kind;

// There are these attributes.
#[allow(unused_imports)]
use crate::{
    rex_cgroup_skb as _, rex_fentry as _, rex_fexit as _, rex_kprobe as _,
    rex_kretprobe as _, rex_lsm as _, rex_perf_event as _,
    rex_raw_tracepoint as _, rex_tc as _, rex_tp_btf as _, rex_tracepoint as _,
    rex_uprobe as _, rex_uretprobe as _, rex_xdp as _,
};

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        prog_type: BPF_PROG_TYPE_KPROBE,
        attach_type: 0,
        sections: &[
            "kprobe",
            "kprobe/",
            "kretprobe",
            "kretprobe/",
            "uprobe",
            "uprobe/",
            "uretprobe",
            "uretprobe/",
        ],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_TRACEPOINT,
        attach_type: 0,
        sections: &["tracepoint/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_RAW_TRACEPOINT,
        attach_type: 0,
        sections: &["raw_tp/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_PERF_EVENT,
        attach_type: 0,
        sections: &["perf_event"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_RAW_TP,
        sections: &["tp_btf/"],
        min_ret: i32::MIN,
        max_ret: i32::MAX,
        refusal: "`default_ret` of this kind of program is any number",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_FENTRY,
        sections: &["fentry", "fentry/"],
        min_ret: 0,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0: the value has no meaning",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_TRACING,
        attach_type: BPF_TRACE_FEXIT,
        sections: &["fexit", "fexit/"],
        min_ret: 0,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0: the value has no meaning",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_LSM,
        attach_type: BPF_LSM_MAC,
        sections: &["lsm", "lsm/"],
        min_ret: -4095,
        max_ret: 0,
        refusal: "`default_ret` of this kind of program is 0, which allows, or a negative error number",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_XDP,
        attach_type: 0,
        sections: &["xdp", "xdp.frags", "xdp/cpumap", "xdp.frags/cpumap"],
        min_ret: XDP_ABORTED as i32,
        max_ret: XDP_TX as i32,
        refusal: "`default_ret` of this kind of program is an XDP action that does not redirect",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_XDP,
        attach_type: BPF_XDP_DEVMAP,
        sections: &["xdp/devmap", "xdp.frags/devmap"],
        min_ret: XDP_ABORTED as i32,
        max_ret: XDP_TX as i32,
        refusal: "`default_ret` of this kind of program is an XDP action that does not redirect",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_SCHED_CLS,
        attach_type: 0,
        sections: &["tc"],
        min_ret: -1,
        max_ret: 6,
        refusal: "`default_ret` of this kind of program is a TC action before the one that redirects",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_CGROUP_SKB,
        attach_type: 0,
        sections: &["cgroup_skb/ingress"],
        min_ret: 0,
        max_ret: 1,
        refusal: "`default_ret` of this kind of program is 0, which drops, or 1",
    },
    Kind {
        prog_type: BPF_PROG_TYPE_CGROUP_SKB,
        attach_type: 0,
        sections: &["cgroup_skb/egress"],
        min_ret: 0,
        max_ret: 3,
        refusal: "`default_ret` of this kind of program is 0, which drops, or 1; 2 and 3 also tell of congestion",
    },
];
