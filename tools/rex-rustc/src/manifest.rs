// SPDX-License-Identifier: GPL-2.0
//! The manifest of an object: the crates that it was built from, each with a hash of its
//! sources, the compiler, and the flags. The compiler's wrapper leaves a note beside
//! each crate that it compiles; the linker reads the notes of a program and of all that
//! it depends on, and writes the manifest into the object. `uapi/linux/rex.h` has the
//! format.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::args::Args;
use crate::options::key_of;
use crate::sources;
use crate::sysroot::CODEGEN_FLAGS;
use crate::toolchain::Toolchain;

/// The value of a hash whose files cannot be read.
const UNKNOWN: &str = "unknown";

/// The file of the sysroot with the lines of `hashes()`.
pub(crate) const HASHES: &str = "hashes";

/// The note's type, `REX_NOTE_MANIFEST` of `uapi/linux/rex.h`.
const NOTE_MANIFEST: u32 = 2;

/// What is noted of a crate when it is compiled. The sources are in the compiler's
/// list of dependencies, which is there when the crate is.
#[derive(Debug, Default, PartialEq, Eq)]
struct Crate {
    name: String,
    /// The file's name without cargo's suffix, of a program.
    program: String,
    version: String,
    features: Vec<String>,
    /// The folder in which the compiler ran.
    folder: PathBuf,
    /// Folders that names of sources are relative to.
    roots: Vec<PathBuf>,
    /// Paths without suffixes of the crates that it uses.
    externs: Vec<PathBuf>,
    flags: String,
    compiler: String,
    /// The path of cargo, whose version is a part of the names of symbols.
    cargo: String,
    wrapper: String,
}

/// Returns the path of a crate's file, but for `suffix`.
fn beside(stem: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}.{suffix}", stem.display()))
}

/// Leaves a note beside a crate that cargo has compiled. Without it, there is no
/// manifest; so a folder that cannot be written is the compiler's to report.
pub(crate) fn leave_note(args: &Args, toolchain: &Toolchain) {
    if args.out_dir.is_empty() || args.is_printing || args.is_test {
        return;
    }
    let stem = Path::new(&args.out_dir)
        .join(format!("{}{}", args.crate_name, args.extra_filename));
    let noted = Crate::of(args, toolchain);
    _ = fs::write(beside(&stem, "rex-crate"), noted.to_text());
}

impl Crate {
    fn of(args: &Args, toolchain: &Toolchain) -> Self {
        let value = |name| env::var(name).unwrap_or_default();
        let is_set = |name: &&&str| env::var_os(name).is_some();
        let feature = |cfg: &String| {
            Some(
                cfg.strip_prefix("feature=\"")?
                    .strip_suffix('"')?
                    .to_string(),
            )
        };
        let mut features: Vec<_> =
            args.cfgs.iter().filter_map(feature).collect();
        features.sort();
        let name = value("CARGO_PKG_NAME");
        Self {
            name: if name.is_empty() {
                args.crate_name.clone()
            } else {
                name
            },
            program: value("CARGO_BIN_NAME"),
            version: value("CARGO_PKG_VERSION"),
            features,
            folder: env::current_dir().unwrap_or_default(),
            roots: ["CARGO_MANIFEST_DIR", "OUT_DIR"]
                .iter()
                .filter(is_set)
                .map(|name| value(name).into())
                .collect(),
            externs: args.externs.iter().filter_map(|e| stem_of(e)).collect(),
            flags: flags(args),
            compiler: toolchain.version.lines().next().unwrap_or("").into(),
            cargo: value("CARGO"),
            wrapper: toolchain.key.clone(),
        }
    }

    /// The note has a line for each value, so none may have a line's end in it.
    fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: &str| {
            if !value.contains('\n') {
                _ = writeln!(text, "{key} {value}");
            }
        };
        line("name", &self.name);
        line("program", &self.program);
        line("version", &self.version);
        line("folder", &self.folder.display().to_string());
        line("flags", &self.flags);
        line("compiler", &self.compiler);
        line("cargo", &self.cargo);
        line("wrapper", &self.wrapper);
        for feature in &self.features {
            line("feature", feature);
        }
        for root in &self.roots {
            line("root", &root.display().to_string());
        }
        for path in &self.externs {
            line("extern", &path.display().to_string());
        }
        text
    }

    fn parse(text: &str) -> Self {
        let mut parsed = Self::default();
        for line in text.lines() {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            match key {
                "name" => parsed.name = value.into(),
                "program" => parsed.program = value.into(),
                "version" => parsed.version = value.into(),
                "folder" => parsed.folder = value.into(),
                "flags" => parsed.flags = value.into(),
                "compiler" => parsed.compiler = value.into(),
                "cargo" => parsed.cargo = value.into(),
                "wrapper" => parsed.wrapper = value.into(),
                "feature" => parsed.features.push(value.into()),
                "root" => parsed.roots.push(value.into()),
                "extern" => parsed.externs.push(value.into()),
                _ => {}
            }
        }
        parsed
    }

    /// Returns a line of the manifest.
    fn describe(&self, stem: &Path) -> String {
        let mut text = format!(
            "crate {} {} sha256:{}",
            self.name,
            if self.version.is_empty() {
                "-"
            } else {
                &self.version
            },
            self.hash(stem).unwrap_or_else(|| UNKNOWN.to_string())
        );
        if !self.features.is_empty() {
            _ = write!(text, " features={}", self.features.join(","));
        }
        text
    }

    /// Returns the hash of the crate's sources: of lines as sha256sum prints them, sorted
    /// by the files' names in the package.
    fn hash(&self, stem: &Path) -> Option<String> {
        let list = fs::read_to_string(beside(stem, "d")).ok()?;
        let mut files: Vec<_> = sources::files(&list)
            .into_iter()
            .map(|file| self.folder.join(file))
            .map(|path| (self.name_of(&path), path))
            .collect();
        files.sort();
        files.dedup();
        hash_files(&files).ok()
    }

    /// Returns the name of a source in its package, so that it is the same wherever the
    /// package is.
    fn name_of(&self, path: &Path) -> String {
        let inner = |root: &PathBuf| path.strip_prefix(root).ok();
        let name = self
            .roots
            .iter()
            .find_map(inner)
            .or_else(|| path.file_name().map(Path::new));
        name.unwrap_or(path).display().to_string()
    }
}

/// Returns the path without prefix and suffix of the file in a value of `--extern`.
fn stem_of(value: &str) -> Option<PathBuf> {
    let path = Path::new(value.split_once('=')?.1);
    let stem = path.file_stem()?.to_str()?.strip_prefix("lib")?;
    let folder = fs::canonicalize(path.parent()?).ok()?;
    Some(folder.join(stem))
}

/// Returns the options that change code: those of this command, and the wrapper's.
fn flags(args: &Args) -> String {
    const PLACES: &[&str] =
        &["metadata", "extra-filename", "incremental", "linker"];
    let mut flags: Vec<String> = Vec::new();
    let mut all = args.all.iter();
    while let Some(arg) = all.next() {
        let option = match arg.as_str() {
            "-C" | "-Z" | "--codegen" => match all.next() {
                Some(value) => format!("{arg}{value}"),
                None => continue,
            },
            arg if arg.starts_with("-C") || arg.starts_with("-Z") => arg.into(),
            _ => continue,
        };
        let (key, _) = key_of(option.get(2..).unwrap_or(""));
        if !PLACES.contains(&key.as_str()) {
            flags.push(option);
        }
    }
    flags.extend(CODEGEN_FLAGS.iter().map(ToString::to_string));
    flags.join(" ")
}

/// Returns the manifest of the program in the file `output`, if there is a note of it.
pub(crate) fn manifest(output: &Path, sysroot: &Path) -> Option<String> {
    let program = read_note(output)?;
    let mut crates = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut pending = program.externs.clone();
    while let Some(stem) = pending.pop() {
        if !seen.insert(stem.clone()) {
            continue;
        }
        match read_note(&stem) {
            Some(noted) => {
                crates.insert(noted.describe(&stem));
                pending.extend(noted.externs);
            }
            None => {
                let name = stem.file_name()?.to_string_lossy().into_owned();
                crates.insert(format!("crate {name} - sha256:{UNKNOWN}"));
            }
        }
    }
    let mut text = String::new();
    _ = writeln!(text, "program {}", program.program);
    _ = writeln!(text, "compiler {}", program.compiler);
    text += &fs::read_to_string(sysroot.join(HASHES)).unwrap_or_default();
    _ = writeln!(text, "wrapper {}", program.wrapper);
    _ = writeln!(text, "cargo {}", version(&program.cargo));
    _ = writeln!(text, "linker {}", version("ld"));
    _ = writeln!(text, "flags {}", program.flags);
    _ = writeln!(text, "{}", program.describe(output));
    for line in crates {
        _ = writeln!(text, "{line}");
    }
    Some(text)
}

fn read_note(stem: &Path) -> Option<Crate> {
    let text = fs::read_to_string(beside(stem, "rex-crate")).ok()?;
    Some(Crate::parse(&text))
}

/// Returns the first line of what a tool prints as its version.
fn version(tool: &str) -> String {
    let output = Command::new(tool).arg("--version").output();
    let text = output.map(|o| o.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().next().unwrap_or(UNKNOWN).to_string()
}

/// Returns the lines with the hashes of the compiler and of the library's sources. The
/// sysroot has them in the file `HASHES`, since it is made of both and they are large.
pub(crate) fn hashes(rustc: &Path, library: &Path) -> String {
    let hash = |files: &[(String, PathBuf)]| {
        hash_files(files).unwrap_or_else(|_| UNKNOWN.to_string())
    };
    format!(
        "compiler-sha256 {}\nlibrary-sha256 {}\n",
        hash(&compiler_files(rustc)),
        hash(&library_files(library))
    )
}

/// Returns the compiler, and the libraries that make it up.
fn compiler_files(rustc: &Path) -> Vec<(String, PathBuf)> {
    let output = Command::new("ldd").arg(rustc).output();
    let text = output.map(|o| o.stdout).unwrap_or_default();
    let mut files = vec![("rustc".to_string(), rustc.to_path_buf())];
    for line in String::from_utf8_lossy(&text).lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some("=>"), Some(path)) =
            (words.next(), words.next(), words.next())
        else {
            continue;
        };
        if name.contains("rustc") || name.contains("LLVM") {
            files.push((name.to_string(), path.into()));
        }
    }
    files
}

/// Returns the sources of the crates that are built as parts of programs.
fn library_files(library: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for name in ["core", "alloc", "compiler-builtins"] {
        add_files(&library.join(name), library, &mut files);
    }
    files.sort();
    files
}

fn add_files(folder: &Path, root: &Path, files: &mut Vec<(String, PathBuf)>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            add_files(&path, root, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).unwrap_or(&path);
            files.push((name.display().to_string(), path.clone()));
        }
    }
}

/// Returns the hash of lines with the hash and the name of each file.
fn hash_files(files: &[(String, PathBuf)]) -> io::Result<String> {
    let output = Command::new("sha256sum")
        .arg("--")
        .args(files.iter().map(|(_, path)| path))
        .output()?;
    if files.is_empty() || !output.status.success() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut text = String::new();
    let sums = String::from_utf8_lossy(&output.stdout).into_owned();
    for ((name, _), sum) in files.iter().zip(sums.lines()) {
        // A backslash comes first if the path has unusual characters.
        let sum = sum.trim_start_matches('\\').get(..64).unwrap_or("");
        _ = writeln!(text, "{sum}  {name}");
    }
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    let sum = child.wait_with_output()?.stdout;
    let sum = String::from_utf8_lossy(&sum).into_owned();
    sum.get(..64)
        .map(str::to_string)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Returns a section for the linker's script, with the manifest as an ELF note.
pub(crate) fn section(manifest: &str) -> String {
    let mut note = Vec::new();
    let size = u32::try_from(manifest.len()).unwrap_or(0);
    for number in [4, size, NOTE_MANIFEST] {
        note.extend_from_slice(&number.to_le_bytes());
    }
    note.extend_from_slice(b"Rex\0");
    note.extend_from_slice(manifest.as_bytes());
    note.resize(note.len().next_multiple_of(8), 0);
    let mut text = ".note.rex.manifest 0 (INFO) : {\n".to_string();
    for bytes in note.chunks_exact(8) {
        let number = bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
        _ = writeln!(text, "QUAD({number:#x})");
    }
    text + "}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_is_read_as_it_was_written() {
        let noted = Crate {
            name: "a b".into(),
            program: "a".into(),
            version: "1.2.3".into(),
            features: vec!["x".into(), "y".into()],
            folder: "/a b/c".into(),
            roots: vec!["/a b".into(), "/o".into()],
            externs: vec!["/d/e-1".into()],
            flags: "-Ca=b -Zc".into(),
            compiler: "rustc 1.0 (x)".into(),
            cargo: "/usr/bin/cargo".into(),
            wrapper: "0123".into(),
        };
        assert_eq!(Crate::parse(&noted.to_text()), noted);
    }

    #[test]
    fn sources_are_named_by_their_package() {
        let noted = Crate {
            roots: vec!["/home/me/hello".into(), "/tmp/out".into()],
            ..Crate::default()
        };
        let name = |path| noted.name_of(Path::new(path));
        assert_eq!(name("/home/me/hello/src/main.rs"), "src/main.rs");
        assert_eq!(name("/tmp/out/made.rs"), "made.rs");
        assert_eq!(name("/usr/share/names.rs"), "names.rs");
    }

    #[test]
    fn places_are_no_flags() {
        let args: Vec<_> = [
            "-C",
            "opt-level=3",
            "-Cmetadata=1",
            "-C",
            "extra-filename=-1",
            "-Zplt",
            "--cfg",
            "x",
        ]
        .iter()
        .map(ToString::to_string)
        .collect();
        let text = flags(&Args::parse(&args, false));
        assert!(text.starts_with("-Copt-level=3 "), "{text}");
        assert!(!text.contains("metadata") && !text.contains("filename"));
    }

    #[test]
    fn section_has_a_note() {
        let text = section("compiler x\n");
        assert!(text.contains("QUAD(0xb00000004)"), "{text}");
        assert!(text.contains("QUAD(0x78655200000002)"), "{text}");
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn hash_is_of_names_and_contents() {
        let folder = env::temp_dir()
            .join(format!("rex-manifest-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder can be made");
        let file = folder.join("a");
        fs::write(&file, "text").expect("files can be written");
        let of = |name: &str| hash_files(&[(name.into(), file.clone())]);
        let (one, other) = (of("a").expect("it can be read"), of("b"));
        fs::write(&file, "other").expect("files can be written");
        let changed = of("a");
        _ = fs::remove_dir_all(&folder);
        assert_eq!(one.len(), 64);
        assert_ne!(Some(&one), other.ok().as_ref());
        assert_ne!(Some(&one), changed.ok().as_ref());
        assert!(hash_files(&[]).is_err());
        assert!(hash_files(&[("x".into(), "/nonexistent".into())]).is_err());
    }
}
