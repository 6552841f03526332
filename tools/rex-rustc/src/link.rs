// SPDX-License-Identifier: GPL-2.0
//! The linker of Rex programs. rustc calls it as for an executable, and gets one
//! relocatable object, which rex.ko can load. Code that no program, map or note
//! reaches is dropped.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::decode::Untold;
use crate::elf::Elf;
use crate::features::Features;
use crate::manifest;
use crate::object::{MAX_FRAME, check_input, check_output, with_elf};
use crate::options::is_linked;

const SCRIPT: &str = include_str!("../../../scripts/rust/rex.lds");

/// The variable with the sysroot, which the compiler's wrapper sets for the linker.
pub(crate) const SYSROOT: &str = "REX_LINK_SYSROOT";

/// The variable with the features of CPUs that the program is compiled for, a number.
pub(crate) const FEATURES: &str = "REX_LINK_FEATURES";

/// The reason why there is no object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Error {
    Usage(&'static str),
    NativeCode(String),
    Unreadable(String),
    PlacedCode(String),
    Defined(String),
    RuntimeName(String),
    WithoutCrate,
    WithoutProgram,
    SameName(String),
    Linker(String),
    LargeFrames(Vec<(String, u64)>),
    UnknownFrame(String, Untold),
    Undeclared(Features),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) => write!(f, "{what}"),
            Self::NativeCode(file) => write!(
                f,
                "{file}: a Rex program cannot be linked with native code; which \
                 crate or build script asks for it is in `cargo build -v`"
            ),
            Self::Unreadable(file) => write!(f, "{file}: cannot be read"),
            Self::PlacedCode(section) => write!(
                f,
                "{section}: a function was placed in this section by the program"
            ),
            Self::Defined(symbol) => write!(
                f,
                "{symbol}: a Rex program cannot define symbols but maps and configs; take the \
                 attribute away that names it"
            ),
            Self::RuntimeName(symbol) => write!(
                f,
                "{symbol}: a map or config cannot have this name: it is the runtime's"
            ),
            Self::WithoutCrate => {
                write!(f, "the program does not use the crate rex")
            }
            Self::WithoutProgram => write!(
                f,
                "there is no program: write an attribute above a function, such as \
                 `#[kprobe(\"do_exit\")]`"
            ),
            Self::SameName(name) => write!(
                f,
                "two programs are named `{name}`: a function has one such attribute, and a \
                 name that no other program of the object has"
            ),
            Self::Linker(words) => write!(f, "{words}"),
            Self::LargeFrames(functions) => {
                write!(
                    f,
                    "too large for a program's stack, of which a function may \
                     take {MAX_FRAME} bytes:"
                )?;
                for (function, size) in functions {
                    write!(f, "\n  {function} takes {size} bytes")?;
                }
                write!(
                    f,
                    "\nKeep large values in a `Box` or a map, pass them by \
                     reference, or use smaller ones. Small functions may have \
                     become a part of one that is named here."
                )
            }
            Self::UnknownFrame(function, why) => {
                let (at, what) = match why {
                    Untold::Instruction(at) => (at, "is not known"),
                    Untold::Moved(at) => {
                        (at, "moves the stack pointer by an unknown number")
                    }
                };
                write!(
                    f,
                    "{function}+{at:#x}: an instruction of this function {what}, \
                     so that its frame has no known size"
                )
            }
            Self::Undeclared(features) => write!(
                f,
                "the program is compiled for CPUs with {}, and the crate rex is not, \
                 which declares that: give both the same -Ctarget-feature, by RUSTFLAGS \
                 or by rustflags in .cargo/config.toml",
                features.names().join(", ")
            ),
        }
    }
}

/// A request to the linker.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    output: PathBuf,
    objects: Vec<PathBuf>,
    builtins: Option<PathBuf>,
}

impl Request {
    fn parse(args: &[String], sysroot: &str) -> Result<Self, Error> {
        let mut request = Self::default();
        let libraries = format!("{sysroot}/lib/rustlib/");
        let builtins = "/lib/libcompiler_builtins-rex.rlib";
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "-o" => {
                    if !request.output.as_os_str().is_empty() {
                        return Err(Error::Usage("two output files are named"));
                    }
                    request.output = args.next().map(PathBuf::from).ok_or(
                        Error::Usage("no output file was named after -o"),
                    )?;
                }
                "-L" | "-z" | "-m" => _ = args.next(),
                // The compiler names its own objects after the output.
                object if object.ends_with(".rcgu.o") => {
                    request.objects.push(object.into());
                }
                library
                    if library.starts_with(&libraries)
                        && library.ends_with(builtins)
                        && request.builtins.is_none() =>
                {
                    request.builtins = Some(library.into());
                }
                other if is_linked(other) => {
                    return Err(Error::NativeCode(other.to_string()));
                }
                _ => {}
            }
        }
        request.check()?;
        Ok(request)
    }

    fn check(&self) -> Result<(), Error> {
        if self.output.as_os_str().is_empty() {
            return Err(Error::Usage("no output file was named"));
        }
        if self.objects.is_empty() {
            return Err(Error::Usage("no input file was named"));
        }
        let stem = self.output.with_extension("").display().to_string() + ".";
        match self
            .objects
            .iter()
            .find(|object| !object.display().to_string().starts_with(&stem))
        {
            Some(object) => {
                Err(Error::NativeCode(object.display().to_string()))
            }
            None => Ok(()),
        }
    }
}

/// Links as rustc asks.
pub(crate) fn link(args: &[String]) -> Result<(), Error> {
    let sysroot = std::env::var(SYSROOT)
        .map_err(|_| Error::Usage("only the compiler's wrapper links"))?;
    let request = Request::parse(args, &sysroot)?;
    for object in &request.objects {
        with_elf(object, check_input)?;
    }
    let manifest = manifest::manifest(&request.output, Path::new(&sysroot));
    run_ld(&request, manifest.as_deref())?;
    let features = std::env::var(FEATURES).unwrap_or_default();
    let features = Features(features.parse().unwrap_or(0));
    let checked = with_elf(&request.output, |elf| {
        check_output(elf)?;
        check_features(elf, features)
    });
    if checked.is_err() {
        // A refused object must not be loaded.
        _ = fs::remove_file(&request.output);
    }
    checked
}

/// Checks that the object declares the features that the program is compiled for. The crate
/// makes the note, and rustc has told it the features of its own command.
fn check_features(elf: &Elf<'_>, needed: Features) -> Result<(), Error> {
    let note = elf.section(".note.rex").map_or(&[][..], |note| note.bytes);
    let undeclared = needed.0 & !Features::declared(note).0;
    if undeclared == 0 {
        Ok(())
    } else {
        Err(Error::Undeclared(Features(undeclared)))
    }
}

fn run_ld(request: &Request, manifest: Option<&str>) -> Result<(), Error> {
    let script = request.output.with_extension("rex.lds");
    let section = manifest.map(manifest::section).unwrap_or_default();
    fs::write(&script, SCRIPT.replace("/* MANIFEST */", &section))
        .map_err(|_| Error::Unreadable(script.display().to_string()))?;
    let result = Command::new("ld")
        .args([
            "-r",
            "-m",
            "elf_x86_64",
            "--gc-sections",
            "-u",
            "__rex_note",
        ])
        .arg("-T")
        .arg(&script)
        .arg("-o")
        .arg(&request.output)
        .args(&request.objects)
        .args(&request.builtins)
        .output();
    _ = fs::remove_file(&script);
    let output = result.map_err(|error| {
        Error::Linker(format!(
            "ld: {error}; on Debian: apt-get install binutils"
        ))
    })?;
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        eprint!("{words}");
        Ok(())
    } else if words.contains("requires a defined symbol root") {
        Err(Error::WithoutCrate)
    } else {
        Err(Error::Linker(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Request, Error> {
        let args: Vec<_> = args.iter().map(ToString::to_string).collect();
        Request::parse(&args, "/s")
    }

    const BUILTINS: &str =
        "/s/lib/rustlib/x86_64-unknown-none/lib/libcompiler_builtins-rex.rlib";

    #[test]
    fn objects_of_the_compiler_are_taken() {
        let request = parse(&[
            "-m",
            "elf",
            "--as-needed",
            "d/a-1.a.x-cgu.0.rcgu.o",
            BUILTINS,
            "-L",
            "/x.o",
            "-o",
            "d/a-1",
        ])
        .expect("it is fine");
        assert_eq!(request.objects.len(), 1);
        assert_eq!(request.builtins, Some(BUILTINS.into()));
    }

    #[test]
    fn other_inputs_are_refused() {
        for input in [
            "x.o",
            "x.a",
            "x.so",
            "x.rlib",
            "-lc",
            "x.rcgu.o",
            "@x",
            "/t/lib/rustlib/x/lib/libcompiler_builtins-rex.rlib",
        ] {
            let refused = parse(&["-o", "a", "a.1.rcgu.o", input]);
            assert_eq!(refused, Err(Error::NativeCode(input.to_string())));
        }
        let twice = parse(&["-o", "a", "a.1.rcgu.o", BUILTINS, BUILTINS]);
        assert!(matches!(twice, Err(Error::NativeCode(_))));
    }

    #[test]
    fn output_is_one() {
        for args in [
            &["a.1.rcgu.o"][..],
            &["-o", "a"],
            &["-o"],
            &["-o", "a", "-o", "b", "a.1.rcgu.o"],
        ] {
            assert!(matches!(parse(args), Err(Error::Usage(_))), "{args:?}");
        }
    }
}
