// SPDX-License-Identifier: GPL-2.0
//! The note in an object that names its ABI version and its compiler.
//! C counterpart: `struct rex_note` in `uapi/linux/rex.h`.

use core::mem::{offset_of, size_of};

use crate::rt::prog::padded;

/// `REX_ABI_VERSION`.
const ABI_VERSION: u32 = 1;
/// `REX_NOTE_TYPE`.
const NOTE_TYPE: u32 = 1;

const fn number(digits: &str) -> u32 {
    match u32::from_str_radix(digits, 10) {
        Ok(n) => n,
        Err(_) => panic!("a part of the version is not a number"),
    }
}

/// `REX_CPU_*`: the features that the compiler has been told to use beyond plain x86-64.
/// The linker compares them with those of the program.
const CPU_FEATURES: u32 = cfg!(target_feature = "popcnt") as u32
    | (cfg!(target_feature = "lzcnt") as u32) << 1
    | (cfg!(target_feature = "bmi1") as u32) << 2
    | (cfg!(target_feature = "bmi2") as u32) << 3
    | (cfg!(target_feature = "movbe") as u32) << 4;
const HAS_FEATURES: usize = (CPU_FEATURES != 0) as usize;

/// `struct rex_note`, or `struct rex_note_cpu` if there are features.
#[repr(C)]
struct Descriptor {
    abi: u32,
    crate_version: u32,
    rustc: [u8; 64],
    cpu_features: [u32; HAS_FEATURES],
}

#[repr(C)]
struct Note {
    name_size: u32,
    descriptor_size: u32,
    note_type: u32,
    name: [u8; 4],
    descriptor: Descriptor,
}

const _: () = assert!(size_of::<Descriptor>() == 72 + 4 * HAS_FEATURES);
const _: () = assert!(offset_of!(Note, descriptor) == 16);

/// The linker keeps everything that this symbol and the sections of programs and
/// maps reach.
// SAFETY: no other symbol has this name (it is reserved, see `rex_map`), and only
// the loader reads the section, which expects a `struct rex_note`.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".note.rex")]
#[used]
static __rex_note: Note = Note {
    name_size: 4,
    descriptor_size: size_of::<Descriptor>() as u32,
    note_type: NOTE_TYPE,
    name: *b"Rex\0",
    descriptor: Descriptor {
        abi: ABI_VERSION,
        crate_version: (number(env!("CARGO_PKG_VERSION_MAJOR")) << 16)
            | (number(env!("CARGO_PKG_VERSION_MINOR")) << 8)
            | number(env!("CARGO_PKG_VERSION_PATCH")),
        rustc: padded(env!("REX_RUSTC_VERSION")),
        cpu_features: [CPU_FEATURES; HAS_FEATURES],
    },
};
