// SPDX-License-Identifier: GPL-2.0
//! The sysroot of Rex programs: `core`, `alloc` and `compiler_builtins`, compiled
//! with the flags of programs, once for each compiler and these flags.

use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::TARGET;
use crate::expanded::{self, Refusal};
use crate::manifest::{self, HASHES};
use crate::say;
use crate::toolchain::Toolchain;

/// Every function gets a pad for the stack check, a frame pointer for backtraces, an
/// entry in .stack_sizes, and the kernel's own thunks for indirect branches.
/// `-Zplt`: calls of memcpy are direct, not through a table of addresses.
/// `-no-x86-call-frame-opt`: arguments on the stack are stored into the frame, whose
/// size is known, not pushed.
/// `-unroll-partial-threshold`: LLVM repeats the body of a loop up to this size, as it
/// does when it tunes for processors of AMD. Without a processor's name it is 28, and the
/// end of a small loop is a third of its instructions.
pub(crate) const CODEGEN_FLAGS: &[&str] = &[
    "-Cpanic=abort",
    "-Crelocation-model=static",
    "-Ccode-model=kernel",
    "-Cforce-frame-pointers=yes",
    "-Cforce-unwind-tables=no",
    "-Cllvm-args=-no-x86-call-frame-opt",
    "-Cllvm-args=-unroll-partial-threshold=100",
    "-Zunstable-options",
    "-Csymbol-mangling-version=legacy",
    "-Zplt=yes",
    "-Zpatchable-function-entry=16,0",
    "-Zcf-protection=branch",
    "-Zfunction-return=thunk-extern",
    "-Zretpoline-external-thunk=yes",
    "-Zemit-stack-sizes=yes",
];

/// The options for the source in the form that is checked.
pub(crate) const LOOK: &[&str] =
    &["-Zunpretty=expanded,hygiene", "-Zverbose-internals"];

/// A change of a file of `core`, which replaces `from` by `to` in a number of lines:
/// the whole line, or a part of it.
struct Change {
    file: &'static str,
    lines: usize,
    from: &'static str,
    to: &'static str,
}

/// - `naked_asm` becomes unstable, and with that not to be had for programs.
///   Assembly in naked functions is the one kind of unsafe code that rustc's lint
///   does not see in a program's own source;
/// - sorting has buffers on the stack that fit into a frame of a program.
const CHANGES: &[Change] = &[
    Change {
        file: "arch.rs",
        lines: 1,
        from: "#[stable(feature = \"naked_functions\", since = \"1.88.0\")]",
        to: "#[unstable(feature = \"rex_naked\", issue = \"none\")]",
    },
    Change {
        file: "slice/sort/stable/mod.rs",
        lines: 2,
        from: "AlignedStorage::<T, 4096>::new",
        to: "AlignedStorage::<T, 2048>::new",
    },
    Change {
        file: "slice/sort/shared/smallsort.rs",
        lines: 1,
        from: "const MAX_STACK_ARRAY_SIZE: usize = 4096;",
        to: "const MAX_STACK_ARRAY_SIZE: usize = 2048;",
    },
];

/// The reason why there is no sysroot.
#[derive(Debug)]
pub(crate) enum Error {
    Io(PathBuf, io::Error),
    Cache(String),
    Library(PathBuf),
    Compiler(&'static str),
    Look(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => {
                write!(f, "{}: {error}", path.display())
            }
            Self::Cache(value) => {
                write!(f, "REX_CACHE is not an absolute path: {value}")
            }
            Self::Library(file) => {
                write!(f, "{} is not as expected", file.display())
            }
            Self::Compiler(name) => {
                write!(f, "the crate {name} of the library does not compile")
            }
            Self::Look(what) => write!(
                f,
                "this compiler does not show {what} in the way that is expected"
            ),
        }
    }
}

trait At<T> {
    fn at(self, path: &Path) -> Result<T, Error>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, Error> {
        self.map_err(|error| Error::Io(path.to_path_buf(), error))
    }
}

/// Returns the path of the sysroot, which includes a hash of everything that its
/// contents depend on.
pub(crate) fn path(toolchain: &Toolchain) -> Result<PathBuf, Error> {
    let mut key = toolchain.version.clone();
    for flag in CODEGEN_FLAGS {
        key.push('\n');
        key.push_str(flag);
    }
    // These files decide how the sysroot is built and checked.
    for source in [
        include_str!("sysroot.rs"),
        include_str!("expanded.rs"),
        include_str!("forbidden.rs"),
        include_str!("manifest.rs"),
        include_str!("shapes.rs"),
    ] {
        key.push_str(source);
    }
    let cache = cache()?;
    let name = format!("sysroot-{}-{:016x}", toolchain.release(), hash(&key));
    Ok(cache.join(name))
}

/// FNV-1a is enough to distinguish versions, which need no protection against
/// forgery.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn cache() -> Result<PathBuf, Error> {
    let value = |name| env::var(name).ok().filter(|v| !v.is_empty());
    let path = match (value("REX_CACHE"), value("XDG_CACHE_HOME")) {
        (Some(cache), _) => cache,
        (None, Some(cache)) => format!("{cache}/rex"),
        (None, None) => {
            format!("{}/.cache/rex", value("HOME").unwrap_or_default())
        }
    };
    if path.starts_with('/') {
        Ok(path.into())
    } else {
        Err(Error::Cache(path))
    }
}

/// A temporary folder, removed at the end unless it has been moved.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// Builds the sysroot if it is missing. If two processes do so at the same time, one
/// waits for the other.
pub(crate) fn build(
    toolchain: &Toolchain,
    sysroot: &Path,
) -> Result<(), Error> {
    if sysroot.is_dir() {
        return Ok(());
    }
    let cache = sysroot.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(cache).at(cache)?;
    let lock_path = cache.join(".sysroot.lock");
    let lock = fs::File::create(&lock_path).at(&lock_path)?;
    if lock.try_lock().is_err() {
        say("waiting for another build of the sysroot");
        lock.lock().at(&lock_path)?;
    }
    if sysroot.is_dir() {
        return Ok(());
    }
    say(&format!(
        "building core, compiler_builtins and alloc of rustc {} (once for this \
         compiler and these flags; half a minute)",
        toolchain.release()
    ));
    let scratch =
        Scratch(sysroot.with_extension(format!("tmp-{}", std::process::id())));
    let to = &scratch.0;
    _ = fs::remove_dir_all(to);
    Build { toolchain, to }.all()?;
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(to, mode).at(to)?;
    fs::rename(to, sysroot).at(sysroot)?;
    say(&format!("sysroot is in {}", sysroot.display()));
    Ok(())
}

struct Build<'a> {
    toolchain: &'a Toolchain,
    to: &'a Path,
}

impl Build<'_> {
    fn all(&self) -> Result<(), Error> {
        let library = self.to.join("library");
        let folder = self.folder();
        fs::create_dir_all(&folder).at(&folder)?;
        self.prepare(&library)?;

        let rlib = |name: &str| {
            format!("{name}={}/lib{name}-rex.rlib", folder.display())
        };
        let (core, builtins) = (rlib("core"), rlib("compiler_builtins"));
        self.compile("core", "core/src/lib.rs", &[])?;
        // Without its feature "mem": memcpy and its like are the kernel's.
        self.compile(
            "compiler_builtins",
            "compiler-builtins/compiler-builtins/src/lib.rs",
            &[
                "-Zcrate-attr=feature(rex_naked)",
                "-Ccodegen-units=10000",
                "--extern",
                &core,
                "--cfg=feature=\"compiler-builtins\"",
                "--cfg=feature=\"unstable-intrinsics\"",
                "--cfg=feature=\"mem-unaligned\"",
                "--cfg=intrinsics_enabled",
                "--cfg=optimizations_enabled",
            ],
        )?;
        let externs = ["--extern", &core, "--extern", &builtins];
        self.compile("alloc", "alloc/src/lib.rs", &externs)?;
        fs::remove_dir_all(&library).at(&library)?;
        self.check_look()?;
        let file = self.to.join(HASHES);
        let hashes =
            manifest::hashes(&self.toolchain.rustc, &self.toolchain.library);
        fs::write(&file, hashes).at(&file)
    }

    fn folder(&self) -> PathBuf {
        self.to.join(format!("lib/rustlib/{TARGET}/lib"))
    }

    /// Lays out the library's sources, with the changes to core.
    fn prepare(&self, to: &Path) -> Result<(), Error> {
        fs::create_dir_all(to).at(to)?;
        let from = &self.toolchain.library;
        copy(&from.join("core"), &to.join("core"))?;
        for entry in fs::read_dir(from).at(from)? {
            let name = entry.at(from)?.file_name();
            if name != "core" {
                let link = to.join(&name);
                symlink(from.join(&name), &link).at(&link)?;
            }
        }
        for change in CHANGES {
            let file = to.join("core/src").join(change.file);
            let text = fs::read_to_string(&file).at(&file)?;
            let changed = text.matches(change.from).count();
            if changed != change.lines {
                let file =
                    self.toolchain.library.join("core/src").join(change.file);
                return Err(Error::Library(file));
            }
            fs::write(&file, text.replace(change.from, change.to)).at(&file)?;
        }
        Ok(())
    }

    fn compile(
        &self,
        name: &'static str,
        source: &str,
        more: &[&str],
    ) -> Result<(), Error> {
        say(&format!("  compiling {name}"));
        let folder = self.folder();
        let library = self.to.join("library");
        let map = |from: &Path| {
            format!("--remap-path-prefix={}=library", from.display())
        };
        // The working directory would be found again in the libraries.
        let status = self
            .toolchain
            .compiler()
            .current_dir("/")
            .args(["--target", TARGET, "--sysroot", "/nonexistent"])
            .args(CODEGEN_FLAGS)
            .args(["--edition=2024", "--crate-type=rlib"])
            .arg(format!("--crate-name={name}"))
            .args(["-Cmetadata=rex", "-Cextra-filename=-rex"])
            .args(["-Copt-level=3", "-Cdebuginfo=0", "-Cembed-bitcode=yes"])
            .args(["-Zforce-unstable-if-unmarked", "--cap-lints=allow"])
            .args([map(&library), map(&self.toolchain.library)])
            .arg("-L")
            .arg(&folder)
            .arg("--out-dir")
            .arg(&folder)
            .args(more)
            .arg(library.join(source))
            .status()
            .at(&self.toolchain.rustc)?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::Compiler(name))
        }
    }

    /// Does the check of the source see what it should, with this compiler?
    fn check_look(&self) -> Result<(), Error> {
        let source = self.to.join("look.rs");
        let hidden = "pub fn f() -> impl PartialEq<[u8; { pub trait T { \
            #[unsafe(no_mangle)] fn f() {} } 1 }]> { [0u8] }";
        for (what, body, is_fine) in [
            ("safe code", "pub fn f() {}", true),
            (
                "derives",
                "#[derive(Clone, Copy)] pub struct S<T>(T);",
                true,
            ),
            (
                "macros of the library",
                "pub fn f() { core::pin::pin!(1u8); }",
                true,
            ),
            ("unsafe code", "pub fn f() { unsafe {} }", false),
            ("assembly", "core::arch::global_asm!(\"\");", false),
            ("attributes", hidden, false),
            (
                "forged names",
                "pub struct X; unsafe impl ::core::clone::TrivialClone for X {}",
                false,
            ),
        ] {
            let text = format!("#![no_std]\n{body}\n");
            fs::write(&source, text).at(&source)?;
            let output = self
                .toolchain
                .compiler()
                .args(["--target", TARGET, "--edition=2024"])
                .args(["--crate-type=rlib", "--sysroot"])
                .arg(self.to)
                .arg(&source)
                .args(CODEGEN_FLAGS)
                .args(LOOK)
                .output()
                .at(&self.toolchain.rustc)?;
            let text = String::from_utf8_lossy(&output.stdout);
            let as_expected = match expanded::check(&text, 2024) {
                Ok(()) => is_fine,
                Err(Refusal::Found(_)) => !is_fine,
                Err(_) => false,
            };
            if !as_expected {
                return Err(Error::Look(what));
            }
        }
        fs::remove_file(&source).at(&source)
    }
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let status = Command::new("cp")
        .arg("-r")
        .arg(from)
        .arg(to)
        .status()
        .at(from)?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Library(from.to_path_buf()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_differ() {
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_ne!(hash("ab"), hash("ba"));
    }

    #[test]
    fn arguments_are_not_pushed() {
        let option = "-Cllvm-args=-no-x86-call-frame-opt";
        assert!(CODEGEN_FLAGS.contains(&option));
    }
}
