// SPDX-License-Identifier: GPL-2.0
//! `cargo test` of a program. Its tests run on this machine, where the crate stands
//! in for the kernel, since the target has no test library. So another cargo builds
//! them for the host in a folder of its own, and the output is copied to the place
//! that the calling cargo expects.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use crate::args::{Args, TARGET};
use crate::toolchain::Toolchain;
use crate::{Failure, fail};

/// Builds the tests that the command line is for.
pub(crate) fn build(toolchain: &Toolchain, args: &Args) -> Result<(), Failure> {
    let cargo =
        env::var_os("CARGO").ok_or_else(|| fail("tests are built by cargo"))?;
    let manifest = env::var("CARGO_MANIFEST_DIR")
        .map_err(|_| fail("tests are built by cargo"))?;
    let builds = format!("/{TARGET}/");
    let target_dir = args
        .out_dir
        .rfind(&builds)
        .map_or(args.out_dir.as_str(), |at| &args.out_dir[..at]);
    let features: Vec<_> = args
        .cfgs
        .iter()
        .filter_map(|cfg| cfg.strip_prefix("feature="))
        .map(|feature| feature.trim_matches('"'))
        .collect();

    let output = Command::new(cargo)
        .env_remove("MAKEFLAGS")
        .env_remove("CARGO_MAKEFLAGS")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTC", toolchain.tree.join("scripts/rust/rustc"))
        .args(["test", "--manifest-path"])
        .arg(format!("{manifest}/Cargo.toml"))
        .args(["--offline", "--quiet", "--no-run", "--target"])
        .arg(toolchain.host())
        .arg("--target-dir")
        .arg(format!("{target_dir}/host-tests"))
        .args(["--no-default-features", "--features"])
        .arg(features.join(","))
        .args(["--message-format", "json-render-diagnostics"])
        .args(what(args))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| fail(&format!("cargo: {error}")))?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let from = executable(&messages).ok_or(Failure::Told(1))?;

    let to = format!(
        "{}/{}{}",
        args.out_dir, args.crate_name, args.extra_filename
    );
    let put = || {
        fs::create_dir_all(&args.out_dir)?;
        _ = fs::remove_file(&to);
        fs::copy(from, &to)?;
        let dependencies = fs::read_to_string(format!("{from}.d"))?;
        fs::write(format!("{to}.d"), moved(&dependencies, from, &to))
    };
    put().map_err(|error| fail(&format!("{to}: {error}")))
}

/// Returns cargo's options for these tests of the package.
fn what(args: &Args) -> Vec<String> {
    let input = args.input.as_deref().unwrap_or("");
    let mut what = if input.contains("/tests/") || input.starts_with("tests/") {
        vec!["--test".to_string(), args.crate_name.clone()]
    } else if let Ok(name) = env::var("CARGO_BIN_NAME") {
        vec!["--bin".to_string(), name]
    } else {
        vec!["--lib".to_string()]
    };
    if args.out_dir.ends_with("/release/deps") {
        what.push("--release".to_string());
    }
    what
}

/// Returns the last executable in cargo's messages.
fn executable(messages: &str) -> Option<&str> {
    messages
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once("\"executable\":\"")?;
            Some(rest.split_once('"')?.0)
        })
        .next_back()
}

/// Returns the list of dependencies for the copy.
fn moved(dependencies: &str, from: &str, to: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut text = String::new();
    for line in dependencies.lines() {
        match line.split_once(':') {
            Some((target, rest)) if target == from => {
                text += &format!("{to}:{rest}");
            }
            Some((target, rest))
                if target.starts_with(folder) && target.ends_with(".d") =>
            {
                text += &format!("{to}.d:{rest}");
            }
            _ => text += line,
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_executable_is_taken() {
        let messages = "{\"executable\":null}\n{\"executable\":\"/a/b\",\"x\":1}\n\
                        {\"executable\":\"/a/c\",\"y\":2}\n{\"reason\":\"end\"}";
        assert_eq!(executable(messages), Some("/a/c"));
        assert_eq!(executable("{}"), None);
    }

    #[test]
    fn dependencies_are_those_of_the_copy() {
        let text = "/a/b/x-1.d: src/main.rs\n\n/a/b/x-1: src/main.rs\n\nsrc/main.rs:\n";
        assert_eq!(
            moved(text, "/a/b/x-1", "/c/y"),
            "/c/y.d: src/main.rs\n\n/c/y: src/main.rs\n\nsrc/main.rs:\n"
        );
    }
}
