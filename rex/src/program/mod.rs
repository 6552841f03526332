// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/progtypes.def: `make gen`.
//! The kinds of programs: the helpers, the functions and the caller of each. The crate
//! has these modules at its root.
//! C counterpart: `enum bpf_prog_type`.

pub mod cgroup_device;
pub mod cgroup_skb;
pub mod fentry;
pub mod fexit;
pub mod iter;
pub mod kprobe;
pub mod kprobe_session;
pub mod kretprobe;
pub mod lsm;
pub mod perf_event;
pub mod raw_tracepoint;
pub mod request;
pub mod sched_cls;
pub mod timer;
pub mod tracepoint;
pub mod uprobe;
pub mod usdt;
pub mod xdp;

pub(crate) mod function;
pub(crate) mod helpers;
mod run;
pub mod verdict;

pub use helpers::{Helpers, TaskHelpers};
pub use run::Run;
pub(crate) use run::TaskRun;

/// The contexts of programs with one argument, except `TracepointContext`.
pub(crate) mod contexts {
    pub use super::cgroup_device::CgroupDeviceContext;
    pub use super::cgroup_skb::CgroupSkbContext;
    pub use super::fentry::FentryContext;
    pub use super::fexit::FexitContext;
    pub use super::iter::IterContext;
    pub use super::kprobe::KprobeContext;
    pub use super::kprobe_session::KprobeSessionContext;
    pub use super::kretprobe::KretprobeContext;
    pub use super::lsm::LsmContext;
    pub use super::perf_event::PerfEventContext;
    pub use super::raw_tracepoint::RawTracepointContext;
    pub use super::request::RequestContext;
    pub use super::sched_cls::TcContext;
    pub use super::timer::TimerContext;
    pub use super::uprobe::UprobeContext;
    pub use super::usdt::UsdtContext;
    pub use super::xdp::XdpContext;
}

/// The names at the root of the crate.
pub(crate) mod root {
    #[doc(inline)]
    pub use super::{
        cgroup_device, cgroup_skb, fentry, fexit, iter, kprobe, kprobe_session,
        kretprobe, lsm, perf_event, raw_tracepoint, request, sched_cls, timer,
        tracepoint, uprobe, usdt, xdp,
    };
    pub use rex_macros::{
        cgroup_device, cgroup_skb, fentry, fexit, iter, kprobe, kprobe_session,
        kretprobe, lsm, perf_event, raw_tracepoint, request, rex_cgroup_device,
        rex_cgroup_skb, rex_fentry, rex_fexit, rex_iter, rex_kprobe,
        rex_kprobe_session, rex_kretprobe, rex_lsm, rex_perf_event,
        rex_raw_tracepoint, rex_request, rex_tc, rex_timer, rex_tp_btf,
        rex_tracepoint, rex_uprobe, rex_uretprobe, rex_usdt, rex_xdp, tc,
        timer, tp_btf, tracepoint, uprobe, uretprobe, usdt, xdp,
    };
}

/// The names for programs with one argument.
pub(crate) mod prelude {
    pub use super::cgroup_device::DeviceAction;
    pub use super::cgroup_skb::CgroupAction;
    pub use super::kprobe_session::SessionAction;
    pub use super::sched_cls::TcAction;
    pub use super::xdp::XdpAction;
    pub use crate::context::{
        CgroupDeviceContext, CgroupSkbContext, FentryContext, FexitContext,
        IterContext, KprobeContext, KprobeSessionContext, KretprobeContext,
        LsmContext, PerfEventContext, RawTracepointContext, RequestContext,
        TcContext, TimerContext, TracepointContext, UprobeContext, UsdtContext,
        XdpContext,
    };
    pub use rex_macros::{
        cgroup_device, cgroup_skb, fentry, fexit, iter, kprobe, kprobe_session,
        kretprobe, lsm, perf_event, raw_tracepoint, request, tc, timer, tp_btf,
        tracepoint, uprobe, uretprobe, usdt, xdp,
    };
}

/// The names for programs with two arguments.
pub(crate) mod compat {
    pub use super::cgroup_device::{bpf_cgroup_dev_ctx, cgroup_device};
    pub use super::cgroup_skb::{CgroupPacket, cgroup_skb};
    pub use super::fentry::{FentryArgs, fentry};
    pub use super::fexit::{FexitArgs, fexit};
    pub use super::iter::{IterArgs, iter};
    pub use super::kprobe::kprobe;
    pub use super::kprobe_session::kprobe_session;
    pub use super::kretprobe::kretprobe;
    pub use super::lsm::{LsmArgs, lsm};
    pub use super::perf_event::{bpf_perf_event_data, perf_event};
    pub use super::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};
    pub use super::request::{RequestArgs, request};
    pub use super::sched_cls::{__sk_buff, sched_cls};
    pub use super::timer::{TimerEvent, timer};
    pub use super::tracepoint::tracepoint;
    pub use super::uprobe::uprobe;
    pub use super::usdt::usdt;
    pub use super::xdp::{xdp, xdp_md};
    pub use rex_macros::{
        rex_cgroup_device, rex_cgroup_skb, rex_fentry, rex_fexit, rex_iter,
        rex_kprobe, rex_kprobe_session, rex_kretprobe, rex_lsm, rex_perf_event,
        rex_raw_tracepoint, rex_request, rex_tc, rex_timer, rex_tp_btf,
        rex_tracepoint, rex_uprobe, rex_uretprobe, rex_usdt, rex_xdp,
    };
}
