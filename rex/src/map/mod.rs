// SPDX-License-Identifier: GPL-2.0
//! Maps: data that programs share with userspace, other programs and other CPUs.
//! C counterpart: `struct bpf_map`, and `struct rex_map_def` in
//! `uapi/linux/rex.h`.
//!
//! A map is a static with the attribute [`rex_map`](crate::rex_map). They are
//! the kernel's eBPF maps, so that bpftool and eBPF programs can use them too.

mod array;
mod bloom;
mod bytes;
mod cgroup;
mod devmap;
mod element;
mod handle;
mod hash;
mod keys;
pub(crate) mod list;
mod lpm;
mod missing;
mod names;
mod nested;
mod perf;
mod queue;
mod ringbuf;
mod single;
mod storage;
mod table;
mod value;
mod wrapper;

pub use devmap::RedirectMap;
pub(crate) use devmap::redirect;
#[doc(hidden)]
pub use element::__part;
pub use element::{MapRef, MapRefOption};
pub use handle::{Keyed, Keyless, MapOfMaps, MapType, PerCpu, RexMapHandle};
#[doc(hidden)]
pub use names::__assert_name;

pub use keys::Keys;
pub use list::{compat::*, prelude::*};
pub use lpm::LpmKey;
pub use missing::MissingMapAttribute;
#[doc(hidden)]
pub use missing::{__declare_map, __shapes};
pub use nested::{InnerMap, Nested, Table};
pub use perf::{PerfEventMaskedCPU, PerfEventStreamer};
pub(crate) use perf::{copy_stack, copy_stack_of_sample};
pub use ringbuf::{RexRingBufEntry, RingBufEntry, UserRecord};
pub use single::{PerCpu as PerCpuValue, Shared};
pub use value::MapValue;

/// Puts a map where the loader finds it, under its own name.
///
/// Any program can call it. The only tokens of the caller beside the static are a
/// visibility and attributes without effect: an item there would get the
/// attributes that make it a symbol.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_map {
    (
        [$(#[$attr:ident $($args:tt)*])*]
        $vis:vis static $name:ident [$ty:ty] [$value:expr]
    ) => {
        $($crate::__rex_map_attribute! { $attr $($args)* })*
        // SAFETY: the section is an array of `struct rex_map_def`. A
        // `RexMapHandle` is laid out as one, and the assertion below shows that
        // this is a `RexMapHandle`. No other symbol has this name: reserved ones
        // are refused.
        $(#[$attr $($args)*])*
        #[cfg_attr(target_os = "none", unsafe(no_mangle))]
        #[cfg_attr(target_os = "none", unsafe(link_section = ".rex.maps"))]
        #[cfg_attr(target_os = "none", used)]
        $vis static $name: $ty = {
            // The caller's expression is no part of the unsafe block.
            let rex_definition = $value;
            // SAFETY: the static is in that section.
            unsafe { $crate::map::__declare_map(rex_definition) }
        };
        #[cfg(target_os = "none")]
        const _: () = {
            const __REX_SHAPES: $crate::shape::Shapes =
                $crate::map::__shapes::<$ty>($value);
            const __REX_SHAPES_LEN: usize =
                __REX_SHAPES.len($crate::__core::stringify!($name));
            // SAFETY: the section is texts, each with its end.
            #[unsafe(link_section = ".rex.types")]
            #[used]
            static __REX_MAP_TYPES: [u8; __REX_SHAPES_LEN] =
                __REX_SHAPES.text($crate::__core::stringify!($name));
        };
        const _: () = $crate::map::__assert_map(&$name);
        const _: () = $crate::map::__assert_name(
            // The path keeps a macro of the program from being used.
            $crate::__core::stringify!($name),
        );
    };
}

/// The attributes that a map can have, to their ends. Others may be macros, and would see
/// tokens that are allowed to be unsafe: `#[allow::a(b)]` is one of a crate `allow`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rex_map_attribute {
    (allow ($($lints:tt)*)) => {};
    (warn ($($lints:tt)*)) => {};
    (deny ($($lints:tt)*)) => {};
    (expect ($($lints:tt)*)) => {};
    (forbid ($($lints:tt)*)) => {};
    (doc = $text:literal) => {};
    (doc ($($options:tt)*)) => {};
    (deprecated) => {};
    (deprecated = $text:literal) => {};
    (deprecated ($($options:tt)*)) => {};
}

/// A type that is a `RexMapHandle`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a map",
    label = "`rex_map` is for the types in `rex::map`"
)]
pub trait __IsMap: handle::sealed::Sealed {}

#[doc(hidden)]
pub const fn __assert_map<M: __IsMap>(_: &M) {}
