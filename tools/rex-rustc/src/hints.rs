// SPDX-License-Identifier: GPL-2.0
//! Advice for programs in place of the compiler's, which is for programs of user space.

use std::io::{BufRead as _, BufReader, IsTerminal as _, Result, Write as _};
use std::process::{Command, ExitStatus, Stdio};

/// Words of a message, and what to do. docs/debugging.md has the same table.
const HINTS: &[(&[&str], &str)] = &[
    (
        &["because it does not declare `#![no_std]`"],
        "begin with `#![cfg_attr(not(test), no_std, no_main)]`; `-Zbuild-std` is no way",
    ),
    (
        &["use of unresolved module or unlinked crate `std`"],
        "a kernel has no std: `core` has most of it, the manual (`cargo doc`) the rest. \
         `cargo add std` is no way",
    ),
    (
        &["cannot find type `Vec` in this scope"],
        "write `extern crate alloc; use alloc::vec::Vec;`",
    ),
    (
        &["cannot find type `Box` in this scope"],
        "write `extern crate alloc; use alloc::boxed::Box;`",
    ),
    (
        &["cannot find type `String` in this scope"],
        "write `extern crate alloc; use alloc::string::String;`",
    ),
    (
        &["type `MapRef<", "cannot be dereferenced"],
        "other CPUs and processes see a map's value: `get()` and `insert()` copy it, an \
         atomic in it counts without loss",
    ),
    (
        &["no method named `get_mut` found", "rex::map::"],
        "other CPUs and processes see a map's value: `get()` and `insert()` copy it, an \
         atomic in it counts without loss",
    ),
    (
        &["requested on the command line with `-F unsafe-code`"],
        "Rex refuses unsafe code, here and in dependencies. Instead of a `static mut`: an \
         atomic, `TryLock`, or a map",
    ),
    (
        &["found `MissingMapAttribute<"],
        "a static of a map's type is a map with `#[map]` above it",
    ),
    (
        &["found `MissingConfigAttribute<"],
        "a static of the type `Config` is a config with `#[config]` above it",
    ),
    (
        &["cannot be shared between threads safely"],
        "programs run on all CPUs at once: an atomic, `TryLock`, or a map; there is no \
         `RwLock`",
    ),
];

/// Returns the advice on a line, which is a whole message if cargo reads it.
fn matching(line: &str) -> impl Iterator<Item = &'static str> {
    HINTS
        .iter()
        .filter(move |(words, _)| {
            words.iter().all(|words| line.contains(words))
        })
        .map(|(_, hint)| *hint)
}

/// Runs the compiler, and prints advice after its messages if it fails. Messages for a
/// terminal are not read: they have colours, which a pipe would lose.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    if std::io::stderr().is_terminal() {
        return command.status();
    }
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let mut found = Vec::new();
    if let Some(messages) = child.stderr.take() {
        let mut messages = BufReader::new(messages);
        let mut line = Vec::new();
        let mut out = std::io::stderr();
        while messages.read_until(b'\n', &mut line)? != 0 {
            out.write_all(&line)?;
            for hint in matching(&String::from_utf8_lossy(&line)) {
                if !found.contains(&hint) {
                    found.push(hint);
                }
            }
            line.clear();
        }
    }
    let status = child.wait()?;
    if !status.success() {
        for hint in &found {
            eprintln!("rex: {hint}");
        }
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_matched_by_all_words() {
        let of_map =
            "error[E0614]: type `MapRef<'_, u64>` cannot be dereferenced";
        assert_eq!(matching(of_map).count(), 1);
        assert_eq!(
            matching("error[E0614]: type `u64` cannot be dereferenced").count(),
            0
        );
    }

    #[test]
    fn documents_have_the_same_advice() {
        let document = include_str!("../../../docs/debugging.md");
        for (words, hint) in HINTS {
            let row = |line: &str| {
                words.iter().all(|words| line.contains(words))
                    && line.ends_with(&format!("| {hint} |"))
            };
            assert!(document.lines().any(row), "{words:?}");
        }
    }

    #[test]
    fn status_is_the_compilers() {
        for code in [0, 1, 101] {
            let script = format!("exit {code}");
            let status = status(Command::new("sh").args(["-c", &script]));
            assert_eq!(status.expect("there is a shell").code(), Some(code));
        }
    }
}
