// SPDX-License-Identifier: GPL-2.0
//! The compiler of Rex programs, which `scripts/rust/rustc` builds and runs. For the
//! host it is rustc. For the target of programs it adds code generation flags, a
//! sysroot built with the same flags, and a linker that makes objects for rex.ko. It
//! also enforces the ban on unsafe code.
//!
//!   rustc --rex-sysroot     build the sysroot if it is missing, print its path
//!   rustc --rex-which       print the path of the compiler that is used
//!
//! `scripts/rust/rustc --rex-command` prints the beginning of the command that it runs.
//!
//! It is also `rustdoc`, `clippy-driver` and, for rustc, `ld`.

#![forbid(unsafe_code)]

mod args;
mod call;
mod decode;
mod demangle;
mod elf;
mod expanded;
mod features;
mod forbidden;
mod hints;
mod host_tests;
mod hygiene;
mod identity;
mod link;
mod look;
mod manifest;
mod object;
mod options;
mod refused;
mod shapes;
mod sources;
mod sysroot;
mod tokens;
mod toolchain;

use std::env;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::process::parent_id;
use std::path::Path;
use std::process::ExitCode;

use crate::call::{Call, Tool};
use crate::toolchain::Toolchain;

/// A failed compilation.
#[derive(Debug)]
enum Failure {
    /// A message to print.
    Say(String),
    /// The exit status, after a tool has printed its message.
    Told(u8),
}

fn fail(text: &str) -> Failure {
    Failure::Say(text.to_string())
}

/// Prints progress where cargo prints its own messages, since cargo keeps a compiler's
/// output and prints it again at every build. If cargo prints to a file, which it
/// would overwrite, the text goes to standard error.
fn say(text: &str) {
    let past_cargo = || {
        env::var_os("CARGO").filter(|cargo| !cargo.is_empty())?;
        let path = format!("/proc/{}/fd/2", parent_id());
        let kind = fs::metadata(&path).ok()?.file_type();
        if !kind.is_char_device() && !kind.is_fifo() {
            return None;
        }
        let mut out = fs::OpenOptions::new().append(true).open(path).ok()?;
        writeln!(out, "rex: {text}").ok()
    };
    if past_cargo().is_none() {
        eprintln!("rex: {text}");
    }
}

fn main() -> ExitCode {
    let mut arguments = env::args();
    let own = arguments.next().unwrap_or_default();
    let arguments: Vec<_> = arguments.collect();
    let result = if own.ends_with("/ld") {
        link::link(&arguments).map_err(|error| Failure::Say(error.to_string()))
    } else {
        start(arguments)
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Say(text)) => {
            eprintln!("rex: {text}");
            ExitCode::FAILURE
        }
        Err(Failure::Told(status)) => ExitCode::from(status),
    }
}

/// Runs the wrapper. The script's arguments come first: its own name, the tree, the
/// compiler, the sources of the library, the version, and the wrapper's checksum.
fn start(arguments: Vec<String>) -> Result<(), Failure> {
    let mut arguments = arguments.into_iter();
    let mut next = || {
        arguments
            .next()
            .ok_or_else(|| fail("call scripts/rust/rustc instead of this"))
    };
    let name = next()?;
    let toolchain = Toolchain {
        tree: next()?.into(),
        rustc: next()?.into(),
        library: next()?.into(),
        version: next()?,
        key: next()?,
    };
    let mut rest: Vec<_> = arguments.collect();
    let folder = toolchain.rustc.parent().unwrap_or(Path::new("/"));
    let tool = match name.as_str() {
        "rustdoc" => Tool::Rustdoc(folder.join("rustdoc")),
        "clippy-driver" => {
            // As cargo's RUSTC_WORKSPACE_WRAPPER, it gets the compiler as the first
            // argument.
            if !rest.is_empty() {
                rest.remove(0);
            }
            Tool::Clippy(folder.join("clippy-driver"))
        }
        _ => Tool::Rustc,
    };
    Call { toolchain, tool }.run(rest)
}
