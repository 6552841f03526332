// SPDX-License-Identifier: GPL-2.0
//! The attributes and derives of the crate `rex`, which re-exports them.
//!
//! They check what they are applied to and hand it to macros of the crate that
//! contain the unsafe code: code from here would count as the program's own, in
//! which unsafe code is forbidden.

#![deny(missing_docs)]

mod args;
mod map;
mod parse;
mod pod;
mod program;

use proc_macro::{Delimiter, Group, Ident, Punct, Spacing, Span};
use proc_macro::{Literal, TokenStream, TokenTree};

/// An error in what a macro is applied to, and where.
struct Error {
    span: Span,
    message: String,
}

impl Error {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }

    /// A call of `compile_error` that the compiler reports at the error's place.
    fn report(self) -> TokenStream {
        let mut message = TokenTree::from(Literal::string(&self.message));
        message.set_span(self.span);
        let mut arguments = TokenTree::from(Group::new(
            Delimiter::Brace,
            TokenStream::from(message),
        ));
        arguments.set_span(self.span);
        let mut bang = Punct::new('!', Spacing::Alone);
        bang.set_span(self.span);
        [
            TokenTree::from(Ident::new("compile_error", self.span)),
            TokenTree::from(bang),
            arguments,
        ]
        .into_iter()
        .collect()
    }
}

use program::Face;

type Result<T> = core::result::Result<T, Error>;

/// The output of a macro: on an error, the error and the item as it was.
fn finish(result: Result<TokenStream>, item: TokenStream) -> TokenStream {
    result.unwrap_or_else(|error| {
        let mut output = error.report();
        output.extend(item);
        output
    })
}

/// A program that runs when the kernel reaches a probed function.
///
/// The function takes `&kprobe` and `&mut PtRegs` and returns `rex::Result`.
/// Arguments, all optional:
///
/// - `function = "symbol"`: the function to probe. Without it, whoever attaches
///   the program says which.
/// - `timeout_ms = 10`: the longest run, in milliseconds; at most 5000, or what the
///   parameter `max_timeout_ms` of rex.ko says.
/// - `default_ret = 0`: what is returned in place of a run that is ended by a
///   fault or cannot be made. Without it, the kernel goes on as if there were no
///   program. A value that the kernel does not take from a program of this type is
///   refused at load.
#[proc_macro_attribute]
pub fn rex_kprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(program::kprobe(Face::Upstream, args, item.clone()), item)
}

/// A program that runs when a probed function of the kernel returns.
///
/// The function takes `&kretprobe` and `&mut PtRegs` (see
/// `PtRegs::return_value()`) and returns `rex::Result`. Arguments: as for
/// `rex_kprobe`.
#[proc_macro_attribute]
pub fn rex_kretprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::at_function(
        Face::Upstream,
        "kretprobe",
        "kretprobe",
        args,
        item.clone(),
    );
    finish(output, item)
}

/// A program that runs at a probed function of a userspace program or library.
///
/// The function takes `&uprobe` and `&mut PtRegs` and returns `rex::Result`.
/// Arguments, all optional:
///
/// - `path = "/bin/bash", function = "readline"`: the file and the function in it.
///   Without them, whoever attaches the program says which.
/// - `timeout_ms` and `default_ret`, as for `rex_kprobe`.
#[proc_macro_attribute]
pub fn rex_uprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(
        program::uprobe(Face::Upstream, "uprobe", args, item.clone()),
        item,
    )
}

/// A program that runs when a probed function of a userspace program or library
/// returns. Otherwise as `rex_uprobe`; see `PtRegs::return_value()`.
#[proc_macro_attribute]
pub fn rex_uretprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(
        program::uprobe(Face::Upstream, "uretprobe", args, item.clone()),
        item,
    )
}

/// A program that runs when a function of the kernel is entered.
///
/// The function takes `&fentry` and `&FentryArgs` and returns `rex::Result`.
/// Arguments, all optional: the function, as in `#[rex_fentry("vfs_read")]`;
/// `timeout_ms` and `default_ret`, as for `rex_kprobe`.
#[proc_macro_attribute]
pub fn rex_fentry(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::at_function(
        Face::Upstream,
        "fentry",
        "fentry",
        args,
        item.clone(),
    );
    finish(output, item)
}

/// A program that runs when a function of the kernel returns.
///
/// The function takes `&fexit` and `&FexitArgs` and returns `rex::Result`.
/// Arguments: as for `rex_fentry`.
#[proc_macro_attribute]
pub fn rex_fexit(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::at_function(
        Face::Upstream,
        "fexit",
        "fexit",
        args,
        item.clone(),
    );
    finish(output, item)
}

/// A program that decides about what a process wants to do, at a hook of Linux's
/// security modules.
///
/// The function takes `&lsm` and `&LsmArgs` and returns `rex::Result`: 0, or a
/// negative error number to forbid it. Arguments, all optional: the hook, as in
/// `#[rex_lsm("file_open")]`; `timeout_ms` and `default_ret`, as for `rex_kprobe`.
#[proc_macro_attribute]
pub fn rex_lsm(args: TokenStream, item: TokenStream) -> TokenStream {
    let output =
        program::at_function(Face::Upstream, "lsm", "lsm", args, item.clone());
    finish(output, item)
}

/// A program that runs at a tracepoint and sees its arguments.
///
/// The function takes `&raw_tracepoint` and `&RawTracepointArgs` and returns
/// `rex::Result`. Arguments: the tracepoint, as in
/// `#[rex_raw_tracepoint("sched_switch")]`; optional are `timeout_ms` and
/// `default_ret`, as for `rex_kprobe`.
#[proc_macro_attribute]
pub fn rex_raw_tracepoint(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::raw_tracepoint(
        Face::Upstream,
        "raw_tracepoint",
        args,
        item.clone(),
    );
    finish(output, item)
}

/// As `rex_raw_tracepoint`, attached by the kernel's type information
/// (`tp_btf/sched_switch`). The kernel has to have such information.
#[proc_macro_attribute]
pub fn rex_tp_btf(args: TokenStream, item: TokenStream) -> TokenStream {
    let output =
        program::raw_tracepoint(Face::Upstream, "tp_btf", args, item.clone());
    finish(output, item)
}

/// A program that runs for each sample of a perf event.
///
/// The function takes `&perf_event` and `&bpf_perf_event_data` and returns
/// `rex::Result`. Arguments, both optional: `timeout_ms` and `default_ret`, as for
/// `rex_kprobe`.
#[proc_macro_attribute]
pub fn rex_perf_event(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(
        program::perf_event(Face::Upstream, args, item.clone()),
        item,
    )
}

/// A program that runs at a tracepoint.
///
/// The function takes `&tracepoint<C>` and `&C` and returns `rex::Result`; the
/// type C, one of those in `rex::tracepoint` or declared with
/// `rex::tracepoint_ctx!`, says which tracepoint it is. The
/// second argument may be written `&'static C`: the lifetime is left out, since
/// the record is only there during the run.
///
/// Arguments, both optional: `timeout_ms` and `default_ret`, as for `rex_kprobe`.
#[proc_macro_attribute]
pub fn rex_tracepoint(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(
        program::tracepoint(Face::Upstream, args, item.clone()),
        item,
    )
}

/// A program that sees every packet that a network device receives, before the
/// kernel does.
///
/// The function takes `&xdp` and `&mut xdp_md` and returns `XdpAction`, a `Result` of
/// it, or `rex::Result` with one of `XDP_*`: see the crate's module `verdict`.
/// Arguments, all optional:
///
/// - `frags`: packets may be in several buffers. Without it, the program cannot be
///   attached to a device that has such packets.
/// - `devmap`: the program is for an entry of a `RexDevMap`, and sees packets that
///   are about to leave by that device.
/// - `cpumap`: the program is for an entry of a `RexCpuMap`, and sees packets that
///   have come to that CPU.
/// - `timeout_ms`, as for `rex_kprobe`.
/// - `default_ret`, as for `rex_kprobe`, and what becomes of a packet when the
///   program returns an error. Without it, packets are passed on (`XDP_PASS`) where
///   no program runs, and dropped (`XDP_ABORTED`) by an error.
#[proc_macro_attribute]
pub fn rex_xdp(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(program::xdp(Face::Upstream, args, item.clone()), item)
}

/// A program that classifies the packets that a network device receives or sends.
///
/// The function takes `&sched_cls` and `&mut __sk_buff` and returns `TcAction`, a
/// `Result` of it, or `rex::Result` with one of `TC_ACT_*`: see the crate's module
/// `verdict`. It is attached with tc(8) as a filter with the flag `direct-action`, or
/// by bpf(2) as a tcx program.
///
/// Arguments, both optional: `timeout_ms` and `default_ret`, as for `rex_kprobe`.
/// The latter is also what becomes of a packet when the program returns an error.
/// Without it, an error drops the packet (`TC_ACT_SHOT`), and where no program runs,
/// the filters and classes behind it decide (`TC_ACT_UNSPEC`), as they would without
/// the program. Without `direct-action`, tc takes that value for a match.
#[proc_macro_attribute]
pub fn rex_tc(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(program::tc(Face::Upstream, args, item.clone()), item)
}

/// A program that decides about the packets of the sockets in a cgroup.
///
/// The function takes `&cgroup_skb` and `&CgroupPacket` and returns `CgroupAction`, a
/// `Result` of it, or `rex::Result` with 0 or 1: see the crate's module `verdict`.
/// The first argument is `"ingress"` or `"egress"`, the others are optional:
/// `timeout_ms` and `default_ret`, as for `rex_kprobe`. The latter is also what
/// becomes of a packet when the program returns an error; without it, packets pass
/// (1) where no program runs, and are dropped (0) by an error.
#[proc_macro_attribute]
pub fn rex_cgroup_skb(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(
        program::cgroup_skb(Face::Upstream, args, item.clone()),
        item,
    )
}

/// A program that runs when the kernel reaches a probed function.
///
/// The function takes `&mut KprobeContext` and returns nothing, or `Result`. Arguments,
/// all optional:
///
/// - the function to probe, as in `#[kprobe("vfs_read")]`. Without it, whoever attaches
///   the program says which.
/// - `timeout_ms = 10`: the longest run, in milliseconds; at most 5000, or what the
///   parameter `max_timeout_ms` of rex.ko says.
/// - `default_ret = 0`: what is returned in place of a run that is ended by a fault or
///   cannot be made. Without it, the kernel goes on as if there were no program. A value
///   that the kernel does not take from a program of this type is refused at load.
///
/// ```ignore
/// use rex::prelude::*;
///
/// #[kprobe("vfs_read", timeout_ms = 10)]
/// fn on_read(ctx: &mut KprobeContext) {
///     info!("{} reads", ctx.pid());
/// }
/// ```
#[proc_macro_attribute]
pub fn kprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::kprobe(Face::Context, args, item.clone());
    finish(output, item)
}

/// A program that runs when a probed function of the kernel returns.
///
/// The function takes `&mut KretprobeContext`; otherwise as `kprobe`.
#[proc_macro_attribute]
pub fn kretprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::at_function(
        Face::Context,
        "kretprobe",
        "kretprobe",
        args,
        item.clone(),
    );
    finish(output, item)
}

/// A program that runs at a probed function of a userspace program or library.
///
/// The function takes `&mut UprobeContext` and returns nothing, or `Result`. Arguments,
/// all optional:
///
/// - `path = "/bin/bash", function = "readline"`: the file and the function in it.
///   Without them, whoever attaches the program says which.
/// - `timeout_ms` and `default_ret`, as for `kprobe`.
#[proc_macro_attribute]
pub fn uprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::uprobe(Face::Context, "uprobe", args, item.clone());
    finish(output, item)
}

/// A program that runs when a probed function of a userspace program or library returns.
/// Otherwise as `uprobe`; see `UprobeContext::return_value`.
#[proc_macro_attribute]
pub fn uretprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    let output =
        program::uprobe(Face::Context, "uretprobe", args, item.clone());
    finish(output, item)
}

/// A program that runs when a function of the kernel is entered: cheaper than a kprobe.
///
/// The function takes `&mut FentryContext` and returns nothing, or `Result`; the kernel
/// ignores what. Arguments, all optional: the function, as in `#[fentry("vfs_read")]`;
/// `timeout_ms` and `default_ret`, as for `kprobe`.
#[proc_macro_attribute]
pub fn fentry(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::at_function(
        Face::Context,
        "fentry",
        "fentry",
        args,
        item.clone(),
    );
    finish(output, item)
}

/// A program that runs when a function of the kernel returns.
///
/// The function takes `&mut FexitContext`; otherwise as `fentry`.
#[proc_macro_attribute]
pub fn fexit(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::at_function(
        Face::Context,
        "fexit",
        "fexit",
        args,
        item.clone(),
    );
    finish(output, item)
}

/// A program that decides about what a process wants to do, at a hook of Linux's security
/// modules.
///
/// The function takes `&mut LsmContext` and returns `Result`: an error forbids it, by that
/// number. Arguments, all optional: the hook, as in `#[lsm("file_open")]`; `timeout_ms` and
/// `default_ret`, as for `kprobe`.
#[proc_macro_attribute]
pub fn lsm(args: TokenStream, item: TokenStream) -> TokenStream {
    let output =
        program::at_function(Face::Context, "lsm", "lsm", args, item.clone());
    finish(output, item)
}

/// A program that runs at a tracepoint and sees its arguments.
///
/// The function takes `&mut RawTracepointContext` and returns nothing, or `Result`.
/// Arguments: the tracepoint, as in `#[raw_tracepoint("sched_switch")]`; optional are
/// `timeout_ms` and `default_ret`, as for `kprobe`.
#[proc_macro_attribute]
pub fn raw_tracepoint(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::raw_tracepoint(
        Face::Context,
        "raw_tracepoint",
        args,
        item.clone(),
    );
    finish(output, item)
}

/// As `raw_tracepoint`, attached by the kernel's type information
/// (`tp_btf/sched_switch`). The kernel has to have such information.
#[proc_macro_attribute]
pub fn tp_btf(args: TokenStream, item: TokenStream) -> TokenStream {
    let output =
        program::raw_tracepoint(Face::Context, "tp_btf", args, item.clone());
    finish(output, item)
}

/// A program that runs for each sample of a perf event.
///
/// The function takes `&mut PerfEventContext` and returns nothing, a number, or a `Result` of
/// one of them: 0, which is also nothing, keeps the sample from being recorded. Arguments,
/// both optional: `timeout_ms` and `default_ret`, as for `kprobe`.
#[proc_macro_attribute]
pub fn perf_event(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::perf_event(Face::Context, args, item.clone());
    finish(output, item)
}

/// A program that runs at a tracepoint.
///
/// The function takes `&mut TracepointContext<E>` and returns nothing, or `Result`; the type
/// E, one of those in `rex::tracepoint` or declared with `rex::tracepoint_ctx!`, says which
/// tracepoint it is. Arguments, both optional: `timeout_ms` and `default_ret`, as for
/// `kprobe`.
#[proc_macro_attribute]
pub fn tracepoint(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::tracepoint(Face::Context, args, item.clone());
    finish(output, item)
}

/// A program that sees every packet that a network device receives, before the kernel does.
///
/// The function takes `&mut XdpContext` and returns `XdpAction`, or a `Result` of it: see the
/// crate's module `verdict`. Arguments, all optional:
///
/// - `frags`: packets may be in several buffers. Without it, the program cannot be attached
///   to a device that has such packets.
/// - `devmap`: the program is for an entry of a `DevMap`, and sees packets that are about to
///   leave by that device.
/// - `cpumap`: the program is for an entry of a `CpuMap`, and sees packets that have come to
///   that CPU.
/// - `timeout_ms`, as for `kprobe`.
/// - `default_ret`, as for `kprobe`, and what becomes of a packet when the program returns
///   an error. Without it, packets are passed on (`XdpAction::Pass`) where no program runs,
///   and dropped (`XdpAction::Aborted`) by an error.
#[proc_macro_attribute]
pub fn xdp(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::xdp(Face::Context, args, item.clone());
    finish(output, item)
}

/// A program that classifies the packets that a network device receives or sends.
///
/// The function takes `&mut TcContext` and returns `TcAction`, or a `Result` of it: see the
/// crate's module `verdict`. It is attached with tc(8) as a filter with the flag
/// `direct-action`, or by bpf(2) as a tcx program.
///
/// Arguments, both optional: `timeout_ms` and `default_ret`, as for `kprobe`. The latter is
/// also what becomes of a packet when the program returns an error. Without it, an error
/// drops the packet (`TcAction::Shot`), and where no program runs, the filters and classes
/// behind it decide (`TcAction::Unspec`), as they would without the program.
#[proc_macro_attribute]
pub fn tc(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::tc(Face::Context, args, item.clone());
    finish(output, item)
}

/// A program that decides about the packets of the sockets in a cgroup.
///
/// The function takes `&mut CgroupSkbContext` and returns `CgroupAction`, or a `Result` of
/// it: see the crate's module `verdict`. The first argument is `"ingress"` or `"egress"`, the
/// others are optional: `timeout_ms` and `default_ret`, as for `kprobe`. The latter is also
/// what becomes of a packet when the program returns an error; without it, packets pass where
/// no program runs, and are dropped by an error.
#[proc_macro_attribute]
pub fn cgroup_skb(args: TokenStream, item: TokenStream) -> TokenStream {
    let output = program::cgroup_skb(Face::Context, args, item.clone());
    finish(output, item)
}

/// A map: a static of one of the types in `rex::map`. Its name is the map's.
///
/// ```ignore
/// use rex::prelude::*;
///
/// #[map]
/// static CALLS: HashMap<u32, u64> = HashMap::with_max_entries(1024);
/// ```
#[proc_macro_attribute]
pub fn map(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(map::expand("map", args, item.clone()), item)
}

/// As `map`.
#[proc_macro_attribute]
pub fn rex_map(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(map::expand("rex_map", args, item.clone()), item)
}

/// Derives `rex::Pod` for a struct whose fields are `Pod`, and which has no
/// padding and is `repr(C)` or `repr(transparent)`.
#[proc_macro_derive(Pod)]
pub fn derive_pod(item: TokenStream) -> TokenStream {
    pod::expand(item).unwrap_or_else(Error::report)
}
