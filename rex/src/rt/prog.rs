// SPDX-License-Identifier: GPL-2.0
//! The definitions of programs that the loader reads. Written by the attribute
//! macros; nothing here is for programs to use.
//! C counterpart: `struct rex_prog_def` in `uapi/linux/rex.h`.

use core::ffi::c_void;
use core::mem::{offset_of, size_of};

use super::kinds::KINDS;

/// `REX_PROG_HAS_DEFAULT_RET`.
const HAS_DEFAULT_RET: u32 = 1 << 0;

/// The function that the kernel calls. Its argument is the context of the BPF
/// program that it stands for; with another one, anything could happen.
pub type Entry = unsafe extern "C" fn(*mut c_void) -> u32;

/// `struct rex_prog_def`.
#[repr(C)]
pub struct ProgDef {
    size: u32,
    prog_type: u32,
    entry: Entry,
    timeout_ms: u32,
    flags: u32,
    default_ret: i32,
    attach_type: u32,
    name: [u8; 64],
    section: [u8; 128],
}

const _: () = assert!(size_of::<ProgDef>() == 224);
const _: () = assert!(offset_of!(ProgDef, entry) == 8);
const _: () = assert!(offset_of!(ProgDef, default_ret) == 24);
const _: () = assert!(offset_of!(ProgDef, name) == 32);
const _: () = assert!(offset_of!(ProgDef, section) == 96);

impl ProgDef {
    /// A program of BPF type `prog_type`, to be attached as `attach_type` where
    /// `section` says.
    pub const fn new(
        (prog_type, attach_type): (u32, u32),
        entry: Entry,
        name: &str,
        section: &str,
        timeout_ms: u32,
        default_ret: Option<i32>,
    ) -> Self {
        assert!(name.len() < 64, "a program's name has at most 63 bytes");
        assert!(section.len() < 128, "the attach point's name is too long");
        let kind = Kind::find(prog_type, attach_type, section);
        let (flags, default_ret) = match default_ret {
            Some(ret) => {
                if ret < kind.min_ret || ret > kind.max_ret {
                    panic!("{}", kind.refusal);
                }
                (HAS_DEFAULT_RET, ret)
            }
            None => (0, 0),
        };
        Self {
            size: size_of::<Self>() as u32,
            prog_type,
            entry,
            timeout_ms,
            flags,
            default_ret,
            attach_type,
            name: padded(name),
            section: padded(section),
        }
    }
}

/// What the list of the kinds of programs, `kmod/progtypes.def`, says of one.
pub(crate) struct Kind {
    pub(crate) prog_type: u32,
    pub(crate) attach_type: u32,
    /// One that ends in a slash goes on with what the program attaches to.
    pub(crate) sections: &'static [&'static str],
    pub(crate) min_ret: i32,
    pub(crate) max_ret: i32,
    /// Why a `default_ret` out of these bounds is refused.
    pub(crate) refusal: &'static str,
}

impl Kind {
    /// The kind of a program. The loader looks for it, too.
    const fn find(prog_type: u32, attach_type: u32, section: &str) -> &Self {
        let mut i = 0;
        while i < KINDS.len() {
            let kind = &KINDS[i];
            if kind.prog_type == prog_type
                && kind.attach_type == attach_type
                && kind.has_section(section)
            {
                return kind;
            }
            i += 1;
        }
        panic!("kmod/progtypes.def has no such kind of program")
    }

    const fn has_section(&self, section: &str) -> bool {
        let mut i = 0;
        while i < self.sections.len() {
            if is_section(self.sections[i], section) {
                return true;
            }
            i += 1;
        }
        false
    }
}

/// Whether `section` is `name`, or begins with `name` if that ends in a slash.
const fn is_section(name: &str, section: &str) -> bool {
    let (name, section) = (name.as_bytes(), section.as_bytes());
    let is_prefix = matches!(name, [.., b'/']);
    if section.len() < name.len() || is_prefix == (section.len() == name.len())
    {
        return false;
    }
    let mut i = 0;
    while i < name.len() {
        if name[i] != section[i] {
            return false;
        }
        i += 1;
    }
    true
}

const _: () = assert!(is_section("tc", "tc") && !is_section("tc", "tcx"));
const _: () =
    assert!(is_section("lsm/", "lsm/f") && !is_section("lsm/", "lsm/"));

/// The value that a program was given for `default_ret`, if any.
pub const fn default_ret(ret: &[i32]) -> Option<i32> {
    match ret {
        [ret, ..] => Some(*ret),
        [] => None,
    }
}

/// `text`, cut if it is too long, in an array that ends in a NUL.
pub(crate) const fn padded<const N: usize>(text: &str) -> [u8; N] {
    let bytes = text.as_bytes();
    let mut array = [0; N];
    let mut i = 0;
    while i < bytes.len() && i < N - 1 {
        array[i] = bytes[i];
        i += 1;
    }
    array
}

/// Defines a program: the function that the kernel calls, and the definition
/// that the loader reads.
///
/// The attribute macros write its arguments, but anybody can call it: with
/// arguments of their own, and with names of their own for what it mentions. So
///
/// - it takes names and literals only: where an expression stood, there could be
///   items, which see the entry function and could call it, or define a program
///   of another type with it;
/// - `two_arguments` and `one_argument` of each kind of program fix what its function
///   looks like; `[context]` in front says that it is the latter;
/// - all that it relies on, the compiler's macros too, is reached by `$crate`: a
///   caller can have a macro `concat` or a crate `core`.
///
/// So a call by hand defines what an attribute could have defined: each arm has its
/// type, attach type and entry function, and no other macro makes definitions. Where
/// the section is that of another kind of program, it does not compile.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_program {
    (
        $([$face:ident])? kprobe $prog:ident $entry:ident $name:literal
        $section:literal $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function = $crate::__rex_function!($([$face])? kprobe $prog);
                // SAFETY: only the kernel can call this, as a BPF program of
                // type kprobe: with a pointer to the registers at the probe.
                unsafe { $crate::kprobe::run(ctx, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    ($crate::linux::bpf::BPF_PROG_TYPE_KPROBE, 0),
                    $entry,
                    $name,
                    $section,
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
    (
        $([$face:ident])? xdp $prog:ident $entry:ident $name:literal
        $section:literal $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function = $crate::__rex_function!($([$face])? xdp $prog);
                const ON_ERROR: $crate::xdp::XdpAction =
                    $crate::xdp::XdpAction::on_error(
                        $crate::prog::default_ret(&[$($default_ret)?]),
                    );
                // SAFETY: only the kernel can call this, as a BPF program of
                // type XDP: with a pointer to the packet's `struct xdp_buff`.
                unsafe { $crate::xdp::run(ctx, false, ON_ERROR, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    ($crate::linux::bpf::BPF_PROG_TYPE_XDP, 0),
                    $entry,
                    $name,
                    $section,
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
    (
        $([$face:ident])? xdp_devmap $prog:ident $entry:ident $name:literal
        $section:literal $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function = $crate::__rex_function!($([$face])? xdp $prog);
                const ON_ERROR: $crate::xdp::XdpAction =
                    $crate::xdp::XdpAction::on_error(
                        $crate::prog::default_ret(&[$($default_ret)?]),
                    );
                // SAFETY: as above, and of this attach type, see below.
                unsafe { $crate::xdp::run(ctx, true, ON_ERROR, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    (
                        $crate::linux::bpf::BPF_PROG_TYPE_XDP,
                        $crate::linux::bpf::BPF_XDP_DEVMAP,
                    ),
                    $entry,
                    $name,
                    $section,
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
    (
        $([$face:ident])? sched_cls $prog:ident $entry:ident $name:literal
        $section:literal $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function = $crate::__rex_function!($([$face])? sched_cls $prog);
                const ON_ERROR: $crate::sched_cls::TcAction =
                    $crate::sched_cls::TcAction::on_error(
                        $crate::prog::default_ret(&[$($default_ret)?]),
                    );
                // SAFETY: only the kernel can call this, as a BPF program of
                // type SCHED_CLS: with a pointer to the `struct sk_buff`.
                unsafe { $crate::sched_cls::run(ctx, ON_ERROR, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    ($crate::linux::bpf::BPF_PROG_TYPE_SCHED_CLS, 0),
                    $entry,
                    $name,
                    $section,
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
    (
        $([$face:ident])? cgroup_skb $prog:ident $entry:ident $name:literal
        $section:literal $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function = $crate::__rex_function!($([$face])? cgroup_skb $prog);
                const ON_ERROR: $crate::cgroup_skb::CgroupAction =
                    $crate::cgroup_skb::CgroupAction::on_error(
                        $crate::prog::default_ret(&[$($default_ret)?]),
                    );
                // SAFETY: only the kernel can call this, as a BPF program of
                // type CGROUP_SKB: with a pointer to the `struct sk_buff`.
                unsafe { $crate::cgroup_skb::run(ctx, ON_ERROR, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    ($crate::linux::bpf::BPF_PROG_TYPE_CGROUP_SKB, 0),
                    $entry,
                    $name,
                    $section,
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
    // `$module` has to be one that says of which type its programs are.
    (
        $([$face:ident])? of $module:ident $prog:ident $entry:ident $name:literal
        $section:literal $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function = $crate::__rex_function!($([$face])? $module $prog);
                // SAFETY: only the kernel can call this, as a BPF program of
                // the types below, which are the module's.
                unsafe { $crate::$module::run(ctx, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    ($crate::$module::PROG_TYPE, $crate::$module::ATTACH_TYPE),
                    $entry,
                    $name,
                    $section,
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
    (
        $([$face:ident])? raw_tracepoint $event:literal $prog:ident $entry:ident $name:literal
        $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function =
                    $crate::__rex_function!($([$face])? raw_tracepoint $prog);
                let length = $crate::__rex_raw_tp_args!($event);
                // SAFETY: only the kernel can call this, as a BPF program of
                // type raw tracepoint, at the tracepoint that the section
                // below names or one with as many arguments.
                unsafe { $crate::raw_tracepoint::run(ctx, length, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    ($crate::linux::bpf::BPF_PROG_TYPE_RAW_TRACEPOINT, 0),
                    $entry,
                    $name,
                    $crate::__core::concat!("raw_tp/", $event),
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
    (
        $([$face:ident])? tp_btf $event:literal $prog:ident $entry:ident $name:literal
        $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function =
                    $crate::__rex_function!($([$face])? raw_tracepoint $prog);
                let length = $crate::__rex_raw_tp_args!($event);
                // SAFETY: only the kernel can call this, as a BPF program of
                // type tracing and this attach type, at the tracepoint that the section
                // below names or one with as many arguments.
                unsafe { $crate::raw_tracepoint::run(ctx, length, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    (
                        $crate::linux::bpf::BPF_PROG_TYPE_TRACING,
                        $crate::linux::bpf::BPF_TRACE_RAW_TP,
                    ),
                    $entry,
                    $name,
                    $crate::__core::concat!("tp_btf/", $event),
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
    (
        $([$face:ident])? tracepoint $prog:ident $entry:ident $name:literal
        $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function = $crate::__rex_function!($([$face])? tracepoint $prog);
                // SAFETY: only the kernel can call this, as a BPF program of
                // type tracepoint: with a pointer to the event's record.
                unsafe { $crate::tracepoint::run(ctx, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    ($crate::linux::bpf::BPF_PROG_TYPE_TRACEPOINT, 0),
                    $entry,
                    $name,
                    $crate::tracepoint::section(
                        $crate::__rex_function!($([$face])? tracepoint $prog),
                    ),
                    $timeout,
                    $crate::prog::default_ret(&[$($default_ret)?]),
                );
        };
    };
}

/// The function of a program, as what it is: with two arguments, or with one.
///
/// It is evaluated when the program is compiled, so that it can be no static that
/// changes.
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_function {
    ($module:ident $prog:ident) => {
        const { $crate::$module::two_arguments($prog) }
    };
    ([context] $module:ident $prog:ident) => {
        const { $crate::$module::one_argument($prog) }
    };
}

/// The number of arguments of a raw tracepoint in the running kernel.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_raw_tp_args {
    ($event:literal) => {{
        const _: () = $crate::tracepoint::check_name($event);
        unsafe extern "C" {
            #[link_name = $crate::__core::concat!("__rex_raw_tp:", $event)]
            static NUMBER: u8;
        }
        (&raw const NUMBER).addr()
    }};
}

#[doc(hidden)]
pub use core::ffi::c_void as __c_void;
