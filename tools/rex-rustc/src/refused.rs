// SPDX-License-Identifier: GPL-2.0
//! Why a command line is refused, as the user reads it.

use std::fmt;

/// The reason why a command line is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// An option that is not allowed, as written.
    Option(String),
    /// A crate with the name of a library crate.
    Library(String),
    /// Another crate named `rex`, from this file.
    NotRex(String),
    /// A file after `--extern` that is no Rust library.
    NoCrate(String),
    /// A crate after `--extern` that this build has not made.
    Foreign(String),
    /// A folder with a crate that this build has not made, or with one of the library's.
    Search(String, String),
    /// A second source.
    Sources(String),
    /// A library or an object that does not come from the compiler.
    Native(String),
    /// A file of arguments that cannot be read.
    ArgumentFile(String),
    /// A file of arguments within another one. rustc would expand it even as the value
    /// of an option.
    NestedArguments(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = "It may come from RUSTFLAGS, a .cargo/config.toml, a profile \
                      or a build script: take it away there.";
        match self {
            Self::Option(option) => write!(
                f,
                "`{option}` is not known to be harmless to a Rex program. {origin}"
            ),
            Self::Library(name) => write!(
                f,
                "no crate can be named `{name}`: a Rex program relies on the \
                 library's. It may come from a dependency's name in Cargo.toml. \
                 {origin}"
            ),
            Self::NotRex(file) => write!(
                f,
                "{file}: only the crate of this tree can be named `rex`. A \
                 dependency of this name in Cargo.toml needs the path of that crate."
            ),
            Self::NoCrate(option) => write!(
                f,
                "`--extern {option}`: a crate is a .rlib, a .rmeta or a procedural \
                 macro. {origin}"
            ),
            Self::Foreign(option) => write!(
                f,
                "`--extern {option}`: this crate was not compiled for this program: \
                 name its sources in Cargo.toml. {origin}"
            ),
            Self::Search(folder, file) => write!(
                f,
                "`-L {folder}`: rustc would find the crate {file} there, which was \
                 not compiled for this program. {origin}"
            ),
            Self::Sources(file) => {
                write!(f, "{file}: a crate has one root. {origin}")
            }
            Self::Native(option) => write!(
                f,
                "`{option}`: a Rex program cannot be linked with native code. {origin}"
            ),
            Self::ArgumentFile(file) => {
                write!(f, "@{file}: cannot be read")
            }
            Self::NestedArguments(arg) => write!(
                f,
                "`{arg}`: a file of arguments cannot name another one. {origin}"
            ),
        }
    }
}
