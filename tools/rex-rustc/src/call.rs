// SPDX-License-Identifier: GPL-2.0
//! A call of the compiler, of rustdoc or of clippy: which flags it gets, by what it is
//! called for.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::args::{self, Args, TARGET};
use crate::identity::{self, Identity};
use crate::toolchain::{Toolchain, clean_environment};
use crate::{Failure, fail, hints, host_tests, link, manifest, sysroot};

/// The tool to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    Rustc,
    Rustdoc(PathBuf),
    Clippy(PathBuf),
}

/// A call of one of the tools.
pub(crate) struct Call {
    pub(crate) toolchain: Toolchain,
    pub(crate) tool: Tool,
}

impl Call {
    pub(crate) fn run(&self, rest: Vec<String>) -> Result<(), Failure> {
        match rest.first().map(String::as_str) {
            Some("--rex-which") => {
                println!("{}", self.toolchain.rustc.display());
                return Ok(());
            }
            Some("--rex-sysroot") => {
                let sysroot = self.sysroot()?;
                println!("{}", sysroot.display());
                return Ok(());
            }
            Some("-vV") => return self.print_version(),
            _ => {}
        }
        let expanded = args::expand(rest.clone())
            .map_err(|refused| fail(&refused.to_string()))?;
        let is_rustdoc = matches!(self.tool, Tool::Rustdoc(_));
        let args = Args::parse(&expanded, is_rustdoc);
        if args.target == TARGET {
            self.for_target(args)
        } else {
            self.for_host(&args, &rest)
        }
    }

    /// Prints the version. cargo rebuilds everything if a line of it changes.
    fn print_version(&self) -> Result<(), Failure> {
        let version = match self.tool {
            Tool::Rustc => self.toolchain.version.clone(),
            _ => {
                let output = self
                    .command()
                    .arg("-vV")
                    .output()
                    .map_err(|error| self.missing(&error))?;
                String::from_utf8_lossy(&output.stdout)
                    .trim_end()
                    .to_string()
            }
        };
        println!("{version}\nrex: {}", self.toolchain.key);
        Ok(())
    }

    fn for_host(&self, args: &Args, rest: &[String]) -> Result<(), Failure> {
        let tree = &self.toolchain.tree;
        identity::check_host(args, tree)
            .map_err(|impostor| fail(&impostor.to_string()))?;
        let mut command = self.command();
        // For the tests of programs, the crate is built for the host as well.
        if identity::is_rex_source(args, tree) {
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        self.leave_note(args);
        self.exec(command.args(rest))
    }

    fn for_target(&self, args: Args) -> Result<(), Failure> {
        if let Some(refused) = &args.refused {
            return Err(fail(&refused.to_string()));
        }
        let identity = identity::identify(&args, &self.toolchain.tree)
            .map_err(|impostor| fail(&impostor.to_string()))?;
        if args.is_test && self.tool == Tool::Rustc && !args.is_printing {
            return host_tests::build(&self.toolchain, &args);
        }

        let sysroot = if args.is_printing {
            sysroot::path(&self.toolchain)
                .map_err(|error| fail(&error.to_string()))?
        } else {
            self.sysroot()?
        };
        let mut command = self.command();
        clean_environment(&mut command);
        if args.is_probe() {
            // Build scripts use this to try code, and cargo to ask for file names. The
            // source is not checked, so no code is generated from it.
            command
                .args(&args.look)
                .args(&args.prints)
                .args(["--emit=dep-info=-", "-Zno-codegen"]);
        } else {
            command.args(&args.all);
        }
        self.add_flags(&mut command, &args, &sysroot);
        if let Tool::Clippy(_) = self.tool {
            // Clippy has a `cfg` of its own, and only examines the source.
            command.arg("-Zno-codegen");
        }
        if identity == Identity::Other && !matches!(self.tool, Tool::Rustdoc(_))
        {
            // No unsafe code, and no unstable features, some of which are as powerful.
            // They come last, so that nothing overrides them.
            command.args(["-Funsafe_code", "-Zallow-features="]);
            self.look(&args, &sysroot)?;
        }
        if !args.is_probe() {
            // The same input as for the look.
            command.stdin(Stdio::null());
            self.leave_note(&args);
            let status = hints::status(&mut command)
                .map_err(|error| self.missing(&error))?;
            return match status.code() {
                Some(0) => Ok(()),
                code => Err(Failure::Told(
                    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
                )),
            };
        }
        self.exec(&mut command)
    }

    /// Notes what the manifests of programs say of this crate.
    fn leave_note(&self, args: &Args) {
        if self.tool == Tool::Rustc {
            manifest::leave_note(args, &self.toolchain);
        }
    }

    pub(crate) fn add_flags(
        &self,
        command: &mut Command,
        args: &Args,
        sysroot: &Path,
    ) {
        let tree = &self.toolchain.tree;
        command
            .args(sysroot::CODEGEN_FLAGS)
            .arg("--sysroot")
            .arg(sysroot)
            .arg(format!("--remap-path-prefix={}/=", tree.display()));
        if let Tool::Rustdoc(_) = self.tool {
            // rustdoc does not derive this from -Zretpoline-external-thunk as rustc
            // does. The code of documentation tests is not checked, so none is
            // generated.
            command.args(["-Zretpoline=yes", "-Zno-codegen"]);
            return;
        }
        // With any profile, the code is one unit, in which all calls are direct, and
        // its frames are those of optimised code. Overflow panics, since a wrapped sum
        // would be a wrong index.
        command.args(["-Cembed-bitcode=yes", "-Coverflow-checks=yes"]);
        if args.is_program {
            command.args(["-Clto=fat", "-Ccodegen-units=1"]);
        }
        if ["0", "1"].contains(&args.opt_level.as_str()) {
            command.arg("-Copt-level=2");
        }
        // This program under its other name.
        if let Ok(own) = env::current_exe() {
            let linker = own.with_file_name("ld");
            command.arg(format!("-Clinker={}", linker.display()));
        }
        command
            .arg("-Clinker-flavor=ld")
            .env(link::SYSROOT, sysroot)
            .env(link::FEATURES, args.features.0.to_string());
    }

    fn sysroot(&self) -> Result<PathBuf, Failure> {
        let path = sysroot::path(&self.toolchain)
            .and_then(|path| {
                sysroot::build(&self.toolchain, &path).map(|()| path)
            })
            .map_err(|error| fail(&error.to_string()))?;
        if is_foreign(&path) {
            return Err(Failure::Say(format!(
                "{}: other users made it or can write to it, and programs would be \
                 made of it; remove it, or name a folder of your own by the \
                 variable REX_CACHE",
                path.display()
            )));
        }
        Ok(path)
    }

    pub(crate) fn command(&self) -> Command {
        match &self.tool {
            Tool::Rustc => Command::new(&self.toolchain.rustc),
            Tool::Rustdoc(path) => Command::new(path),
            Tool::Clippy(path) => {
                let mut command = Command::new(path);
                command.arg(&self.toolchain.rustc);
                command
            }
        }
    }

    fn exec(&self, command: &mut Command) -> Result<(), Failure> {
        Err(self.missing(&command.exec()))
    }

    pub(crate) fn missing(&self, error: &std::io::Error) -> Failure {
        let (tool, package) = match &self.tool {
            Tool::Rustc => (&self.toolchain.rustc, "rustc-web"),
            Tool::Rustdoc(path) => (path, "rust-web-doc"),
            Tool::Clippy(path) => (path, "rust-web-clippy"),
        };
        Failure::Say(format!(
            "{}: {error}; on Debian: apt-get install {package}",
            tool.display()
        ))
    }
}

/// Returns whether users other than this one and root could have made a folder, or can
/// change it. The script has checked its parent.
fn is_foreign(folder: &Path) -> bool {
    let found = fs::metadata(folder).ok();
    let user = fs::metadata("/proc/self").ok().map(|own| own.uid());
    !found.is_some_and(|found| {
        (found.uid() == 0 || user == Some(found.uid()))
            && found.mode() & 0o022 == 0
    })
}
