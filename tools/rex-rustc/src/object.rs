// SPDX-License-Identifier: GPL-2.0
//! The looks at objects: at those that the compiler made, before they are linked, and at
//! the one that rex.ko is to load.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::decode::frame;
use crate::demangle::{demangle, is_mangled};
use crate::elf::{Elf, Kind};
use crate::link::Error;

/// `REX_MAX_FRAME` of `uapi/linux/rex.h`.
pub(crate) const MAX_FRAME: u64 = 4096;

/// Sources with the names that a program may link to.
const RUNTIME: &[&str] = &[
    include_str!("../../../kmod/symtab.c"),
    include_str!("../../../kmod/helpers.def"),
    include_str!("../../../kmod/fields.def"),
    include_str!("../../../kmod/maps.def"),
];

/// Has `check` look at the object in a file.
pub(crate) fn with_elf(
    path: &Path,
    check: impl FnOnce(&Elf<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let unreadable = || Error::Unreadable(path.display().to_string());
    let file = fs::read(path).map_err(|_| unreadable())?;
    check(&Elf::parse(&file).map_err(|_| unreadable())?)
}

/// Checks the compiler's output for the program and its dependencies: no code is in
/// a section that the loader reads as something else, and all names are mangled
/// paths. A source that names symbols or sections is refused earlier, so this is a
/// second check.
pub(crate) fn check_input(elf: &Elf<'_>) -> Result<(), Error> {
    for section in &elf.sections {
        let is_text =
            section.name == ".text" || section.name.starts_with(".text.");
        if section.is_code && !is_text {
            return Err(Error::PlacedCode(section.name.to_string()));
        }
    }
    let runtime = runtime_names(RUNTIME);
    for symbol in &elf.symbols {
        if !symbol.is_global || symbol.section == 0 {
            continue;
        }
        let section = elf.sections.get(symbol.section);
        let section = section.map_or("", |section| section.name);
        match (symbol.kind, section, symbol.name) {
            (Kind::Object, ".rex.maps" | ".rex.config", name)
                if runtime.iter().any(|known| known == name) =>
            {
                return Err(Error::RuntimeName(name.to_string()));
            }
            (Kind::Object, ".rex.maps" | ".rex.config", _) => {}
            (Kind::Object, ".note.rex", "__rex_note") => {}
            (Kind::Object, ".rex.maps.crate", "__rex_usdt") => {}
            (_, _, name) if is_mangled(name) => {}
            (_, _, name) => return Err(Error::Defined(name.to_string())),
        }
    }
    Ok(())
}

/// Returns the names of the runtime's symbols: `SYMBOL(name)`, `FUNCTION("name",
/// ..)`, `{ "name", ..}`, `HELPER(prefix, name, ..)`, and those of fields and
/// lookups.
fn runtime_names(sources: &[&str]) -> Vec<String> {
    let mut names = vec!["__x86_return_thunk".to_string()];
    for line in sources.iter().flat_map(|source| source.lines()) {
        for rest in line.split("SYMBOL(").skip(1) {
            names.extend(rest.split(')').next().map(str::to_string));
        }
        for start in ["FUNCTION(\"", "{ \""] {
            for rest in line.split(start).skip(1) {
                names.extend(rest.split('"').next().map(str::to_string));
            }
        }
        for (start, prefix) in [
            ("HELPER(", ""),
            ("FIELD(", "__rex_off_"),
            ("FIELD_AS(", "__rex_off_"),
            ("OPTIONAL_FIELD(", "__rex_opt_"),
        ] {
            let rest = line.strip_prefix(start).unwrap_or("");
            let mut parts = rest.split([',', ')']).map(str::trim);
            if let (Some(first), Some(second)) = (parts.next(), parts.next()) {
                names.push(format!("{prefix}{first}_{second}"));
            }
        }
        for (start, prefix) in [
            ("CONSTANT(", "__rex_"),
            ("FOUND(", "__rex_"),
            ("MAP_LOOKUP(", "rex_lookup_"),
            ("MAP_LOOKUP(", "rex_update_"),
            ("MAP_LOOKUP(", "rex_delete_"),
            ("MAP_SEQUENCE(", "rex_push_"),
            ("MAP_SEQUENCE(", "rex_pop_"),
            ("MAP_SEQUENCE(", "rex_peek_"),
        ] {
            if let Some(rest) = line.strip_prefix(start) {
                let name = rest.split(',').next().unwrap_or("");
                names.push(format!("{prefix}{name}"));
            }
        }
    }
    names
}

/// Checks the object that rex.ko is to load.
pub(crate) fn check_output(elf: &Elf<'_>) -> Result<(), Error> {
    check_programs(elf)?;
    check_frames(elf)
}

/// Checks that there are programs, and that each has a name of its own: rex.ko refuses an
/// object without.
fn check_programs(elf: &Elf<'_>) -> Result<(), Error> {
    /// The size of `struct rex_prog_def`, and where its name is.
    const SIZE: usize = 32 + 64 + 128;
    let section = elf.section(".rex.progs");
    let names: Vec<_> = section
        .map_or(&[][..], |section| section.bytes)
        .chunks_exact(SIZE)
        .map(|program| {
            let name = program[32..96].split(|byte| *byte == 0).next();
            String::from_utf8_lossy(name.unwrap_or_default())
        })
        .collect();
    if names.is_empty() {
        return Err(Error::WithoutProgram);
    }
    for (number, name) in names.iter().enumerate() {
        if names[..number].contains(name) {
            return Err(Error::SameName(name.to_string()));
        }
    }
    Ok(())
}

/// Checks the frame of each function, by LLVM's sizes and by the code.
fn check_frames(elf: &Elf<'_>) -> Result<(), Error> {
    let mut sizes: HashMap<String, u64> = HashMap::new();
    for (name, size) in told_frames(elf)? {
        let known = sizes.entry(name).or_default();
        *known = size.max(*known);
    }
    for symbol in &elf.symbols {
        let Some(section) = elf.sections.get(symbol.section) else {
            continue;
        };
        if symbol.kind != Kind::Function || !section.is_code {
            continue;
        }
        let name = demangle(symbol.name);
        let code = usize::try_from(symbol.value)
            .ok()
            .zip(usize::try_from(symbol.size).ok())
            .and_then(|(at, size)| section.bytes.get(at..at.checked_add(size)?))
            .ok_or_else(|| Error::Unreadable(name.clone()))?;
        let size = frame(code)
            .map_err(|why| Error::UnknownFrame(name.clone(), why))?;
        let known = sizes.entry(name).or_default();
        *known = size.max(*known);
    }
    let mut large: Vec<_> = sizes
        .into_iter()
        .filter(|(_, size)| *size > MAX_FRAME)
        .collect();
    large.sort();
    if large.is_empty() {
        Ok(())
    } else {
        Err(Error::LargeFrames(large))
    }
}

/// Reads `.stack_sizes`, which has for every function its address, a relocation,
/// and its frame size in ULEB128.
fn told_frames(elf: &Elf<'_>) -> Result<Vec<(String, u64)>, Error> {
    let malformed = || Error::Unreadable(".stack_sizes".to_string());
    let mut bytes = elf.section(".stack_sizes").map_or(&[][..], |s| s.bytes);
    let mut frames = Vec::new();
    let relocations =
        elf.relocations(".stack_sizes").map_err(|_| malformed())?;
    for relocation in relocations {
        let symbol =
            elf.symbols.get(relocation.symbol).ok_or_else(malformed)?;
        let value = symbol.value.wrapping_add(relocation.addend);
        let name = elf
            .function_at(symbol.section, value)
            .map_or("a function", |function| function.name);
        bytes = bytes.get(8..).ok_or_else(malformed)?;
        let (mut size, mut shift) = (0_u64, 0);
        loop {
            let (&byte, rest) = bytes.split_first().ok_or_else(malformed)?;
            bytes = rest;
            size |= u64::from(byte & 127).checked_shl(shift).unwrap_or(!0);
            shift += 7;
            if byte < 128 {
                break;
            }
        }
        frames.push((demangle(name), size));
    }
    Ok(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_without_programs_is_refused() {
        let empty = Elf {
            sections: Vec::new(),
            symbols: Vec::new(),
        };
        assert_eq!(check_programs(&empty), Err(Error::WithoutProgram));
    }

    #[test]
    fn runtime_has_names() {
        let names = runtime_names(RUNTIME);
        for name in [
            "bpf_map_lookup_elem",
            "rex_heap_alloc",
            "rex_panic",
            "memcpy",
            "bcmp",
            "__rex_min_napi_id",
            "rex_lookup_hash",
            "rex_update_hash",
            "rex_delete_hash",
            "__rex_off_sk_buff_cb",
            "__rex_off_task_struct_sum_exec_runtime",
            "__rex_opt_sk_buff_napi_id",
        ] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }
}

/// These tests need binutils; rex/tests/tools runs them.
#[cfg(test)]
mod assembled {
    use super::*;
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    /// Assembles the text, and checks the object.
    fn check(
        source: &str,
        check: fn(&Elf<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let name = format!("rex-rustc-{:p}-{}.o", source, std::process::id());
        let object = std::env::temp_dir().join(name);
        let mut assembler = Command::new("as")
            .arg("-o")
            .arg(&object)
            .stdin(Stdio::piped())
            .spawn()
            .expect("as is there");
        let mut input = assembler.stdin.take().expect("it is piped");
        writeln!(input, "{source}").expect("as reads");
        drop(input);
        assert!(assembler.wait().expect("it ran").success());
        let result = with_elf(&object, check);
        _ = fs::remove_file(&object);
        result
    }

    fn defines(name: &str, kind: &str, section: &str) -> Result<(), Error> {
        let source = format!(
            ".section {section}\n.globl {name}\n.type {name}, @{kind}\n{name}: nop"
        );
        check(&source, check_input)
    }

    #[test]
    #[ignore = "needs binutils"]
    fn symbols_are_made_of_paths() {
        let mangled = "_ZN4prog1f17h0123456789abcdefE";
        assert_eq!(defines(mangled, "function", ".text.f"), Ok(()));
        assert_eq!(defines("COUNTS", "object", ".rex.maps,\"aw\""), Ok(()));
        assert_eq!(defines("LIMIT", "object", ".rex.config,\"aw\""), Ok(()));
        assert_eq!(defines("__rex_note", "object", ".note.rex,\"a\""), Ok(()));
        for (name, kind, section) in [
            ("rex_heap_alloc", "function", ".text.f"),
            ("memcpy", "function", ".text"),
            ("anything", "function", ".text"),
            ("anything", "object", ".data"),
            ("anything", "notype", ".text"),
            ("COUNTS", "function", ".rex.maps,\"aw\""),
            ("LIMIT", "function", ".rex.config,\"aw\""),
            ("__rex_note", "object", ".data"),
        ] {
            let refused = Err(Error::Defined(name.to_string()));
            assert_eq!(defines(name, kind, section), refused, "{section}");
        }
        let refused = Err(Error::RuntimeName("memcpy".to_string()));
        assert_eq!(defines("memcpy", "object", ".rex.maps,\"aw\""), refused);
        assert_eq!(defines("memcpy", "object", ".rex.config,\"aw\""), refused);
    }

    #[test]
    #[ignore = "needs binutils"]
    fn code_is_where_code_is() {
        let placed = check(".section .init,\"ax\"\nnop", check_input);
        assert_eq!(placed, Err(Error::PlacedCode(".init".to_string())));
    }

    fn frame_of(body: &str) -> Result<(), Error> {
        let source = format!(
            ".type f, @function\nf: push %rbp\nmov %rsp,%rbp\n{body}\n\
             pop %rbp\nret\n.size f, .-f"
        );
        check(&source, check_frames)
    }

    #[test]
    #[ignore = "needs binutils"]
    fn frames_are_looked_up_in_the_code() {
        assert_eq!(frame_of("sub $4080,%rsp\nadd $4080,%rsp"), Ok(()));
        let large =
            |size| Err(Error::LargeFrames(vec![("f".to_string(), size)]));
        assert_eq!(frame_of("sub $0x5b000,%rsp\nrep movsq"), large(0x5b008));
        assert_eq!(frame_of("lea -4089(%rsp),%rsp"), large(4097));
        assert_eq!(frame_of(".rept 512\npush $1\n.endr"), large(4104));
        assert_eq!(frame_of("sub $4000,%rsp\nand $-128,%rsp"), large(4135));
        let dynamic = frame_of("sub %rax,%rsp");
        assert!(matches!(dynamic, Err(Error::UnknownFrame(..))));
        let unknown = frame_of("vmovups %ymm0,(%rax)");
        assert!(matches!(unknown, Err(Error::UnknownFrame(..))));
    }
}
