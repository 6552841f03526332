// SPDX-License-Identifier: GPL-2.0
//! The compiler's command line, taken apart: what its options say of the crate, and
//! which of them the compiler gets. `options.rs` says which may stand on it.

use std::fs;
use std::path::Path;

use crate::features::Features;
use crate::options::Rule::{self, Drop, Output, Pass};
use crate::options::{Item, key_of, rule, takes_next};
use crate::refused::Refused;

/// The target of Rex programs.
pub(crate) const TARGET: &str = "x86_64-unknown-none";

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
    /// What the code may need beyond plain x86-64.
    pub(crate) features: Features,
    pub(crate) refused: Option<Refused>,
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
                    if takes_next(option, is_rustdoc) =>
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
        if let Some(option) = parsed.features.option() {
            parsed.take(Pass, &[option]);
        }
        parsed.refuse_foreign_crates();
        parsed.name_crate();
        parsed
    }

    /// cargo puts all crates that it compiles for a target into one folder, `deps`. A crate
    /// of another place was compiled by somebody else, as may be told by `rustflags`. A
    /// procedural macro is no part of the program.
    fn refuse_foreign_crates(&mut self) {
        let out_dir = Path::new(&self.out_dir);
        if !out_dir.ends_with("deps") {
            return;
        }
        let foreign = self.externs.iter().find(|value| {
            let path = value.split_once('=').map(|(_, path)| Path::new(path));
            path.is_some_and(|path| {
                path.extension().is_none_or(|end| end != "so")
                    && path.parent() != Some(out_dir)
            })
        });
        if let Some(foreign) = foreign.cloned() {
            self.refuse(Refused::Foreign(foreign));
        }
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
                (key, Some(value)) if key == "target-feature" => {
                    self.features.apply(value);
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
        "rex=/o/x86_64-unknown-none/release/deps/librex-0123456789abcdef.rlib",
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
    fn crates_come_from_the_folder_of_the_build() {
        let with = |path: &str| {
            let value = format!("mine={path}");
            let args: Vec<_> =
                USUAL.iter().copied().chain(["--extern", &value]).collect();
            parse(&args).refused
        };
        let deps = "/o/x86_64-unknown-none/release/deps";
        assert_eq!(with(&format!("{deps}/libmine-0.rmeta")), None);
        assert_eq!(with("/o/release/deps/libmine-0.so"), None);
        for path in
            ["/x/libmine.rlib", "libmine.rlib", "/x/deps/libmine-0.rmeta"]
        {
            assert!(matches!(with(path), Some(Refused::Foreign(_))), "{path}");
        }
    }

    #[test]
    fn artifacts_are_not_announced() {
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
