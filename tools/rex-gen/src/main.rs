// SPDX-License-Identifier: GPL-2.0
//! Writes the files that are generated from the lists `kmod/*.def`, and the manifests of the
//! programs of tests. They are committed, so builds do not need this program; `make gen`
//! runs it when a list has changed, and `make style` reports stale files.
//!
//!   rex-gen write TOP RUSTFMT CLANG_FORMAT     write the stale files
//!   rex-gen check TOP RUSTFMT CLANG_FORMAT     name the stale files, and fail
//!   rex-gen names TOP [TYPE]                   print the helpers' symbols: all, or those
//!                                              whose types in the list are TYPE

#![forbid(unsafe_code)]

mod attributes;
mod ctype;
mod def;
mod fields;
mod helpers;
mod manifests;
mod maps;
mod progtypes;
mod text;

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::helpers::Helper;

/// The formatter of a generated file.
enum Format {
    Rust,
    C,
    Plain,
}

/// The generated text.
enum Content {
    /// A whole file.
    File(String),
    /// The part of a file between the two lines that name a list: see
    /// `text::replace_part`.
    Part(&'static str, String),
}

struct Output {
    path: String,
    format: Format,
    content: Content,
}

fn file(path: &str, format: Format, content: String) -> Output {
    let content = Content::File(content);
    Output {
        path: path.to_string(),
        format,
        content,
    }
}

/// Reads a list of the tree at `top`.
fn read(top: &Path, path: &str) -> Result<String, String> {
    fs::read_to_string(top.join(path)).map_err(|why| format!("{path}: {why}"))
}

/// Reads and parses a list of the tree.
fn parse<T>(
    top: &Path,
    path: &str,
    parse: fn(&str) -> Result<T, def::Error>,
) -> Result<T, String> {
    let list = read(top, path)?;
    parse(&list).map_err(|error| format!("{path}:{error}"))
}

fn read_helpers(top: &Path) -> Result<Vec<Helper>, String> {
    parse(top, helpers::LIST, helpers::parse)
}

/// Returns all generated files.
fn outputs(top: &Path) -> Result<Vec<Output>, String> {
    let list = read_helpers(top)?;
    let fields = parse(top, fields::LIST, fields::parse)?;
    let kinds = parse(top, progtypes::LIST, progtypes::parse)?;
    let maps = parse(top, maps::LIST, maps::parse)?;
    let mut outputs = vec![
        file(
            "rex/src/rt/ffi/helpers.rs",
            Format::Rust,
            helpers::prototypes(&list),
        ),
        file(
            "rex/src/rt/ffi/fields.rs",
            Format::Rust,
            fields::offsets(&fields),
        ),
        file(
            "rex/src/rt/ffi/lookups.rs",
            Format::Rust,
            maps::prototypes(&maps),
        ),
        file("rex/src/map/list.rs", Format::Rust, maps::kinds(&maps)),
        file("rex/src/host/lookups.rs", Format::Rust, maps::host(&maps)),
        file(
            "kselftests/lookup_list.h",
            Format::C,
            maps::test_header(&maps),
        ),
        Output {
            path: "docs/ebpf.md".to_string(),
            format: Format::Plain,
            content: Content::Part(maps::LIST, maps::table(&maps)),
        },
        file(
            "rex/src/rt/kinds.rs",
            Format::Rust,
            progtypes::kinds(&kinds),
        ),
        file(
            "rex/src/program/mod.rs",
            Format::Rust,
            progtypes::modules(&kinds),
        ),
        file(
            "rex/macros/src/attributes.rs",
            Format::Rust,
            attributes::attributes(&kinds),
        ),
        Output {
            path: "rex/README.md".to_string(),
            format: Format::Plain,
            content: Content::Part(
                progtypes::LIST,
                progtypes::overview(&kinds),
            ),
        },
        Output {
            path: "docs/ebpf.md".to_string(),
            format: Format::Plain,
            content: Content::Part(progtypes::LIST, progtypes::table(&kinds)),
        },
        file("rex/src/host/list.rs", Format::Rust, helpers::host(&list)),
        file(
            "kselftests/helper_list.h",
            Format::C,
            helpers::test_header(&list),
        ),
        file(
            "kselftests/programs/sweep_unsafe/src/list.rs",
            Format::Rust,
            helpers::sweep(&list),
        ),
        file(
            "kselftests/programs/reentry/src/list.rs",
            Format::Rust,
            helpers::reentry(&list),
        ),
        file("docs/helpers.md", Format::Plain, helpers::reference(&list)),
        Output {
            path: "docs/ebpf.md".to_string(),
            format: Format::Plain,
            content: Content::Part(helpers::LIST, helpers::by_programs(&list)),
        },
    ];
    for name in manifests::names(top)? {
        outputs.push(file(
            &format!("{}/{name}/Cargo.toml", manifests::FOLDER),
            Format::Plain,
            manifests::manifest(&name),
        ));
    }
    Ok(outputs)
}

/// Returns the output of `command` for `input`.
fn filter(command: &mut Command, input: &str) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let fail = |why: String| format!("{name}: {why}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|why| fail(why.to_string()))?;
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child
        .wait_with_output()
        .map_err(|why| fail(why.to_string()))?;
    writer
        .join()
        .expect("the writer does not panic")
        .map_err(|why| fail(why.to_string()))?;
    if !output.status.success() {
        return Err(fail(output.status.to_string()));
    }
    String::from_utf8(output.stdout).map_err(|why| fail(why.to_string()))
}

struct Tools {
    rustfmt: String,
    clang_format: String,
}

impl Tools {
    fn format(&self, top: &Path, output: &Output) -> Result<String, String> {
        let text = match &output.content {
            Content::File(text) => text.clone(),
            Content::Part(list, part) => {
                let old = read(top, &output.path)?;
                text::replace_part(&old, list, part)
                    .map_err(|why| format!("{}: {why}", output.path))?
            }
        };
        match output.format {
            Format::Rust => filter(
                Command::new(&self.rustfmt)
                    .args(["--edition", "2024", "--config-path"])
                    .arg(top),
                &text,
            ),
            Format::C => filter(
                Command::new(&self.clang_format)
                    .arg(format!("--assume-filename={}", output.path))
                    .current_dir(top),
                &text,
            ),
            Format::Plain => Ok(text),
        }
    }
}

fn save(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().expect("it is in the tree"))?;
    fs::write(path, text)
}

/// Writes the stale files, or only names them. Returns whether none is stale.
fn generate(top: &Path, tools: &Tools, write: bool) -> Result<bool, String> {
    let mut fresh = true;
    for output in outputs(top)? {
        let path = &output.path;
        let text = tools.format(top, &output)?;
        if read(top, path).is_ok_and(|old| old == text) {
            continue;
        }
        if write {
            println!("  GEN     {path}");
            save(&top.join(path), &text)
                .map_err(|why| format!("{path}: {why}"))?;
        } else {
            println!("{path}: is stale; `make gen` writes it");
            fresh = false;
        }
    }
    Ok(fresh)
}

fn print_names(top: &Path, types: Option<&str>) -> Result<bool, String> {
    for helper in read_helpers(top)? {
        if types.is_none_or(|types| helper.types == types) {
            println!("{}", helper.symbol());
        }
    }
    Ok(true)
}

fn run(args: &[&str]) -> Result<bool, String> {
    match args {
        [mode @ ("write" | "check"), top, rustfmt, clang_format] => {
            let tools = Tools {
                rustfmt: rustfmt.to_string(),
                clang_format: clang_format.to_string(),
            };
            generate(Path::new(top), &tools, *mode == "write")
        }
        ["names", top] => print_names(Path::new(top), None),
        ["names", top, types] => print_names(Path::new(top), Some(types)),
        _ => Err("usage: rex-gen write|check TOP RUSTFMT CLANG_FORMAT, or \
                  rex-gen names TOP [TYPE]"
            .to_string()),
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("rex-gen: {why}");
            ExitCode::FAILURE
        }
    }
}
