// SPDX-License-Identifier: GPL-2.0
//! The options that are allowed on the compiler's command line when code for the kernel
//! is made. An option that is not in these lists is an error, since its effect on the
//! code is unknown. rustc's options of later versions are added here when they have been
//! looked at.

use std::fs;
use std::path::Path;

use crate::refused::Refused;

/// The treatment of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// It is passed on.
    Pass,
    /// It is passed on, but not when the compiler is only asked for the source.
    Output,
    /// It is not passed on:
    ///
    /// - `--cap-lints`, `--force-warn`: cargo caps the lints of dependencies, and a
    ///   lint that is capped, or that can only warn, would let unsafe code through;
    /// - `-Z allow-features`: unstable features are not for programs;
    /// - `-C target-cpu`, `target-feature`: the kernel does not save vector
    ///   registers. The features that need none are taken from the latter, and the
    ///   compiler gets an option with these alone (`features.rs`). A name of a CPU stands
    ///   for many features, so it stands for none here.
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

/// An option with its value, and the arguments that it is made of.
pub(crate) struct Item<'a> {
    pub(crate) option: &'a str,
    pub(crate) value: &'a str,
    pub(crate) raw: &'a [String],
}

/// Returns whether the value of an option is in the next argument, if not in its own.
pub(crate) fn takes_next(option: &str, is_rustdoc: bool) -> bool {
    WITH_VALUE.contains(&option)
        || is_rustdoc && RUSTDOC_WITH_VALUE.contains(&option)
}

/// Splits `target_cpu=x` into `target-cpu` and `x`.
pub(crate) fn key_of(value: &str) -> (String, Option<&str>) {
    match value.split_once('=') {
        Some((key, value)) => (key.replace('_', "-"), Some(value)),
        None => (value.replace('_', "-"), None),
    }
}

fn find(list: &[(&str, Rule)], name: &str) -> Option<Rule> {
    let (_, rule) = list.iter().find(|(known, _)| *known == name)?;
    Some(*rule)
}

/// Finds the rule of an option in the lists above.
pub(crate) fn rule(item: &Item<'_>, is_rustdoc: bool) -> Result<Rule, Refused> {
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

/// Checks the value of `-L`, which is `[kind=]folder`. In a folder for dependencies, rustc looks
/// for the crates that another crate was compiled with, by their hashes; there must be none of
/// the library's names. From any other folder, a program could name a crate that was not
/// compiled by this wrapper, so that there must be none at all.
fn search(value: &str) -> Result<(), Refused> {
    let (folder, is_of_cargo) = match value.split_once('=') {
        Some(("native" | "framework", _)) => return Ok(()),
        Some(("dependency", folder)) => (folder, true),
        Some(("crate" | "all", folder)) => (folder, false),
        _ => (value, false),
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
        if is_crate && (!is_of_cargo || LIBRARY.contains(&name)) {
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
    use crate::args::Args;

    fn parse(args: &[&str]) -> Args {
        let args: Vec<_> = args.iter().map(ToString::to_string).collect();
        Args::parse(&args, false)
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
    fn features_of_integer_registers_are_passed_on() {
        for args in [
            &["-Ctarget-feature=+popcnt,+avx2,+bmi1"][..],
            &["-C", "target_feature=+bmi1", "-Ctarget-feature=+popcnt"],
            &[
                "--codegen=target-feature=+bmi1,+bmi2",
                "-Ctarget-feature=-bmi2,+popcnt",
            ],
        ] {
            let parsed = parse(args);
            assert_eq!(parsed.refused, None, "{args:?}");
            let option = ["-Ctarget-feature=+popcnt,+bmi1"];
            assert_eq!(parsed.all, option, "{args:?}");
            assert_eq!(parsed.look, option, "{args:?}");
        }
        let parsed = parse(&["-Ctarget-cpu=x86-64-v3"]);
        assert!(parsed.all.is_empty() && parsed.features.0 == 0);
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
}
