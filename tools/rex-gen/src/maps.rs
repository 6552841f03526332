// SPDX-License-Identifier: GPL-2.0
//! The kinds of maps.

use std::fmt::Write as _;

use crate::def::{self, Error, error};
use crate::text::{row, rust_head};

pub(crate) const LIST: &str = "kmod/maps.def";

/// The use of maps of a kind by programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Keyed,
    Keyless,
    Maps,
    Redirect,
    Owned,
    Other,
}

/// The structure of a map in unit tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Storage {
    Array,
    Table,
    Lru,
    Trie,
    Queue,
    Stack,
    Bloom,
    Records,
    Nothing,
}

#[derive(Debug)]
struct Kind {
    /// The type without its prefix.
    map_type: String,
    module: String,
    upstream: String,
    name: String,
    access: Access,
    is_per_cpu: bool,
    may_have_lock: bool,
    storage: Storage,
    note: String,
}

/// A type of maps that has functions of its own.
#[derive(Debug)]
struct Typed {
    name: String,
    map_type: String,
    operations: &'static [Operation],
}

#[derive(Debug, Default)]
pub(crate) struct Maps {
    kinds: Vec<Kind>,
    typed: Vec<Typed>,
}

/// Reads the list.
pub(crate) fn parse(text: &str) -> Result<Maps, Error> {
    let mut maps = Maps::default();
    for entry in def::entries(text)? {
        match entry.name.as_str() {
            "MAP_KIND" => maps.kinds.push(kind(&entry)?),
            "MAP_LOOKUP" | "MAP_SEQUENCE" => {
                let [name, map_type, _operations] = entry.args()?;
                if !maps.kinds.iter().any(|kind| kind.map_type == map_type) {
                    let what = format!("there is no MAP_KIND({map_type}, ..)");
                    return Err(error(entry.line, what));
                }
                maps.typed.push(Typed {
                    name: name.to_string(),
                    map_type: map_type.to_string(),
                    operations: match entry.name.as_str() {
                        "MAP_LOOKUP" => &LOOKUP,
                        _ => &SEQUENCE,
                    },
                });
            }
            other => {
                let what = format!("{other} is none of the list's macros");
                return Err(error(entry.line, what));
            }
        }
    }
    Ok(maps)
}

fn kind(entry: &def::Entry) -> Result<Kind, Error> {
    let [
        map_type,
        module,
        upstream,
        name,
        access,
        _waits,
        values,
        lock,
        host,
        note,
    ] = entry.args()?;
    let unknown = |word: &str| {
        error(entry.line, format!("{map_type}: {word} is not known"))
    };
    let access = match access {
        "KEYED" => Access::Keyed,
        "KEYLESS" => Access::Keyless,
        "MAPS" => Access::Maps,
        "REDIRECT" => Access::Redirect,
        "OWNED" => Access::Owned,
        "OTHER" => Access::Other,
        other => return Err(unknown(other)),
    };
    let is_per_cpu = match values {
        "SHARED" => false,
        "PER_CPU" => true,
        other => return Err(unknown(other)),
    };
    let may_have_lock = match lock {
        "LOCK" => true,
        "NO_LOCK" => false,
        other => return Err(unknown(other)),
    };
    let storage = match host {
        "ARRAY" => Storage::Array,
        "TABLE" => Storage::Table,
        "LRU" => Storage::Lru,
        "TRIE" => Storage::Trie,
        "QUEUE" => Storage::Queue,
        "STACK" => Storage::Stack,
        "BLOOM" => Storage::Bloom,
        "RECORDS" => Storage::Records,
        "NOTHING" => Storage::Nothing,
        other => return Err(unknown(other)),
    };
    if may_have_lock && (is_per_cpu || access != Access::Keyed) {
        let what =
            format!("{map_type}: a lock is in shared values with keys only");
        return Err(error(entry.line, what));
    }
    Ok(Kind {
        map_type: map_type.to_string(),
        module: module.to_string(),
        upstream: upstream.to_string(),
        name: name.to_string(),
        access,
        is_per_cpu,
        may_have_lock,
        storage,
        note: note.trim_matches('"').to_string(),
    })
}

impl Maps {
    /// Returns the types of the kinds that `is_one` selects, as a pattern or a
    /// list.
    fn types(&self, is_one: impl Fn(&Kind) -> bool, separator: &str) -> String {
        let types = self.kinds.iter().filter(|kind| is_one(kind));
        let types = types.map(|kind| format!("BPF_MAP_TYPE_{}", kind.map_type));
        types.collect::<Vec<_>>().join(separator)
    }

    /// Returns the functions for one type: the type and the operation of each.
    fn functions(&self) -> impl Iterator<Item = (&Typed, &Operation)> {
        self.typed.iter().flat_map(|typed| {
            typed
                .operations
                .iter()
                .map(move |operation| (typed, operation))
        })
    }
}

/// An operation that has functions for one type.
#[derive(Debug)]
struct Operation {
    name: &'static str,
    /// The arguments after the map.
    args: &'static str,
    result: &'static str,
}

const LOOKUP: [Operation; 3] = [
    Operation {
        name: "lookup",
        args: "key: *const c_void",
        result: "*mut c_void",
    },
    Operation {
        name: "update",
        args: "key: *const c_void, value: *const c_void, flags: u64",
        result: "i32",
    },
    Operation {
        name: "delete",
        args: "key: *const c_void",
        result: "i32",
    },
];

const SEQUENCE: [Operation; 3] = [
    Operation {
        name: "push",
        args: "value: *const c_void, flags: u64",
        result: "i32",
    },
    Operation {
        name: "pop",
        args: "value: *mut c_void",
        result: "i32",
    },
    Operation {
        name: "peek",
        args: "value: *mut c_void",
        result: "i32",
    },
];

/// Returns the crate's prototypes of the functions for one type.
pub(crate) fn prototypes(maps: &Maps) -> String {
    let mut text = rust_head(LIST)
        + "//! Variants of `bpf_map_lookup_elem`, `bpf_map_push_elem` and their\n\
           //! siblings for maps of one type.\n\n\
           use core::ffi::c_void;\n\n\
           unsafe extern \"C\" {\n";
    for (typed, operation) in maps.functions() {
        let Operation { name, args, result } = operation;
        _ = writeln!(
            text,
            "pub(crate) fn rex_{name}_{}(map: u64, {args}) -> {result};",
            typed.name
        );
    }
    text + "}\n"
}

/// Returns the names that programs of a face use.
fn face(
    programs: &str,
    module: &str,
    maps: &Maps,
    name: fn(&Kind) -> &str,
) -> String {
    let mut text = format!(
        "\n/// The map types of programs {programs}.\npub(crate) mod {module} {{\n"
    );
    for kind in &maps.kinds {
        let (module, name) = (&kind.module, name(kind));
        _ = writeln!(text, "pub use super::super::{module}::{name};");
    }
    text + "}\n"
}

/// Returns the crate's definitions of the kinds.
pub(crate) fn kinds(maps: &Maps) -> String {
    let mut text = rust_head(LIST)
        + "//! The properties of map types.\n\n\
           use core::ffi::c_void;\n\n\
           use super::handle::map_types;\n\
           use super::devmap::redirect_maps;\n\
           use crate::rt::ffi;\n\
           #[allow(clippy::wildcard_imports)]\n\
           use crate::linux::bpf::*;\n";
    text += &face("with one argument", "prelude", maps, |kind| &kind.name);
    text += &face("with two arguments", "compat", maps, |kind| &kind.upstream);
    text += "\nmap_types! {\n";
    for (access, name) in [
        (Access::Keyed, "Keyed"),
        (Access::Keyless, "Keyless"),
        (Access::Maps, "MapOfMaps"),
    ] {
        let types = maps.types(|kind| kind.access == access, " ");
        _ = writeln!(text, "    {name}: {types};");
    }
    let per_cpu = |separator| maps.types(|kind| kind.is_per_cpu, separator);
    let redirect = maps.types(|kind| kind.access == Access::Redirect, " ");
    let lock = maps.types(|kind| kind.may_have_lock, " | ");
    let owned = maps.types(|kind| kind.access == Access::Owned, " | ");
    _ = writeln!(text, "    PerCpu: {};\n}}\n", per_cpu(" "));
    _ = writeln!(text, "redirect_maps! {{ {redirect} }}\n");
    _ = writeln!(
        text,
        "/// Returns whether the values may contain a lock.\n\
         pub(super) const fn may_have_lock(map_type: bpf_map_type) -> bool {{\n\
         matches!(map_type, {lock})\n}}\n\n\
         /// Returns whether each value belongs to an object of the kernel.\n\
         pub(super) const fn is_owned(map_type: bpf_map_type) -> bool {{\n\
         matches!(map_type, {owned})\n}}\n\n\
         /// Returns whether each CPU has its own values.\n\
         #[cfg(not(target_os = \"none\"))]\n\
         pub(crate) const fn is_per_cpu(map_type: bpf_map_type) -> bool {{\n\
         matches!(map_type, {})\n}}\n\n\
         /// Returns the structure of a map in unit tests; None if it is not simulated.\n\
         #[cfg(not(target_os = \"none\"))]\n\
         pub(crate) const fn storage(map_type: bpf_map_type) -> \
         Option<crate::host::maps::Storage> {{\n\
         use crate::host::maps::Storage;\n\
         Some(match map_type {{\n",
        per_cpu(" | ")
    );
    for kind in &maps.kinds {
        if kind.storage != Storage::Nothing {
            let (map_type, storage) = (&kind.map_type, kind.storage);
            _ = writeln!(
                text,
                "BPF_MAP_TYPE_{map_type} => Storage::{storage:?},"
            );
        }
    }
    text += "_ => return None,\n})\n}\n\n";
    for Operation { name, args, result } in LOOKUP.iter().chain(&SEQUENCE) {
        _ = writeln!(
            text,
            "/// Returns the kernel's function for a type, which is a constant at each \
             call. None\n\
             /// if there is only that for all types.\n\
             #[inline(always)]\n\
             pub(super) const fn {name}_function(map_type: bpf_map_type) \
             -> Option<unsafe extern \"C\" fn(map: u64, {args}) -> {result}> {{\n\
             Some(match map_type {{"
        );
        for (typed, _) in maps.functions().filter(|(_, o)| o.name == *name) {
            _ = writeln!(
                text,
                "BPF_MAP_TYPE_{} => ffi::rex_{name}_{},",
                typed.map_type, typed.name
            );
        }
        text += "_ => return None,\n})\n}\n\n";
    }
    text
}

/// Returns the functions for one type of the simulated kernel.
pub(crate) fn host(maps: &Maps) -> String {
    let mut text = rust_head(LIST)
        + "//! The functions for maps of one type, on the host.\n\n\
           super::maps::typed! {\n";
    for (typed, operation) in maps.functions() {
        let name = operation.name;
        _ = writeln!(text, "    {name} rex_{name}_{},", typed.name);
    }
    text + "}\n"
}

/// Returns the functions for one type that tests call.
pub(crate) fn test_header(maps: &Maps) -> String {
    let names = maps.functions().map(|(typed, operation)| {
        format!("\t\"rex_{}_{}\"", operation.name, typed.name)
    });
    format!(
        "/* SPDX-License-Identifier: GPL-2.0 */\n\
         /* Generated from {LIST}: `make gen`. */\n\
         #ifndef _REX_LOOKUP_LIST_H\n#define _REX_LOOKUP_LIST_H\n\n\
         #define LOOKUPS \\\n{}\n\n\
         #endif /* _REX_LOOKUP_LIST_H */\n",
        names.collect::<Vec<_>>().join(", \\\n")
    )
}

/// Returns the table of the kinds of maps, for documents.
pub(crate) fn table(maps: &Maps) -> String {
    let mut text =
        row(&["eBPF", "crate", "upstream's name", ""]) + &row(&["---"; 4]);
    for kind in &maps.kinds {
        text += &row(&[
            &format!("`BPF_MAP_TYPE_{}`", kind.map_type),
            &format!("`{}`", kind.name),
            &format!("`{}`", kind.upstream),
            &kind.note,
        ]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: &str = "\
MAP_KIND(HASH, hash, RexHashMap, HashMap, KEYED, HASH, SHARED, LOCK, LRU, \"\")
MAP_KIND(PERCPU_ARRAY, array, RexArrayMap, Array, KEYED, NOTHING, PER_CPU, NO_LOCK, ARRAY,
\t \"\")
MAP_KIND(DEVMAP, devmap, RexDevMap, DevMap, REDIRECT, LRU, SHARED, NO_LOCK, NOTHING,
\t \"userspace's\")
MAP_KIND(TASK_STORAGE, storage, RexTaskStorage, TaskStorage, OWNED, TRIE, SHARED, NO_LOCK,
\t TABLE, \"\")
MAP_KIND(QUEUE, queue, RexQueue, Queue, KEYLESS, TRIED, SHARED, NO_LOCK, QUEUE, \"\")
MAP_LOOKUP(hash, HASH, htab_map_ops)
MAP_SEQUENCE(queue, QUEUE, queue_map_ops)
";

    fn five() -> Maps {
        parse(FIVE).expect("is right")
    }

    #[test]
    fn the_crate_knows_what_kinds_are_like() {
        let text = kinds(&five());
        for line in [
            "pub use super::super::hash::RexHashMap;",
            "pub use super::super::array::Array;",
            "BPF_MAP_TYPE_HASH => Storage::Lru,",
            "Keyed: BPF_MAP_TYPE_HASH BPF_MAP_TYPE_PERCPU_ARRAY;",
            "PerCpu: BPF_MAP_TYPE_PERCPU_ARRAY;",
            "redirect_maps! { BPF_MAP_TYPE_DEVMAP }",
            "BPF_MAP_TYPE_HASH => ffi::rex_lookup_hash,",
            "BPF_MAP_TYPE_HASH => ffi::rex_update_hash,",
            "matches!(map_type, BPF_MAP_TYPE_HASH)",
            "matches!(map_type, BPF_MAP_TYPE_TASK_STORAGE)",
        ] {
            assert!(text.contains(line), "{line}");
        }
    }

    #[test]
    fn typed_functions_are_declared_simulated_and_swept() {
        let maps = five();
        for name in [
            "rex_lookup_hash",
            "rex_update_hash",
            "rex_delete_hash",
            "rex_push_queue",
            "rex_pop_queue",
            "rex_peek_queue",
        ] {
            assert!(prototypes(&maps).contains(&format!("fn {name}(map: u64")));
            assert!(host(&maps).contains(name));
            assert!(test_header(&maps).contains(&format!("\t\"{name}\"")));
        }
    }

    #[test]
    fn the_table_has_notes() {
        assert!(table(&five()).contains(
            "| `BPF_MAP_TYPE_DEVMAP` | `DevMap` | `RexDevMap` | userspace's |"
        ));
    }

    #[test]
    fn errors_in_the_list_are_named() {
        let error = |from: &str, to: &str| {
            let text = FIVE.replacen(from, to, 1);
            parse(&text).expect_err("is wrong").to_string()
        };
        assert_eq!(error("KEYED", "KEYS"), "1: HASH: KEYS is not known");
        assert!(error("(hash, HASH", "(hash, TRIE").starts_with("9: there is"));
        assert!(error("NO_LOCK", "LOCK").contains("shared values"));
        assert!(error("MAP_LOOKUP", "LOOKUP").contains("LOOKUP is none"));
    }
}
