// SPDX-License-Identifier: GPL-2.0
//! The definitions of programs that the loader reads. The attribute macros write them;
//! programs use nothing of this module. C counterpart: `struct rex_prog_def` in
//! `uapi/linux/rex.h`.

use core::ffi::c_void;
use core::mem::{offset_of, size_of};

/// `REX_PROG_HAS_DEFAULT_RET`.
const HAS_DEFAULT_RET: u32 = 1 << 0;

/// The function that the kernel calls. Its argument is the context of the BPF program
/// that it implements; another argument is undefined behaviour.
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
    /// Makes a program of this kind, attached as the two parts of `section`, joined, say.
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

/// A kind of program, from the list `kmod/progtypes.def`. Only the crate makes them: see
/// [`kind`](crate::kind).
pub struct Kind {
    pub(crate) prog_type: u32,
    pub(crate) attach_type: u32,
    /// After a name that ends in a slash follows the program's target.
    pub(crate) sections: &'static [&'static str],
    pub(crate) min_ret: i32,
    pub(crate) max_ret: i32,
    /// The error message for a `default_ret` out of these bounds.
    pub(crate) refusal: &'static str,
}

impl Kind {
    /// Returns the beginning of a section that ends with the name of an event.
    pub const fn before_event(&self) -> &'static str {
        self.sections[0]
    }

    /// Returns whether a section belongs to this kind.
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

/// Returns whether `section` is `name`, or is longer than a `name` that ends in a slash.
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

/// Returns the value of an attribute's `default_ret`, if any.
pub const fn default_ret(ret: &[i32]) -> Option<i32> {
    match ret {
        [ret, ..] => Some(*ret),
        [] => None,
    }
}

/// Returns `text` in an array that ends in a NUL, truncated if it is too long.
pub(crate) const fn padded<const N: usize>(text: &str) -> [u8; N] {
    joined([text, ""])
}

/// Joins two strings, and otherwise does the same as [`padded`].
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
/// The attribute macros write its arguments, but any program can call it, with other
/// arguments and with other items under the names that it mentions. So
///
/// - it takes names and literals only: an expression could contain items that call the
///   entry function, or define a program of another type with it;
/// - `$kind` is one of the modules of [`kind`](crate::kind). Each has the type and attach
///   type, the caller of the function, and `two_arguments` and `one_argument`, which fix
///   its signature; `[context]` in front selects `one_argument`;
/// - `$place` selects how the program's section is made, and each kind has the functions
///   of one way only: `section` from a name in the kind's list, `event` from an event,
///   whose number of arguments is looked up, `record` from the type of the function's
///   record;
/// - it reaches everything, the compiler's macros included, by `$crate`: a caller can
///   have a macro `concat` or a crate `core`.
///
/// So a call by hand defines only programs that an attribute could define. It does not
/// compile with the section of another kind of program.
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
                // SAFETY: only the kernel can call this, as a BPF program of the type and
                // the attach type of this kind, at the target in the section below.
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

/// Returns the function of a program, with two arguments or with one.
///
/// It is evaluated at compile time, so it cannot be a static that changes.
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

/// Returns the second argument of `run`.
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

/// Returns the section of a program, in two parts.
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

/// Returns the number of arguments of a raw tracepoint in the running kernel.
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
