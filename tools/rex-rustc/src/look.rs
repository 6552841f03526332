// SPDX-License-Identifier: GPL-2.0
//! The look at the source of a program with all macros expanded, and the message when
//! there is unsafe code.

use std::env;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::args::Args;
use crate::call::{Call, Tool};
use crate::expanded::{self, Found, Refusal};
use crate::toolchain::clean_environment;
use crate::{Failure, fail, hints, sources, sysroot};

/// A temporary folder, accessible to this user only.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Failure> {
        let name = |n: u32| format!("rex-look-{}-{n}", std::process::id());
        let mut folder = env::temp_dir();
        for n in 0.. {
            folder = env::temp_dir().join(name(n));
            match fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => break,
                Err(error)
                    if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(Failure::Say(format!(
                        "{}: {error}; the variable TMPDIR names another folder",
                        folder.display()
                    )));
                }
            }
        }
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

impl Call {
    /// Checks the source with all macros expanded, and ends the compilation if there
    /// is unsafe code.
    pub(crate) fn look(
        &self,
        args: &Args,
        sysroot: &Path,
    ) -> Result<(), Failure> {
        if matches!(args.input.as_deref(), None | Some("-")) {
            return Ok(());
        }
        let refusal = match self.expanded(args, sysroot)? {
            Some(text) => match expanded::check(&text, args.edition) {
                Ok(()) => return Ok(()),
                Err(refusal) => refusal,
            },
            None => Refusal::NoHygiene,
        };
        // The compiler's messages come first, since they have line numbers.
        let is_fine = self.complain(args, sysroot)?;
        match refusal {
            Refusal::Found(found) => {
                let files = self.files(args, sysroot);
                Err(unsafe_code(args, &found, &files))
            }
            _ if !is_fine => Err(Failure::Told(1)),
            Refusal::NoHygiene => Err(fail(
                "the source with all macros expanded could not be looked at",
            )),
            Refusal::Unreadable(place) => Err(Failure::Say(format!(
                "the source of the crate `{}` with all macros expanded could not \
                 be looked at: {} (line {} of it)",
                args.crate_name, place.why, place.line
            ))),
        }
    }

    /// Prints the compiler's messages about a refused source, and returns whether it
    /// found no errors. The compiler writes no crate, since it could be used.
    fn complain(&self, args: &Args, sysroot: &Path) -> Result<bool, Failure> {
        let folder = Scratch::new()?;
        let mut command = self.command();
        clean_environment(&mut command);
        command.args(args.look_quietly());
        self.add_flags(&mut command, args, sysroot);
        command
            .args(["-Funsafe_code", "-Zallow-features=", "-Zno-codegen"])
            .arg("--emit=metadata")
            .arg("-o")
            .arg(folder.0.join("refused"))
            .stdin(Stdio::null());
        let status = hints::status(&mut command)
            .map_err(|error| self.missing(&error))?;
        Ok(status.success())
    }

    /// Returns the source with all macros expanded, if the compiler accepts it. The
    /// compiler writes it to a file, so that the output of macros does not mix with
    /// it.
    fn expanded(
        &self,
        args: &Args,
        sysroot: &Path,
    ) -> Result<Option<String>, Failure> {
        let folder = Scratch::new()?;
        let file = folder.0.join("expanded.rs");
        let output = self
            .looking(args, sysroot)
            .args(sysroot::LOOK)
            .arg("-o")
            .arg(&file)
            .output()
            .map_err(|error| self.missing(&error))?;
        if !output.status.success() {
            return Ok(None);
        }
        let text = fs::read(&file).ok();
        Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    }

    /// Returns a compiler command that examines the source only, with all options that
    /// change the source. `cfg(debug_assertions)` depends on the level of
    /// optimisation, for example.
    fn looking(&self, args: &Args, sysroot: &Path) -> Command {
        let mut command = self.toolchain.compiler();
        command.args(&args.look);
        self.add_flags(&mut command, args, sysroot);
        if let Tool::Clippy(_) = self.tool {
            command.arg("--cfg=clippy");
        }
        command
            .args(["-Funsafe_code", "-Zallow-features="])
            .stdin(Stdio::null());
        command
    }

    /// Returns the source files of the crate.
    fn files(&self, args: &Args, sysroot: &Path) -> Vec<String> {
        self.looking(args, sysroot)
            .arg("--emit=dep-info=-")
            .output()
            .map(|output| {
                sources::files(&String::from_utf8_lossy(&output.stdout))
            })
            .unwrap_or_default()
    }
}

fn unsafe_code(args: &Args, found: &[Found], files: &[String]) -> Failure {
    const SHOWN: usize = 5;
    let places = sources::places(files, args.edition);
    let mut text = "a Rex program has no unsafe code, and nothing that it \
                    depends on has any. There is some in"
        .to_string();
    let mut lines = Vec::new();
    for found in found {
        let line = describe(args, found, &places);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    for line in lines.iter().take(SHOWN) {
        text.push_str("\n  ");
        text.push_str(line);
    }
    if lines.len() > SHOWN {
        text += &format!("\n  and {} more places", lines.len() - SHOWN);
    }
    text += "\nWrite it in safe Rust. If it is a dependency's, use another \
             crate, or that crate without the feature or the macro that needs \
             unsafe code. docs/soundness.md says why.";
    Failure::Say(text)
}

/// "crate `x`, src/lib.rs:7: `unsafe`, in `macro_rules! peek`".
fn describe(args: &Args, found: &Found, places: &[sources::Place]) -> String {
    let own = places.iter().find(|place| place.what == found.what);
    let foreign = found
        .from
        .as_ref()
        .filter(|call| call.krate != args.crate_name);
    // Code whose names do not show its macro is the crate's own if it is in its files.
    let suspect = found.suspect.as_ref().filter(|_| own.is_none());
    let mut text = format!("crate `{}`, ", args.crate_name);
    match (foreign.or(suspect), own) {
        (Some(call), _) => {
            text += &format!(
                "{}: `{}`, from the macro `{}::{}`",
                call.call_site, found.what, call.krate, call.name
            );
            return text;
        }
        (None, Some(place)) => {
            text += &format!("{}:{}: `{}`", place.file, place.line, found.what);
        }
        (None, None) => {
            let root = args.input.as_deref().unwrap_or("?");
            text += &format!("{root}: `{}`", found.what);
        }
    }
    if let Some(item) = &found.item {
        text += &format!(", in `{item}`");
    }
    text
}
