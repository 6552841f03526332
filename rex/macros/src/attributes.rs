// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/progtypes.def: `make gen`.
// Attributes are at the root of their crate: lib.rs includes this file.

/// Makes the function a program that runs when the kernel reaches a probed function.
///
/// The function takes `&mut KprobeContext`, and returns nothing, a number, or a `Result`
/// of one of them. A pattern such as `"vfs_*"` stands for all functions whose names it
/// matches: librex's `rex_obj_attach_functions` attaches to them.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[kprobe("do_exit")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[kprobe("do_exit", timeout_ms = 10)]
/// fn on_event(ctx: &mut KprobeContext) {
///     info!("process {}, CPU {}", ctx.tgid(), ctx.cpu());
/// }
/// ```
#[proc_macro_attribute]
pub fn kprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Function("kprobe", false),
        "kprobe",
        args,
        item,
    )
}

/// Makes the function a program that runs when a probed function of the kernel returns.
///
/// The function takes `&mut KretprobeContext`, and returns nothing, a number, or a
/// `Result` of one of them. The registers have what the function returns. A pattern is as
/// that of a kprobe.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[kretprobe("do_exit")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[kretprobe("do_exit", timeout_ms = 10)]
/// fn on_event(ctx: &mut KretprobeContext) {
///     info!("process {}, CPU {}", ctx.tgid(), ctx.cpu());
/// }
/// ```
#[proc_macro_attribute]
pub fn kretprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Function("kretprobe", false),
        "kretprobe",
        args,
        item,
    )
}

/// Makes the function a program that runs when the kernel enters probed functions, and
/// when they return.
///
/// The function takes `&mut KprobeSessionContext`, and returns `SessionAction`, or a
/// `Result` of it: see the crate's module `verdict`. One program for both ends of a call:
/// `KprobeSessionContext::is_return` says which end it is, and a value can be kept from
/// the one to the other. What the program returns when the function is entered says
/// whether it is called when the function returns. Such programs are attached by librex's
/// `rex_obj_attach_functions`; the kernel has them from Linux 6.10 on.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[kprobe_session("vfs_*")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn kprobe_session(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Function("kprobe.session", false),
        "kprobe_session",
        args,
        item,
    )
}

/// Makes the function a program that runs at a probed function of a userspace program or
/// library.
///
/// The function takes `&mut UprobeContext`, and returns nothing, a number, or a `Result`
/// of one of them. The registers are those of userspace.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `path = "/bin/bash", function = "readline"`: the file and the function in it. A name
///   without a slash, `bash` or `libc.so.6`, is looked for when the program is attached.
///   Without them, the loader chooses them when it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn uprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::UserFunction("uprobe"),
        "uprobe",
        args,
        item,
    )
}

/// Makes the function a program that runs when such a function returns.
///
/// The function takes `&mut UprobeContext`, and returns nothing, a number, or a `Result`
/// of one of them. The registers are userspace's, and contain the function's return
/// value.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `path = "/bin/bash", function = "readline"`: the file and the function in it. A name
///   without a slash, `bash` or `libc.so.6`, is looked for when the program is attached.
///   Without them, the loader chooses them when it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn uretprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::UserFunction("uretprobe"),
        "uretprobe",
        args,
        item,
    )
}

/// Makes the function a program that runs at a USDT probe of a userspace program or
/// library.
///
/// The function takes `&mut UsdtContext`, and returns nothing, a number, or a `Result` of
/// one of them. The probe is one that the program or library has itself, with
/// `<sys/sdt.h>`; its arguments are `UsdtContext::arg`. The registers are those of
/// userspace. Such programs are attached by librex's `rex_obj_attach_usdt`.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `path = "/usr/sbin/mysqld", probe = "mysql:query__start"`: the file, and the
///   provider and the name of the probe. Without them, the loader chooses them.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn usdt(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Context, Form::UserProbe("usdt"), "usdt", args, item)
}

/// Makes the function a program that runs at a tracepoint.
///
/// The function takes `&mut TracepointContext<E>`, and returns nothing, a number, or a
/// `Result` of one of them. The type of the record is one of those in `rex::tracepoint`,
/// or declared with `rex::tracepoint_ctx!`, and says which tracepoint it is. With two
/// arguments, the second may be written as a reference to `'static`: the lifetime is left
/// out, since the record is only there during the run.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn tracepoint(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Context, Form::Record, "tracepoint", args, item)
}

/// Makes the function a program that runs at a tracepoint, and sees its arguments.
///
/// The function takes `&mut RawTracepointContext`, and returns nothing, a number, or a
/// `Result` of one of them.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the tracepoint, as in `#[raw_tracepoint("sched_switch")]`, which is not optional.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[raw_tracepoint("sched_switch", timeout_ms = 10)]
/// fn on_event(ctx: &mut RawTracepointContext) {
///     info!("process {}, CPU {}", ctx.tgid(), ctx.cpu());
/// }
/// ```
#[proc_macro_attribute]
pub fn raw_tracepoint(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Context, Form::Event, "raw_tracepoint", args, item)
}

/// Makes the function a program that runs at a tracepoint that is attached to by the
/// kernel's type information.
///
/// The function takes `&mut RawTracepointContext`, and returns nothing, a number, or a
/// `Result` of one of them. The kernel has to have type information.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the tracepoint, as in `#[tp_btf("sched_switch")]`, which is not optional.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[tp_btf("sched_switch", timeout_ms = 10)]
/// fn on_event(ctx: &mut RawTracepointContext) {
///     info!("process {}, CPU {}", ctx.tgid(), ctx.cpu());
/// }
/// ```
#[proc_macro_attribute]
pub fn tp_btf(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Context, Form::Event, "tp_btf", args, item)
}

/// Makes the function a program that runs each period, or once when a program says so.
///
/// The function takes `&mut TimerContext`, and returns nothing, a number, or a `Result`
/// of one of them. Nothing is attached: it runs from when it is loaded until nothing has
/// it any more. A program without a period runs when a program of its object arms it: see
/// `Context::arm_timer`.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `period_ms = 100`: the period in milliseconds, from 1 to a day. Without it, the
///   program runs once each time that it is armed.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn timer(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Context, Form::Period("timer"), "timer", args, item)
}

/// Makes the function a program that runs when a holder of its descriptor asks for a run.
///
/// The function takes `&mut RequestContext`, and returns nothing, a number, or a `Result`
/// of one of them. It runs in the process that asks for it, by `rexctl call` or by
/// `bpf_prog_test_run_opts` with 12 arguments of 64 bits in `ctx_in`; who asks gets what
/// it returns. A sleepable one has the carrier of a program that only system calls run.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn request(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Plain("request", true),
        "request",
        args,
        item,
    )
}

/// Makes the function a program that runs for each sample of a perf event.
///
/// The function takes `&mut PerfEventContext`, and returns nothing, a number, or a
/// `Result` of one of them. It returns 0, which is also nothing, to keep the sample from
/// being recorded.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn perf_event(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Plain("perf_event", false),
        "perf_event",
        args,
        item,
    )
}

/// Makes the function a program that runs when a function of the kernel is entered:
/// cheaper than a kprobe.
///
/// The function takes `&mut FentryContext`, and returns nothing, a number, or a `Result`
/// of one of them. The kernel ignores what it returns. A pattern such as `"vfs_*"` stands
/// for all functions whose names it matches: librex's `rex_obj_attach_functions` attaches
/// to them. A helper of the program can call one of them, so such a program can run
/// within its own run. A program can sleep at a system call, such as
/// `"__x64_sys_openat"`, and only if the kernel has CONFIG_FUNCTION_ERROR_INJECTION.
/// Meanwhile it is not called for other tasks of that CPU.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[fentry("vfs_read")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[fentry("vfs_read", timeout_ms = 10)]
/// fn on_event(ctx: &mut FentryContext) {
///     info!("process {}, CPU {}", ctx.tgid(), ctx.cpu());
/// }
/// ```
#[proc_macro_attribute]
pub fn fentry(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Function("fentry", true),
        "fentry",
        args,
        item,
    )
}

/// Makes the function a program that runs when a function of the kernel returns: sees
/// arguments and result.
///
/// The function takes `&mut FexitContext`, and returns nothing, a number, or a `Result`
/// of one of them. The kernel ignores what it returns. A pattern is as that of a fentry
/// program, and so are the functions where programs sleep.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[fexit("vfs_read")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[fexit("vfs_read", timeout_ms = 10)]
/// fn on_event(ctx: &mut FexitContext) {
///     info!("process {}, CPU {}", ctx.tgid(), ctx.cpu());
/// }
/// ```
#[proc_macro_attribute]
pub fn fexit(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Function("fexit", true),
        "fexit",
        args,
        item,
    )
}

/// Makes the function a program that runs for each object of the kernel of a kind, when a
/// process reads.
///
/// The function takes `&mut IterContext`, and returns nothing, a number, or a `Result` of
/// one of them. The name is that of an iterator of the kernel, such as `task`,
/// `task_file` or `bpf_map`. The arguments after a context are its objects; a program
/// with two arguments has none. After the last object, most iterators run the program
/// once more, with a null object. A process reads what the program writes with
/// `write!(ctx, ..)`.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the iterator, as in `#[iter("task")]`, which is not optional.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[iter("task", timeout_ms = 10)]
/// fn on_event(ctx: &mut IterContext) {
///     info!("process {}, CPU {}", ctx.tgid(), ctx.cpu());
/// }
/// ```
#[proc_macro_attribute]
pub fn iter(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Context, Form::Iterator("iter"), "iter", args, item)
}

/// Makes the function a program that runs at a hook of Linux's security modules, and
/// decides.
///
/// The function takes `&mut LsmContext`, and returns nothing, a number, or a `Result` of
/// one of them. If it returns an error, the operation of the process fails with that
/// error. After 0, the kernel goes on to the hook's own function, as it does without a
/// program, so the decision is that of the other modules, whichever number stands for no
/// opinion at the hook.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[lsm("file_open")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
///
/// ```no_run
/// # use rex::prelude::*;
/// #[lsm("file_open", timeout_ms = 10)]
/// fn on_event(ctx: &mut LsmContext) {
///     info!("process {}, CPU {}", ctx.tgid(), ctx.cpu());
/// }
/// ```
#[proc_macro_attribute]
pub fn lsm(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Function("lsm", true),
        "lsm",
        args,
        item,
    )
}

/// Makes the function a program that runs when a network device receives a packet, before
/// the kernel sees it.
///
/// The function takes `&mut XdpContext`, and returns `XdpAction`, or a `Result` of it:
/// see the crate's module `verdict`. `default_ret` is also the action for a packet when
/// the program returns an error. Without it, packets pass (`XdpAction::Pass`) where no
/// program runs, and an error drops them (`XdpAction::Aborted`).
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `frags`: packets may be in several buffers. Without it, the program cannot be
///   attached to a device that has such packets.
/// - `devmap`: the program is for an entry of a `DevMap`, and sees packets that
///   the device is about to send.
/// - `cpumap`: the program is for an entry of a `CpuMap`, and sees packets that
///   the CPU gets.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn xdp(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Context, Form::Xdp, "xdp", args, item)
}

/// Makes the function a program that runs when a network device receives or sends a
/// packet (clsact, tcx).
///
/// The function takes `&mut TcContext`, and returns `TcAction`, or a `Result` of it: see
/// the crate's module `verdict`. It is attached with tc(8) as a filter with the flag
/// `direct-action`, or by bpf(2) as a tcx program. `default_ret` is also the action for a
/// packet when the program returns an error. Without it, an error drops the packet
/// (`TcAction::Shot`), and where no program runs, the filters and classes after it decide
/// (`TcAction::Unspec`), as they would without the program; without `direct-action`, tc
/// takes that value for a match.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn tc(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Context, Form::Plain("tc", false), "tc", args, item)
}

/// Makes the function a program that runs when a socket of a cgroup sends or receives a
/// packet, and decides.
///
/// The function takes `&mut CgroupSkbContext`, and returns `CgroupAction`, or a `Result`
/// of it: see the crate's module `verdict`. `default_ret` is also the action for a packet
/// when the program returns an error. Without it, packets pass where no program runs, and
/// an error drops them.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `"ingress"` or `"egress"`, which is not optional.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn cgroup_skb(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Direction(&[
            ("ingress", "cgroup_skb/ingress"),
            ("egress", "cgroup_skb/egress"),
        ]),
        "cgroup_skb",
        args,
        item,
    )
}

/// Makes the function a program that runs when a process of a cgroup opens or makes a
/// device, and decides.
///
/// The function takes `&mut CgroupDeviceContext`, and returns `DeviceAction`, or a
/// `Result` of it: see the crate's module `verdict`. It runs before the process opens a
/// device or makes a device file; all programs of the cgroup and of its ancestors have to
/// allow it. `default_ret` is also the result of an error. Without it, an error denies
/// the device, and all devices are allowed where no program runs.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn cgroup_device(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Context,
        Form::Plain("cgroup/dev", false),
        "cgroup_device",
        args,
        item,
    )
}

/// Makes the function a program that runs when the kernel reaches a probed function.
///
/// The function takes `&kprobe` and `&mut PtRegs`, and returns `rex::Result`. A pattern
/// such as `"vfs_*"` stands for all functions whose names it matches: librex's
/// `rex_obj_attach_functions` attaches to them.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[kprobe("do_exit")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_kprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Function("kprobe", false),
        "kprobe",
        args,
        item,
    )
}

/// Makes the function a program that runs when a probed function of the kernel returns.
///
/// The function takes `&kretprobe` and `&mut PtRegs`, and returns `rex::Result`. The
/// registers have what the function returns. A pattern is as that of a kprobe.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[kretprobe("do_exit")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_kretprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Function("kretprobe", false),
        "kretprobe",
        args,
        item,
    )
}

/// Makes the function a program that runs when the kernel enters probed functions, and
/// when they return.
///
/// The function takes `&kprobe_session` and `&mut PtRegs`, and returns `SessionAction`, a
/// `Result` of it, or `rex::Result` with the number of one: see the crate's module
/// `verdict`. One program for both ends of a call: `KprobeSessionContext::is_return` says
/// which end it is, and a value can be kept from the one to the other. What the program
/// returns when the function is entered says whether it is called when the function
/// returns. Such programs are attached by librex's `rex_obj_attach_functions`; the kernel
/// has them from Linux 6.10 on.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[kprobe_session("vfs_*")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_kprobe_session(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Function("kprobe.session", false),
        "kprobe_session",
        args,
        item,
    )
}

/// Makes the function a program that runs at a probed function of a userspace program or
/// library.
///
/// The function takes `&uprobe` and `&mut PtRegs`, and returns `rex::Result`. The
/// registers are those of userspace.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `path = "/bin/bash", function = "readline"`: the file and the function in it. A name
///   without a slash, `bash` or `libc.so.6`, is looked for when the program is attached.
///   Without them, the loader chooses them when it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_uprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::UserFunction("uprobe"),
        "uprobe",
        args,
        item,
    )
}

/// Makes the function a program that runs when such a function returns.
///
/// The function takes `&uprobe` and `&mut PtRegs`, and returns `rex::Result`. The
/// registers are userspace's, and contain the function's return value.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `path = "/bin/bash", function = "readline"`: the file and the function in it. A name
///   without a slash, `bash` or `libc.so.6`, is looked for when the program is attached.
///   Without them, the loader chooses them when it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_uretprobe(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::UserFunction("uretprobe"),
        "uretprobe",
        args,
        item,
    )
}

/// Makes the function a program that runs at a USDT probe of a userspace program or
/// library.
///
/// The function takes `&usdt` and `&mut PtRegs`, and returns `rex::Result`. The probe is
/// one that the program or library has itself, with `<sys/sdt.h>`; its arguments are
/// `UsdtContext::arg`. The registers are those of userspace. Such programs are attached
/// by librex's `rex_obj_attach_usdt`.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `path = "/usr/sbin/mysqld", probe = "mysql:query__start"`: the file, and the
///   provider and the name of the probe. Without them, the loader chooses them.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_usdt(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Upstream, Form::UserProbe("usdt"), "usdt", args, item)
}

/// Makes the function a program that runs at a tracepoint.
///
/// The function takes `&tracepoint<E>` and `&E`, and returns `rex::Result`. The type of
/// the record is one of those in `rex::tracepoint`, or declared with
/// `rex::tracepoint_ctx!`, and says which tracepoint it is. With two arguments, the
/// second may be written as a reference to `'static`: the lifetime is left out, since the
/// record is only there during the run.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_tracepoint(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Upstream, Form::Record, "tracepoint", args, item)
}

/// Makes the function a program that runs at a tracepoint, and sees its arguments.
///
/// The function takes `&raw_tracepoint` and `&RawTracepointArgs`, and returns
/// `rex::Result`.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the tracepoint, as in `#[raw_tracepoint("sched_switch")]`, which is not optional.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_raw_tracepoint(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Upstream, Form::Event, "raw_tracepoint", args, item)
}

/// Makes the function a program that runs at a tracepoint that is attached to by the
/// kernel's type information.
///
/// The function takes `&raw_tracepoint` and `&RawTracepointArgs`, and returns
/// `rex::Result`. The kernel has to have type information.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the tracepoint, as in `#[tp_btf("sched_switch")]`, which is not optional.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_tp_btf(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Upstream, Form::Event, "tp_btf", args, item)
}

/// Makes the function a program that runs each period, or once when a program says so.
///
/// The function takes `&timer` and `&TimerEvent`, and returns `rex::Result`. Nothing is
/// attached: it runs from when it is loaded until nothing has it any more. A program
/// without a period runs when a program of its object arms it: see `Context::arm_timer`.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `period_ms = 100`: the period in milliseconds, from 1 to a day. Without it, the
///   program runs once each time that it is armed.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_timer(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Upstream, Form::Period("timer"), "timer", args, item)
}

/// Makes the function a program that runs when a holder of its descriptor asks for a run.
///
/// The function takes `&request` and `&RequestArgs`, and returns `rex::Result`. It runs
/// in the process that asks for it, by `rexctl call` or by `bpf_prog_test_run_opts` with
/// 12 arguments of 64 bits in `ctx_in`; who asks gets what it returns. A sleepable one
/// has the carrier of a program that only system calls run.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_request(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Plain("request", true),
        "request",
        args,
        item,
    )
}

/// Makes the function a program that runs for each sample of a perf event.
///
/// The function takes `&perf_event` and `&bpf_perf_event_data`, and returns
/// `rex::Result`. It returns 0, which is also nothing, to keep the sample from being
/// recorded.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_perf_event(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Plain("perf_event", false),
        "perf_event",
        args,
        item,
    )
}

/// Makes the function a program that runs when a function of the kernel is entered:
/// cheaper than a kprobe.
///
/// The function takes `&fentry` and `&FentryArgs`, and returns `rex::Result`. The kernel
/// ignores what it returns. A pattern such as `"vfs_*"` stands for all functions whose
/// names it matches: librex's `rex_obj_attach_functions` attaches to them. A helper of
/// the program can call one of them, so such a program can run within its own run. A
/// program can sleep at a system call, such as `"__x64_sys_openat"`, and only if the
/// kernel has CONFIG_FUNCTION_ERROR_INJECTION. Meanwhile it is not called for other tasks
/// of that CPU.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[fentry("vfs_read")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_fentry(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Function("fentry", true),
        "fentry",
        args,
        item,
    )
}

/// Makes the function a program that runs when a function of the kernel returns: sees
/// arguments and result.
///
/// The function takes `&fexit` and `&FexitArgs`, and returns `rex::Result`. The kernel
/// ignores what it returns. A pattern is as that of a fentry program, and so are the
/// functions where programs sleep.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[fexit("vfs_read")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_fexit(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Function("fexit", true),
        "fexit",
        args,
        item,
    )
}

/// Makes the function a program that runs for each object of the kernel of a kind, when a
/// process reads.
///
/// The function takes `&iter` and `&IterArgs`, and returns `rex::Result`. The name is
/// that of an iterator of the kernel, such as `task`, `task_file` or `bpf_map`. The
/// arguments after a context are its objects; a program with two arguments has none.
/// After the last object, most iterators run the program once more, with a null object. A
/// process reads what the program writes with `write!(ctx, ..)`.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the iterator, as in `#[iter("task")]`, which is not optional.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_iter(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Upstream, Form::Iterator("iter"), "iter", args, item)
}

/// Makes the function a program that runs at a hook of Linux's security modules, and
/// decides.
///
/// The function takes `&lsm` and `&LsmArgs`, and returns `rex::Result`. If it returns an
/// error, the operation of the process fails with that error. After 0, the kernel goes on
/// to the hook's own function, as it does without a program, so the decision is that of
/// the other modules, whichever number stands for no opinion at the hook.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - the function or hook, as in `#[lsm("file_open")]`. Without it, the loader chooses it when
///   it attaches the program.
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_lsm(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Function("lsm", true),
        "lsm",
        args,
        item,
    )
}

/// Makes the function a program that runs when a network device receives a packet, before
/// the kernel sees it.
///
/// The function takes `&xdp` and `&mut xdp_md`, and returns `XdpAction`, a `Result` of
/// it, or `rex::Result` with the number of one: see the crate's module `verdict`.
/// `default_ret` is also the action for a packet when the program returns an error.
/// Without it, packets pass (`XdpAction::Pass`) where no program runs, and an error drops
/// them (`XdpAction::Aborted`).
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `frags`: packets may be in several buffers. Without it, the program cannot be
///   attached to a device that has such packets.
/// - `devmap`: the program is for an entry of a `DevMap`, and sees packets that
///   the device is about to send.
/// - `cpumap`: the program is for an entry of a `CpuMap`, and sees packets that
///   the CPU gets.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_xdp(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Upstream, Form::Xdp, "xdp", args, item)
}

/// Makes the function a program that runs when a network device receives or sends a
/// packet (clsact, tcx).
///
/// The function takes `&sched_cls` and `&mut __sk_buff`, and returns `TcAction`, a
/// `Result` of it, or `rex::Result` with the number of one: see the crate's module
/// `verdict`. It is attached with tc(8) as a filter with the flag `direct-action`, or by
/// bpf(2) as a tcx program. `default_ret` is also the action for a packet when the
/// program returns an error. Without it, an error drops the packet (`TcAction::Shot`),
/// and where no program runs, the filters and classes after it decide
/// (`TcAction::Unspec`), as they would without the program; without `direct-action`, tc
/// takes that value for a match.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_tc(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(Face::Upstream, Form::Plain("tc", false), "tc", args, item)
}

/// Makes the function a program that runs when a socket of a cgroup sends or receives a
/// packet, and decides.
///
/// The function takes `&cgroup_skb` and `&CgroupPacket`, and returns `CgroupAction`, a
/// `Result` of it, or `rex::Result` with the number of one: see the crate's module
/// `verdict`. `default_ret` is also the action for a packet when the program returns an
/// error. Without it, packets pass where no program runs, and an error drops them.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `"ingress"` or `"egress"`, which is not optional.
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_cgroup_skb(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Direction(&[
            ("ingress", "cgroup_skb/ingress"),
            ("egress", "cgroup_skb/egress"),
        ]),
        "cgroup_skb",
        args,
        item,
    )
}

/// Makes the function a program that runs when a process of a cgroup opens or makes a
/// device, and decides.
///
/// The function takes `&cgroup_device` and `&bpf_cgroup_dev_ctx`, and returns
/// `DeviceAction`, a `Result` of it, or `rex::Result` with the number of one: see the
/// crate's module `verdict`. It runs before the process opens a device or makes a device
/// file; all programs of the cgroup and of its ancestors have to allow it. `default_ret`
/// is also the result of an error. Without it, an error denies the device, and all
/// devices are allowed where no program runs.
///
/// Arguments, which are optional unless marked otherwise:
///
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
#[proc_macro_attribute]
pub fn rex_cgroup_device(args: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(
        Face::Upstream,
        Form::Plain("cgroup/dev", false),
        "cgroup_device",
        args,
        item,
    )
}
