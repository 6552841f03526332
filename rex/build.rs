// SPDX-License-Identifier: GPL-2.0
//! Passes the compiler's version to the crate, for the object's note, and has
//! programs linked again when the compiler's wrapper changes.

use std::env;
use std::path::Path;
use std::process::{Command, exit};

fn main() {
    let manifest_dir = env::var("CARGO_MANIFEST_DIR").expect("run by cargo");
    let top = Path::new(&manifest_dir).join("..");
    for part in [
        "scripts/rust",
        "tools/rex-rustc/src",
        "kmod/symtab.c",
        "kmod/helpers.def",
        "kmod/fields.def",
        "kmod/maps.def",
    ] {
        println!("cargo::rerun-if-changed={}", top.join(part).display());
    }
    println!("cargo::rerun-if-changed=build.rs");

    let rustc = env::var_os("RUSTC").expect("run by cargo");
    let output = Command::new(rustc)
        .arg("-vV")
        .output()
        .expect("rustc can be run");
    assert!(output.status.success(), "rustc -vV failed");
    let version = String::from_utf8(output.stdout).expect("UTF-8");
    if !version.lines().any(|line| line.starts_with("rex: ")) {
        eprintln!(
            "rex: this is not the compiler of Rex programs. In the folder where cargo is \
             called, .cargo/config.toml names it; `rexctl new` makes a project with that \
             file"
        );
        exit(1);
    }
    let first = version.lines().next().unwrap_or_default();
    println!("cargo::rustc-env=REX_RUSTC_VERSION={first}");
}
