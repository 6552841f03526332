// SPDX-License-Identifier: GPL-2.0
//! The definitions of programs that the loader reads. Written by the attribute
//! macros; nothing here is for programs to use.
//! C counterpart: `struct rex_prog_def` in `uapi/linux/rex.h`.

use core::ffi::c_void;
use core::mem::{offset_of, size_of};

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
    /// A program of this kind, to be attached where `section` says: where the two parts
    /// of it say, one after the other.
    pub const fn new(
        kind: &Kind,
        entry: Entry,
        name: &str,
        section: [&str; 2],
        timeout_ms: u32,
        default_ret: Option<i32>,
    ) -> Self {
        assert!(name.len() < 64, "a program's name has at most 63 bytes");
        let length = section[0].len() + section[1].len();
        assert!(length < 128, "the attach point's name is too long");
        let section: [u8; 128] = joined(section);
        assert!(
            kind.has_section(section.split_at(length).0),
            "this is no section of this kind of program"
        );
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
            prog_type: kind.prog_type,
            entry,
            timeout_ms,
            flags,
            default_ret,
            attach_type: kind.attach_type,
            name: padded(name),
            section,
        }
    }
}

/// A kind of program, as the list, `kmod/progtypes.def`, has it. The crate alone makes
/// them: see [`kind`](crate::kind).
pub struct Kind {
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
    /// What a section begins with that goes on with the name of an event.
    pub const fn before_event(&self) -> &'static str {
        self.sections[0]
    }

    /// Whether a section is one of this kind's.
    const fn has_section(&self, section: &[u8]) -> bool {
        let mut i = 0;
        while i < self.sections.len() {
            if is_section(self.sections[i].as_bytes(), section) {
                return true;
            }
            i += 1;
        }
        false
    }
}

/// Whether `section` is `name`, or begins with `name` and goes on if that ends in a slash.
const fn is_section(name: &[u8], section: &[u8]) -> bool {
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

const _: () = assert!(is_section(b"tc", b"tc") && !is_section(b"tc", b"tcx"));
const _: () =
    assert!(is_section(b"lsm/", b"lsm/f") && !is_section(b"lsm/", b"lsm/"));

/// The value that a program was given for `default_ret`, if any.
pub const fn default_ret(ret: &[i32]) -> Option<i32> {
    match ret {
        [ret, ..] => Some(*ret),
        [] => None,
    }
}

/// `text`, truncated if it is too long, in an array that ends in a NUL.
pub(crate) const fn padded<const N: usize>(text: &str) -> [u8; N] {
    joined([text, ""])
}

/// Two strings, one after the other, as [`padded`] does it.
const fn joined<const N: usize>(texts: [&str; 2]) -> [u8; N] {
    let mut array = [0; N];
    let (mut i, mut to) = (0, 0);
    while i < 2 {
        let bytes = texts[i].as_bytes();
        let mut from = 0;
        while from < bytes.len() && to < N - 1 {
            array[to] = bytes[from];
            from += 1;
            to += 1;
        }
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
/// - `$kind` is one of the modules of [`kind`](crate::kind), each of which has the type
///   and attach type, what calls the function, and `two_arguments` and `one_argument`,
///   which fix what the function looks like; `[context]` in front says that it is the
///   latter;
/// - `$place` says how the program's section is made, and each kind has the functions
///   of one way only: `section` of a name that the loader finds in the kind's list,
///   `event` of the event that the number of arguments is looked up for, `record` of the
///   type of the record that the function takes;
/// - all that it relies on, the compiler's macros too, is reached by `$crate`: a
///   caller can have a macro `concat` or a crate `core`.
///
/// So a call by hand defines what an attribute could have defined. Where
/// the section is that of another kind of program, it does not compile.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_program {
    (
        $([$face:ident])? $kind:ident $prog:ident $entry:ident $name:literal
        [$place:ident $($where:literal)?] $timeout:literal [$($default_ret:literal)?]
    ) => {
        const _: () = {
            unsafe extern "C" fn $entry(ctx: *mut $crate::prog::__c_void) -> u32 {
                let function = $crate::__rex_function!($([$face])? $kind $prog);
                let rex_setup =
                    $crate::__rex_setup!($kind $place $($where)? [$($default_ret)?]);
                // SAFETY: only the kernel can call this, as a BPF program of the
                // type and the attach type of this kind, at what the section below
                // names.
                unsafe { $crate::kind::$kind::run(ctx, rex_setup, function) }
            }
            // SAFETY: the section is an array of `ProgDef`.
            #[unsafe(link_section = ".rex.progs")]
            #[used]
            static __REX_PROG_DEF: $crate::prog::ProgDef =
                $crate::prog::ProgDef::new(
                    $crate::kind::$kind::KIND,
                    $entry,
                    $name,
                    $crate::__rex_section!(
                        $([$face])? $kind $prog $place $($where)?
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
    ($kind:ident $prog:ident) => {
        const { $crate::kind::$kind::two_arguments($prog) }
    };
    ([context] $kind:ident $prog:ident) => {
        const { $crate::kind::$kind::one_argument($prog) }
    };
}

/// What `run` wants to know besides.
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_setup {
    ($kind:ident section $section:literal [$($default_ret:literal)?]) => {
        const {
            $crate::kind::$kind::__setup(
                $crate::kind::$kind::KIND,
                $crate::prog::default_ret(&[$($default_ret)?]),
            )
        }
    };
    ($kind:ident event $event:literal [$($default_ret:literal)?]) => {
        $crate::kind::$kind::__setup_at_event($crate::__rex_raw_tp_args!($event))
    };
    ($kind:ident record [$($default_ret:literal)?]) => {
        $crate::kind::$kind::__setup_of_record()
    };
}

/// The section of a program, in two parts.
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_section {
    ($([$face:ident])? $kind:ident $prog:ident section $section:literal) => {
        [$section, ""]
    };
    ($([$face:ident])? $kind:ident $prog:ident event $event:literal) => {
        [$crate::kind::$kind::KIND.before_event(), $event]
    };
    ($([$face:ident])? $kind:ident $prog:ident record) => {
        [
            $crate::kind::$kind::section($crate::__rex_function!(
                $([$face])? $kind $prog
            )),
            "",
        ]
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
