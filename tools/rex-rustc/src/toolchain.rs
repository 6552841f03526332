// SPDX-License-Identifier: GPL-2.0
//! The compiler that the script found, and what it reads from the environment.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The files and versions that the script found.
pub(crate) struct Toolchain {
    pub(crate) rustc: PathBuf,
    /// The library's sources.
    pub(crate) library: PathBuf,
    /// The compiler's output with `-vV`.
    pub(crate) version: String,
    /// This tree.
    pub(crate) tree: PathBuf,
    /// A checksum of the wrapper.
    pub(crate) key: String,
}

impl Toolchain {
    fn line(&self, name: &str) -> &str {
        self.version
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or("")
    }

    pub(crate) fn release(&self) -> &str {
        self.line("release: ")
    }

    pub(crate) fn host(&self) -> &str {
        self.line("host: ")
    }

    /// Returns a command of the compiler for kernel code.
    pub(crate) fn compiler(&self) -> Command {
        let mut command = Command::new(&self.rustc);
        clean_environment(&mut command);
        command
    }
}

/// Removes the variables that the compiler and the linker read, except those that
/// change messages only. Other variables stay, since a program may read them with
/// `env!`.
pub(crate) fn clean_environment(command: &mut Command) {
    const READ: &[&str] = &[
        "LDEMULATION",
        "RUSTC_BREAK_ON_ICE",
        "RUSTC_FORCE_RUSTC_VERSION",
        "RUSTC_OVERRIDE_VERSION_STRING",
        "RUSTC_WINDOWS_RC",
        "RUST_TARGET_PATH",
    ];
    const PREFIXES: &[&str] = &[
        "DYLD_",
        "LD_",
        "LLVM_",
        "RUSTC_LOG",
        "RUST_DEP_GRAPH",
        "REX_LINK_",
    ];
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if READ.contains(&&*text)
            || PREFIXES.iter().any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
    command.env("RUSTC_BOOTSTRAP", "1");
}
