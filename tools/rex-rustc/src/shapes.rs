// SPDX-License-Identifier: GPL-2.0
//! The unsafe code that macros of the crate `rex` and of the library put into a program:
//! the only one that a program may have. `expanded.rs` compares.

/// Code that the macro `macro_name` of the crate `krate` may put into a program.
///
/// In a pattern, `$name` is any name or number, `$..` is an optional list between `<`
/// and `>`, and a string ending in `*` is any string with this start. That macro
/// makes all other names except keywords.
pub(crate) struct Shape {
    pub(crate) krate: &'static str,
    pub(crate) macro_name: &'static str,
    pub(crate) pattern: &'static str,
}

const fn of_rex(macro_name: &'static str, pattern: &'static str) -> Shape {
    Shape {
        krate: "rex",
        macro_name,
        pattern,
    }
}

const fn of_core(macro_name: &'static str, pattern: &'static str) -> Shape {
    Shape {
        krate: "core",
        macro_name,
        pattern,
    }
}

pub(crate) const SHAPES: &[Shape] = &[
    of_rex(
        "__rex_program",
        r#"unsafe extern "C" fn $name(ctx: *mut ::rex::prog::__c_void) -> u32 {"#,
    ),
    of_rex(
        "__rex_program",
        "unsafe { ::rex::kind::$name::run(ctx, rex_setup, function) }",
    ),
    of_rex(
        "__rex_program",
        r#"#[unsafe(link_section = ".rex.progs")] #[used]
        static __REX_PROG_DEF: ::rex::prog::ProgDef ="#,
    ),
    of_rex(
        "__rex_map",
        r#"#[unsafe(no_mangle)] #[unsafe(link_section = ".rex.maps")] #[used]"#,
    ),
    of_rex(
        "__rex_map",
        "unsafe { ::rex::map::__declare_map(rex_definition) }",
    ),
    of_rex(
        "__rex_map",
        r#"#[unsafe(link_section = ".rex.types")] #[used]
        static __REX_MAP_TYPES: [u8; __REX_SHAPES_LEN] ="#,
    ),
    of_rex(
        "__rex_config",
        r#"#[unsafe(no_mangle)] #[unsafe(link_section = ".rex.config")] #[used]"#,
    ),
    of_rex(
        "__rex_raw_tp_args",
        r#"unsafe extern "C" {
            #[link_name = "__rex_raw_tp:*"]
            static NUMBER: u8;
        }"#,
    ),
    of_rex(
        "__rex_tp_context",
        r#"unsafe extern "C" {
            #[link_name = "__rex_tp:*"]
            static OFFSET: u8;
        }"#,
    ),
    of_rex(
        "__rex_tp_context",
        "unsafe impl ::rex::tracepoint::TracepointContext for",
    ),
    of_rex(
        "__rex_tp_context",
        "unsafe fn read(record: *const u8) -> Self {",
    ),
    of_rex(
        "__rex_tp_context",
        "unsafe { ::rex::tracepoint::read_field::<Field>(record, offset) }",
    ),
    of_rex(
        "__rex_btf",
        r#"unsafe extern "C" {
            #[link_name = "__rex_btf:*"]
            static NUMBER: u8;
        }"#,
    ),
    of_rex(
        "__rex_btf",
        r#"unsafe extern "C" {
            #[link_name = "__rex_btf_arg:*"]
            static NUMBER: u8;
        }"#,
    ),
    of_rex("__rex_pod", "unsafe { &raw const (*value).$name }"),
    of_rex("__rex_pod", "unsafe impl ::rex::Pod for $name {}"),
    // The library: derives of `Clone` (with `Copy`), `PartialOrd` and others.
    of_core("Clone", "unsafe impl $.. ::core::clone::TrivialClone for"),
    of_core("PartialEq", "unsafe { ::core::intrinsics::unreachable() }"),
    of_core("PartialOrd", "unsafe { ::core::intrinsics::unreachable() }"),
    of_core("Ord", "unsafe { ::core::intrinsics::unreachable() }"),
    of_core(
        "pin",
        "unsafe { ::core::pin::Pin::new_unchecked(&mut pinned) }",
    ),
];
