// SPDX-License-Identifier: GPL-2.0
//! The compiler of Rex programs, which `scripts/rust/rustc` builds and runs. For the
//! host it is rustc. For the target of programs it adds code generation flags, a
//! sysroot built with the same flags, and a linker that makes objects for rex.ko. It
//! also enforces the ban on unsafe code.
//!
//!   rustc --rex-sysroot     build the sysroot if it is missing, print its path
//!   rustc --rex-which       print the path of the compiler that is used
//!
//! It is also `rustdoc`, `clippy-driver` and, for rustc, `ld`.

#![forbid(unsafe_code)]

mod args;
mod decode;
mod demangle;
mod elf;
mod expanded;
mod host_tests;
mod hygiene;
mod identity;
mod link;
mod sources;
mod sysroot;
mod tokens;

use std::env;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{
    DirBuilderExt as _, FileTypeExt as _, MetadataExt as _,
};
use std::os::unix::process::{CommandExt as _, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::args::{Args, TARGET};
use crate::expanded::{Found, Refusal};
use crate::identity::Identity;

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

/// The files and versions that the script found.
struct Toolchain {
    rustc: PathBuf,
    /// The library's sources.
    library: PathBuf,
    /// The compiler's output with `-vV`.
    version: String,
    /// This tree.
    tree: PathBuf,
    /// A checksum of the wrapper.
    key: String,
}

impl Toolchain {
    fn line(&self, name: &str) -> &str {
        self.version
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or("")
    }

    fn release(&self) -> &str {
        self.line("release: ")
    }

    fn host(&self) -> &str {
        self.line("host: ")
    }

    /// Returns a command of the compiler for kernel code.
    fn compiler(&self) -> Command {
        let mut command = Command::new(&self.rustc);
        clean_environment(&mut command);
        command
    }
}

/// Removes the variables that the compiler and the linker read, except those that
/// change messages only. Other variables stay, since a program may read them with
/// `env!`.
fn clean_environment(command: &mut Command) {
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

/// The tool to run.
#[derive(Debug, PartialEq, Eq)]
enum Tool {
    Rustc,
    Rustdoc(PathBuf),
    Clippy(PathBuf),
}

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

struct Call {
    toolchain: Toolchain,
    tool: Tool,
}

impl Call {
    fn run(&self, rest: Vec<String>) -> Result<(), Failure> {
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
        }
        self.exec(&mut command)
    }

    fn add_flags(&self, command: &mut Command, args: &Args, sysroot: &Path) {
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
            .env(link::SYSROOT, sysroot);
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

    fn command(&self) -> Command {
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

    fn missing(&self, error: &std::io::Error) -> Failure {
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

    /// Checks the source with all macros expanded, and ends the compilation if there
    /// is unsafe code.
    fn look(&self, args: &Args, sysroot: &Path) -> Result<(), Failure> {
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
        let status = command
            .args(["-Funsafe_code", "-Zallow-features=", "-Zno-codegen"])
            .arg("--emit=metadata")
            .arg("-o")
            .arg(folder.0.join("refused"))
            .stdin(Stdio::null())
            .status()
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
