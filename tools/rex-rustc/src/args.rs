// SPDX-License-Identifier: GPL-2.0
//! The compiler's command line, and the options that are allowed when code for the
//! kernel is made. An option that is not in these lists is an error, since its effect
//! on the code is unknown. rustc's options of later versions are added here when they
//! have been looked at.

use std::fmt;
use std::fs;
use std::path::Path;

/// The target of Rex programs.
pub(crate) const TARGET: &str = "x86_64-unknown-none";

/// The treatment of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It is passed on.
    Pass,
    /// It is passed on, but not when the compiler is only asked for the source.
    Output,
    /// It has no effect:
    ///
    /// - `--cap-lints`, `--force-warn`: cargo caps the lints of dependencies, and a
    ///   lint that is capped, or that can only warn, would let unsafe code through;
    /// - `-Z allow-features`: unstable features are not for programs;
    /// - `-C target-cpu`, `target-feature`: the kernel does not save vector
    ///   registers.
    Drop,
}

use Rule::{Drop, Output, Pass};

/// Options without `-C`, `-Z`, `-L` and `--extern`, which have lists of their own.
const OPTIONS: &[(&str, Rule)] = &[
    ("-A", Pass),
    ("-D", Pass),
    ("-F", Pass),
    ("-O", Pass),
    ("-V", Pass),
    ("-W", Pass),
    ("-g", Pass),
    ("-h", Pass),
    ("-o", Output),
    ("-v", Pass),
    ("--allow", Pass),
    ("--cap-lints", Drop),
    ("--cfg", Pass),
    ("--check-cfg", Pass),
    ("--color", Pass),
    ("--crate-name", Pass),
    ("--crate-type", Pass),
    ("--deny", Pass),
    ("--diagnostic-width", Pass),
    ("--edition", Pass),
    ("--emit", Output),
    ("--error-format", Pass),
    ("--explain", Pass),
    ("--forbid", Pass),
    ("--force-warn", Drop),
    ("--help", Pass),
    ("--json", Pass),
    ("--out-dir", Output),
    ("--print", Output),
    ("--remap-path-prefix", Pass),
    ("--remap-path-scope", Pass),
    ("--target", Pass),
    ("--test", Pass),
    ("--verbose", Pass),
    ("--version", Pass),
    ("--warn", Pass),
];

/// Options that have their value in the next argument.
const WITH_VALUE: &[&str] = &[
    "-A",
    "-C",
    "-D",
    "-F",
    "-L",
    "-W",
    "-Z",
    "-l",
    "-o",
    "--allow",
    "--cap-lints",
    "--cfg",
    "--check-cfg",
    "--codegen",
    "--color",
    "--crate-name",
    "--crate-type",
    "--crate-version",
    "--deny",
    "--diagnostic-width",
    "--edition",
    "--emit",
    "--env-set",
    "--error-format",
    "--explain",
    "--extern",
    "--forbid",
    "--force-warn",
    "--json",
    "--out-dir",
    "--print",
    "--remap-path-prefix",
    "--remap-path-scope",
    "--sysroot",
    "--target",
    "--warn",
];

/// Options of rustdoc that have their value in the next argument.
const RUSTDOC_WITH_VALUE: &[&str] = &[
    "--check-theme",
    "--default-setting",
    "--default-theme",
    "--doctest-build-arg",
    "--extend-css",
    "--extern-html-root-url",
    "--html-after-content",
    "--html-before-content",
    "--html-in-header",
    "--index-page",
    "--input-format",
    "--markdown-after-content",
    "--markdown-before-content",
    "--markdown-css",
    "--markdown-playground-url",
    "--output",
    "--output-format",
    "--passes",
    "--persist-doctests",
    "--playground-url",
    "--plugin-path",
    "--plugins",
    "--resource-suffix",
    "--static-root-path",
    "--test-args",
    "--test-builder",
    "--test-builder-wrapper",
    "--test-run-directory",
    "--test-runtool",
    "--test-runtool-arg",
    "--theme",
];

/// `-C` options. The wrapper's own come after them, and win.
const CODEGEN: &[(&str, Rule)] = &[
    ("code-model", Pass),
    ("codegen-units", Pass),
    ("debug-assertions", Pass),
    ("debuginfo", Pass),
    ("embed-bitcode", Pass),
    ("extra-filename", Output),
    ("force-frame-pointers", Pass),
    ("force-unwind-tables", Pass),
    ("incremental", Output),
    ("inline-threshold", Pass),
    ("link-arg", Pass),
    ("link-args", Pass),
    ("linker", Pass),
    ("linker-flavor", Pass),
    ("linker-plugin-lto", Pass),
    ("lto", Pass),
    ("metadata", Pass),
    ("opt-level", Pass),
    ("overflow-checks", Pass),
    ("panic", Pass),
    ("prefer-dynamic", Pass),
    ("relocation-model", Pass),
    ("rpath", Pass),
    ("split-debuginfo", Pass),
    ("strip", Pass),
    ("symbol-mangling-version", Pass),
    ("target-cpu", Drop),
    ("target-feature", Drop),
];

/// `-Z` options, none of which changes the code.
const UNSTABLE: &[(&str, Rule)] = &[
    ("allow-features", Drop),
    ("macro-backtrace", Pass),
    ("time-passes", Output),
    ("unstable-options", Pass),
];

/// The allowed values of `--emit`. An object is not among them: the linker, which
/// checks symbols and frames, would not see it.
const EMIT: &[&str] =
    &["asm", "dep-info", "link", "llvm-ir", "metadata", "mir"];

/// Crates that come with the compiler. No other crate may have their names.
const LIBRARY: &[&str] = &[
    "core",
    "alloc",
    "std",
    "compiler_builtins",
    "proc_macro",
    "test",
    "self",
    "super",
    "crate",
];

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
    /// A folder with one of the library's crates.
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
            Self::Search(folder, file) => write!(
                f,
                "`-L {folder}`: the crate {file} is found there in place of the \
                 library's. {origin}"
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

/// An accepted command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Args {
    /// The arguments for the compiler.
    pub(crate) all: Vec<String>,
    /// The same without options that name outputs, for a look at the source.
    pub(crate) look: Vec<String>,
    /// The values of `--print`.
    pub(crate) prints: Vec<String>,
    /// The root of the crate, if there is one.
    pub(crate) input: Option<String>,
    pub(crate) target: String,
    pub(crate) is_program: bool,
    pub(crate) is_printing: bool,
    pub(crate) is_test: bool,
    pub(crate) opt_level: String,
    pub(crate) edition: u32,
    pub(crate) crate_name: String,
    pub(crate) crate_types: Vec<String>,
    pub(crate) extra_filename: String,
    pub(crate) out_dir: String,
    pub(crate) cfgs: Vec<String>,
    pub(crate) externs: Vec<String>,
    pub(crate) refused: Option<Refused>,
}

/// An option with its value, and the arguments that it is made of.
struct Item<'a> {
    option: &'a str,
    value: &'a str,
    raw: &'a [String],
}

/// Replaces argument files by their contents, as rustc does.
pub(crate) fn expand(args: Vec<String>) -> Result<Vec<String>, Refused> {
    let mut expanded = Vec::new();
    for arg in args {
        match arg.strip_prefix('@') {
            None => expanded.push(arg),
            Some(file) => {
                let text = fs::read_to_string(file)
                    .map_err(|_| Refused::ArgumentFile(file.to_string()))?;
                if let Some(arg) = text.lines().find(|l| l.starts_with('@')) {
                    return Err(Refused::NestedArguments(arg.to_string()));
                }
                expanded.extend(text.lines().map(str::to_string));
            }
        }
    }
    Ok(expanded)
}

impl Args {
    /// Reads a command line. `is_rustdoc` says that it is rustdoc's, which has options
    /// of its own and makes no code. A refusal is only noted, since the caller knows
    /// the target.
    pub(crate) fn parse(args: &[String], is_rustdoc: bool) -> Self {
        let mut parsed = Self {
            opt_level: "0".to_string(),
            edition: 2015,
            ..Self::default()
        };
        let mut at = 0;
        while at < args.len() {
            let arg = args[at].as_str();
            let next = args.get(at + 1);
            let (option, value, length) = match (split(arg), next) {
                (Some((option, None)), Some(value))
                    if WITH_VALUE.contains(&option)
                        || is_rustdoc
                            && RUSTDOC_WITH_VALUE.contains(&option) =>
                {
                    (option, value.as_str(), 2)
                }
                (Some((option, value)), _) => (option, value.unwrap_or(""), 1),
                (None, _) => {
                    parsed.source(arg);
                    at += 1;
                    continue;
                }
            };
            let item = Item {
                option,
                value,
                raw: &args[at..at + length],
            };
            parsed.note(&item);
            match rule(&item, is_rustdoc) {
                Ok(rule) => parsed.take(rule, item.raw),
                Err(refused) => parsed.refuse(refused),
            }
            at += length;
        }
        parsed.name_crate();
        parsed
    }

    /// Adds a crate name, which the compiler would otherwise take from the source or
    /// the file. The compiler reports an error if the source has another one.
    fn name_crate(&mut self) {
        let Some(input) = self.input.as_deref().filter(|input| *input != "-")
        else {
            return;
        };
        if !self.crate_name.is_empty() {
            return;
        }
        let Some(stem) = Path::new(input).file_stem() else {
            return;
        };
        self.crate_name = stem.to_string_lossy().replace('-', "_");
        let raw = ["--crate-name".to_string(), self.crate_name.clone()];
        self.take(Pass, &raw);
    }

    /// Returns whether the source comes from standard input.
    pub(crate) fn is_probe(&self) -> bool {
        self.input.as_deref() == Some("-")
    }

    /// Returns the options for a look, without those that make the compiler announce
    /// its outputs, since cargo waits for them.
    pub(crate) fn look_quietly(&self) -> Vec<String> {
        let mut is_json = false;
        self.look
            .iter()
            .map(|arg| {
                let quiet = is_json || arg.starts_with("--json=");
                is_json = arg == "--json";
                if !quiet {
                    return arg.clone();
                }
                let (option, kinds) = arg.split_once('=').unwrap_or(("", arg));
                let kinds: Vec<_> =
                    kinds.split(',').filter(|k| *k != "artifacts").collect();
                // `--json` requires a kind. This one is always set.
                let kinds = match kinds.as_slice() {
                    [] => "diagnostic-rendered-ansi".to_string(),
                    kinds => kinds.join(","),
                };
                if option.is_empty() {
                    kinds
                } else {
                    format!("{option}={kinds}")
                }
            })
            .collect()
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused.get_or_insert(refused);
    }

    fn source(&mut self, arg: &str) {
        if arg.starts_with('@') || self.input.is_some() {
            self.refuse(Refused::Sources(arg.to_string()));
        }
        self.input = Some(arg.to_string());
        self.take(Pass, &[arg.to_string()]);
    }

    fn take(&mut self, rule: Rule, raw: &[String]) {
        match rule {
            Drop => {}
            Output => self.all.extend_from_slice(raw),
            Pass => {
                self.all.extend_from_slice(raw);
                self.look.extend_from_slice(raw);
            }
        }
    }

    /// Notes the options that other modules need.
    fn note(&mut self, item: &Item<'_>) {
        let value = item.value.to_string();
        match item.option {
            "--target" => self.target = value,
            "--crate-type" => {
                let types = value.split(',').map(str::to_string);
                self.crate_types.extend(types);
                self.is_program = self.crate_types.iter().any(|t| t == "bin");
            }
            "--print" => {
                self.is_printing = true;
                self.prints.extend_from_slice(item.raw);
            }
            "--test" => self.is_test = true,
            "-O" => self.opt_level = "3".to_string(),
            "--edition" => self.edition = value.parse().unwrap_or(0),
            "--crate-name" => self.crate_name = value.replace('-', "_"),
            "--out-dir" => self.out_dir = value,
            "--cfg" => self.cfgs.push(value),
            "--extern" => self.externs.push(value),
            "-C" | "--codegen" => match key_of(item.value) {
                (key, Some(value)) if key == "opt-level" => {
                    self.opt_level = value.to_string();
                }
                (key, Some(value)) if key == "extra-filename" => {
                    self.extra_filename = value.to_string();
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// Returns an argument as an option, with the value if it is in the same argument.
fn split(arg: &str) -> Option<(&str, Option<&str>)> {
    if arg.starts_with("--") {
        return Some(match arg.split_once('=') {
            Some((option, value)) => (option, Some(value)),
            None => (arg, None),
        });
    }
    if !arg.starts_with('-') || arg == "-" {
        return None;
    }
    let end = 1 + arg[1..].chars().next().map_or(0, char::len_utf8);
    let (option, value) = arg.split_at(end);
    Some((option, (!value.is_empty()).then_some(value)))
}

/// Splits `target_cpu=x` into `target-cpu` and `x`.
fn key_of(value: &str) -> (String, Option<&str>) {
    match value.split_once('=') {
        Some((key, value)) => (key.replace('_', "-"), Some(value)),
        None => (value.replace('_', "-"), None),
    }
}

fn find(list: &[(&str, Rule)], name: &str) -> Option<Rule> {
    let (_, rule) = list.iter().find(|(known, _)| *known == name)?;
    Some(*rule)
}

fn rule(item: &Item<'_>, is_rustdoc: bool) -> Result<Rule, Refused> {
    let Item { option, value, .. } = *item;
    let unknown = |text: String| Err(Refused::Option(text));
    let is_long_of_rustdoc = is_rustdoc && option.starts_with("--");
    let is_flag = !WITH_VALUE.contains(&option) && !is_long_of_rustdoc;
    match option {
        "-l" => Err(Refused::Native(item.raw.join(" "))),
        "-C" | "--codegen" if links_native_code(value) => {
            Err(Refused::Native(format!("-C{value}")))
        }
        "-C" | "--codegen" => match find(CODEGEN, &key_of(value).0) {
            Some(rule) => Ok(rule),
            None => unknown(format!("-C{value}")),
        },
        "-Z" => match find(UNSTABLE, &key_of(value).0) {
            Some(rule) => Ok(rule),
            None => unknown(format!("-Z{value}")),
        },
        "-L" => search(value).map(|()| Pass),
        "--emit"
            if !is_rustdoc
                && !value
                    .split(',')
                    .all(|kind| EMIT.contains(&key_of(kind).0.as_str())) =>
        {
            unknown(item.raw.join(" "))
        }
        "--extern" => external(value).map(|()| Pass),
        // `-gZx`: rustc takes the letters after a flag for options.
        _ if !value.is_empty() && is_flag => unknown(item.raw.join(" ")),
        _ => match find(OPTIONS, option) {
            Some(rule) => Ok(rule),
            // rustdoc has many options, and makes no code.
            None if is_rustdoc && option != "--sysroot" => Ok(Pass),
            None => unknown(item.raw.join(" ")),
        },
    }
}

/// Returns whether the value of `-C` makes the linker take a file. The linker knows
/// the compiler's files by their names, which other files can have.
fn links_native_code(value: &str) -> bool {
    match key_of(value) {
        (key, Some(arg)) if key == "link-arg" => is_linked(arg),
        (key, Some(args)) if key == "link-args" => {
            args.split_whitespace().any(is_linked)
        }
        _ => false,
    }
}

/// Returns whether an argument of the linker names something to be linked.
pub(crate) fn is_linked(arg: &str) -> bool {
    arg.starts_with("-l")
        || arg.starts_with('@')
        || !arg.starts_with('-')
            && [".o", ".a", ".so", ".rlib"]
                .iter()
                .any(|suffix| arg.ends_with(suffix))
}

/// Checks the value of `--extern`, which is `[options:]name[=path]`.
fn external(value: &str) -> Result<(), Refused> {
    let (name, path) = match value.split_once('=') {
        Some((name, path)) => (name, Some(path)),
        None => (value, None),
    };
    let name = name.rsplit(':').next().unwrap_or(name);
    if LIBRARY.contains(&name) {
        return Err(Refused::Library(name.to_string()));
    }
    let path = path.ok_or_else(|| Refused::NoCrate(value.to_string()))?;
    let file = path.rsplit('/').next().unwrap_or(path);
    let is_crate = file.starts_with("lib")
        && [".rlib", ".rmeta", ".so"].iter().any(|e| file.ends_with(e));
    if !is_crate {
        return Err(Refused::NoCrate(value.to_string()));
    }
    for (reserved, end) in [("rex", ".r"), ("rex_macros", ".so")] {
        if name == reserved && !is_crate_file(file, reserved, end) {
            return Err(Refused::NotRex(path.to_string()));
        }
    }
    Ok(())
}

/// Returns whether cargo or the compiler gives the crate's file such a name.
fn is_crate_file(file: &str, name: &str, end: &str) -> bool {
    let Some(rest) = file.strip_prefix("lib") else {
        return false;
    };
    match rest.strip_prefix(name).and_then(|r| r.rsplit_once('.')) {
        Some((hash, kind)) => {
            format!(".{kind}").starts_with(end)
                && (hash.is_empty()
                    || hash.len() == 17
                        && hash.starts_with('-')
                        && hash[1..].bytes().all(|b| b.is_ascii_hexdigit()))
        }
        None => false,
    }
}

/// Checks the value of `-L`, which is `[kind=]folder`. The folder must have none of
/// the library's crates.
fn search(value: &str) -> Result<(), Refused> {
    let folder = match value.split_once('=') {
        Some(("native" | "framework", _)) => return Ok(()),
        Some(("dependency" | "crate" | "all", folder)) => folder,
        _ => value,
    };
    let Ok(entries) = fs::read_dir(Path::new(folder)) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let file = entry.file_name();
        let file = file.to_string_lossy();
        let Some(stem) = file.strip_prefix("lib") else {
            continue;
        };
        let name = stem.split(['-', '.']).next().unwrap_or(stem);
        let is_crate = [".rlib", ".rmeta", ".so"]
            .iter()
            .any(|end| stem.ends_with(end));
        if is_crate && LIBRARY.contains(&name) {
            let file = file.into_owned();
            return Err(Refused::Search(folder.to_string(), file));
        }
    }
    Ok(())
}

/// Returns whether no crate for the kernel may have this name.
pub(crate) fn is_library(name: &str) -> bool {
    LIBRARY.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Args {
        let args: Vec<_> = args.iter().map(ToString::to_string).collect();
        Args::parse(&args, false)
    }

    /// The command line of cargo.
    const USUAL: &[&str] = &[
        "--crate-name",
        "hello",
        "--edition=2024",
        "src/main.rs",
        "--error-format=json",
        "--json=diagnostic-rendered-ansi,artifacts",
        "--crate-type",
        "bin",
        "--emit=dep-info,link",
        "-C",
        "opt-level=3",
        "-C",
        "panic=abort",
        "-C",
        "lto=fat",
        "-C",
        "codegen-units=1",
        "--check-cfg",
        "cfg(docsrs,test)",
        "-C",
        "metadata=1",
        "-C",
        "extra-filename=-0123",
        "--out-dir",
        "/o/x86_64-unknown-none/release/deps",
        "--target",
        "x86_64-unknown-none",
        "-C",
        "strip=none",
        "-L",
        "dependency=/nowhere",
        "--extern",
        "rex=/o/librex-0123456789abcdef.rlib",
    ];

    #[test]
    fn line_of_cargo_is_fine() {
        let args = parse(USUAL);
        assert_eq!(args.refused, None);
        assert_eq!(args.input.as_deref(), Some("src/main.rs"));
        assert_eq!(args.crate_name, "hello");
        assert_eq!((args.edition, args.opt_level.as_str()), (2024, "3"));
        assert!(args.is_program && !args.is_test && !args.is_printing);
        assert_eq!(args.all, USUAL);
        let outputs =
            ["--out-dir", "--emit=dep-info,link", "extra-filename=-0123"];
        assert!(outputs.iter().all(|o| !args.look.iter().any(|a| a == o)));
    }

    #[test]
    fn options_that_weaken_the_ban_are_dropped() {
        for args in [
            &["--cap-lints", "allow"][..],
            &["--cap-lints=allow"],
            &["--force-warn=unsafe_code"],
            &["-Zallow-features=x"],
            &["-Z", "allow_features=x"],
            &["-Ctarget-cpu=haswell"],
            &["-C", "target_feature=+sse"],
            &["--codegen=target-cpu=haswell"],
        ] {
            let parsed = parse(args);
            assert_eq!(parsed.refused, None, "{args:?}");
            assert!(parsed.all.is_empty(), "{args:?}");
        }
    }

    #[test]
    fn native_code_is_not_linked() {
        for args in [
            &["-lc"][..],
            &["-l", "static=c"],
            &["-Clink-arg=/d/a.x.rcgu.o"],
            &["-C", "link_arg=x.a"],
            &["-Clink-args=-z now x.rlib"],
            &["--codegen=link-arg=@x"],
            &["-Clink-arg=-lc"],
        ] {
            let refused = parse(args).refused;
            assert!(matches!(refused, Some(Refused::Native(_))), "{args:?}");
        }
        assert_eq!(parse(&["-Clink-args=-z now --x"]).refused, None);
    }

    #[test]
    fn what_is_made_is_not_announced() {
        let quiet = |args: &[&str]| parse(args).look_quietly();
        assert_eq!(quiet(&["--json=artifacts,a"]), ["--json=a"]);
        let one = "diagnostic-rendered-ansi";
        assert_eq!(quiet(&["--json", "artifacts"]), ["--json", one]);
        assert_eq!(quiet(&["--cfg=artifacts"]), ["--cfg=artifacts"]);
    }

    #[test]
    fn files_of_arguments_name_no_other() {
        let file = std::env::temp_dir()
            .join(format!("rex-rustc-arguments-{}", std::process::id()));
        let named = [format!("@{}", file.display())];
        let expand_it = |text: &str| {
            fs::write(&file, text).expect("files can be written");
            expand(named.to_vec())
        };
        let simple = expand_it("-A\ndead_code\n");
        let nested = expand_it("-A\n@inner\n");
        _ = fs::remove_file(&file);
        assert_eq!(simple, Ok(vec!["-A".into(), "dead_code".into()]));
        assert_eq!(nested, Err(Refused::NestedArguments("@inner".into())));
    }

    #[test]
    fn unknown_options_are_refused() {
        for (args, told) in [
            (&["-Zpolonius=next"][..], "-Zpolonius=next"),
            (&["-Z", "polonius"], "-Zpolonius"),
            (&["-Cllvm-args=x"], "-Cllvm-args=x"),
            (&["-C", "no_redzone=no"], "-Cno_redzone=no"),
            (&["--codegen=passes=x"], "-Cpasses=x"),
            (&["--sysroot", "/x"], "--sysroot /x"),
            (&["--sysroot=/x"], "--sysroot=/x"),
            (&["--env-set", "A=B"], "--env-set A=B"),
            (&["--new-option"], "--new-option"),
            (&["--emit=link,obj"], "--emit=link,obj"),
            (&["--emit", "obj=/x.o"], "--emit obj=/x.o"),
            (&["--emit=llvm-bc"], "--emit=llvm-bc"),
            (&["-X"], "-X"),
            (&["-gZpolonius=next"], "-gZpolonius=next"),
            (&["-vgCllvm-args=x"], "-vgCllvm-args=x"),
            (&["-OZ", "polonius"], "-OZ"),
            (&["--test=x"], "--test=x"),
            (&["--"], "--"),
        ] {
            let refused = Some(Refused::Option(told.to_string()));
            assert_eq!(parse(args).refused, refused, "{args:?}");
        }
    }

    #[test]
    fn options_of_rustdoc_are_its_own() {
        let args = |text: &str| Args::parse(&[text.to_string()], true).refused;
        assert_eq!(args("--document-private-items"), None);
        assert_eq!(args("--crate-version=1"), None);
        // cargo passes it so. It is not a second source.
        let apart = ["x.rs", "--crate-version", "0.1.0"].map(String::from);
        assert_eq!(Args::parse(&apart, true).refused, None);
        let line = ["src/lib.rs", "--test-run-directory", "/x"];
        let parsed = Args::parse(&line.map(str::to_string), true);
        assert_eq!(parsed.refused, None);
        assert_eq!(parsed.input.as_deref(), Some("src/lib.rs"));
        assert!(args("-vZpolonius").is_some());
        assert!(args("-Zpolonius").is_some());
        assert!(args("--sysroot=/x").is_some());
    }

    #[test]
    fn library_has_no_substitute() {
        for name in ["core", "alloc", "std", "compiler_builtins", "proc_macro"]
        {
            for value in [
                format!("{name}=/x/libmine-0123456789abcdef.rlib"),
                format!("noprelude:{name}=/x/libmine.rlib"),
                format!("priv,noprelude:{name}=/x/libmine.rlib"),
                name.to_string(),
            ] {
                let refused = parse(&["--extern", &value]).refused;
                assert_eq!(refused, Some(Refused::Library(name.into())));
            }
        }
    }

    #[test]
    fn crates_are_files_of_crates() {
        for value in ["x", "x=/a/x.o", "x=/a/libx.a", "x=/a/x.rlib"] {
            let refused = parse(&["--extern", value]).refused;
            assert_eq!(refused, Some(Refused::NoCrate(value.into())));
        }
        assert_eq!(parse(&["--extern", "x=/a/libx.rmeta"]).refused, None);
        assert_eq!(parse(&["--extern=x=/a/libx.so"]).refused, None);
    }

    #[test]
    fn the_crate_is_itself() {
        for path in [
            "/a/libevil-0123456789abcdef.rlib",
            "/a/librex_evil-0123456789abcdef.rlib",
            "/a/librex-0123.rlib",
            "/a/librex.so",
        ] {
            let refused = parse(&["--extern", &format!("rex={path}")]).refused;
            assert_eq!(refused, Some(Refused::NotRex(path.into())));
        }
        let macros = "rex_macros=/a/libevil-0123456789abcdef.so";
        assert!(parse(&["--extern", macros]).refused.is_some());
        let macros = "rex_macros=/a/librex_macros-0123456789abcdef.so";
        assert_eq!(parse(&["--extern", macros]).refused, None);
    }

    #[test]
    fn sources_are_one() {
        for args in [&["a.rs", "b.rs"][..], &["a.rs", "@b"]] {
            assert!(matches!(parse(args).refused, Some(Refused::Sources(_))));
        }
        assert_eq!(parse(&["-"]).input.as_deref(), Some("-"));
        assert!(parse(&["-"]).is_probe());
        let asked = parse(&["-", "--print=cfg"]);
        assert!(asked.is_probe() && asked.prints == ["--print=cfg"]);
    }

    #[test]
    fn crates_without_name_have_that_of_the_file() {
        let args = parse(&["a/my-crate.rs"]);
        assert_eq!(args.crate_name, "my_crate");
        let named = ["a/my-crate.rs", "--crate-name", "my_crate"];
        assert_eq!(args.all, named);
        assert_eq!(args.look, named);
    }

    #[test]
    fn value_that_looks_like_an_option_is_a_value() {
        let args = parse(&["--cfg", "--test", "-L", "src/lib.rs"]);
        assert_eq!((args.is_test, args.input), (false, None));
    }
}
