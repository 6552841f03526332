// SPDX-License-Identifier: GPL-2.0
//! Crates that may contain unsafe code: the crate `rex` of this tree, its macros, and
//! test programs of this tree that imitate a compiler bug.
//!
//! A crate is known by its name, its source in this tree, and the crates it is
//! compiled with, which are those of its manifest. The environment does not count,
//! since the build script of any dependency can change it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::options::is_library;

/// The kind of a crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The crate `rex`.
    Rex,
    /// A test program that may contain unsafe code.
    TestProgram,
    /// Any other crate.
    Other,
}

/// The reason why a crate is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Impostor {
    /// It has the name of a crate of this tree, but another source.
    Name(String, PathBuf),
    /// It has the name of a library crate.
    Library(String),
    /// It is the crate `rex`, compiled with this extra option or crate.
    With(String),
}

impl fmt::Display for Impostor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name, source) => write!(
                f,
                "only the crate of this tree may be named `{name}`: its source is \
                 {}. If a program has its `rex` from there, name the path of that \
                 crate in Cargo.toml; if it is another crate, rename it.",
                source.display()
            ),
            Self::Library(name) => write!(
                f,
                "a crate cannot be named `{name}`, as a crate of the library is"
            ),
            Self::With(what) => write!(
                f,
                "the crate `rex` is compiled with `rex_macros` only, from its own \
                 Cargo.toml, not with `{what}`. That may come from another Cargo.toml \
                 that has its source, from RUSTFLAGS or from a .cargo/config.toml: \
                 take it away there."
            ),
        }
    }
}

/// Identifies a crate that is compiled for the kernel. `tree` is this tree.
pub(crate) fn identify(args: &Args, tree: &Path) -> Result<Identity, Impostor> {
    let name = args.crate_name.as_str();
    if is_library(name) {
        return Err(Impostor::Library(name.to_string()));
    }
    let Some(source) = source(args) else {
        return Ok(Identity::Other);
    };
    let root = tree.join("rex/src/lib.rs");
    if name == "rex" && source != root {
        return Err(Impostor::Name(name.to_string(), root));
    }
    if source == root {
        check_rex(args)?;
        return Ok(Identity::Rex);
    }
    if is_test_program(args, &source, tree) {
        return Ok(Identity::TestProgram);
    }
    Ok(Identity::Other)
}

/// Checks the name of a crate that is compiled for the host. The compiler names the
/// crate of each macro, procedural macros included, so the output of crates named
/// `rex` or `core` would pass for that of this tree or the library.
pub(crate) fn check_host(args: &Args, tree: &Path) -> Result<(), Impostor> {
    let name = args.crate_name.as_str();
    let Some(source) = source(args) else {
        return Ok(());
    };
    // The source can set the crate type, too.
    let has_macros = !args.is_test
        && (args.crate_types.is_empty()
            || args.crate_types.iter().any(|kind| kind == "proc-macro"));
    let root = match name {
        "rex_macros" => tree.join("rex/macros/src/lib.rs"),
        "rex" if has_macros => tree.join("rex/src/lib.rs"),
        _ if has_macros && is_library(name) => {
            return Err(Impostor::Library(name.to_string()));
        }
        _ => return Ok(()),
    };
    if source == root {
        Ok(())
    } else {
        Err(Impostor::Name(name.to_string(), root))
    }
}

/// Returns whether the source is that of the crate `rex`, which uses unstable
/// features.
pub(crate) fn is_rex_source(args: &Args, tree: &Path) -> bool {
    source(args).is_some_and(|source| source == tree.join("rex/src/lib.rs"))
}

/// Returns the file of the crate's root. A symbolic link is not followed, since the
/// compiler looks for modules beside the link.
fn source(args: &Args) -> Option<PathBuf> {
    let input = Path::new(args.input.as_ref()?);
    let file = input.file_name()?;
    let folder = match input.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let source = fs::canonicalize(folder).ok()?.join(file);
    source.exists().then_some(source)
}

/// Checks that nothing but its sources decides what the crate `rex` is.
fn check_rex(args: &Args) -> Result<(), Impostor> {
    let with = |what: String| Err(Impostor::With(what));
    if args.crate_name != "rex" {
        return with(format!("--crate-name {}", args.crate_name));
    }
    if args.edition != 2024 {
        return with(format!("--edition {}", args.edition));
    }
    if let Some(cfg) = args.cfgs.first() {
        return with(format!("--cfg {cfg}"));
    }
    let libraries = ["lib", "rlib"];
    if let Some(other) = args
        .crate_types
        .iter()
        .find(|kind| !libraries.contains(&kind.as_str()))
    {
        return with(format!("--crate-type {other}"));
    }
    match args.externs.iter().find(|value| !is_macros(value)) {
        Some(other) => with(format!("--extern {other}")),
        None => Ok(()),
    }
}

/// Returns whether `--extern` names the crate's macros. The file's name is checked
/// elsewhere.
fn is_macros(value: &str) -> bool {
    value
        .split_once('=')
        .is_some_and(|(name, _)| name == "rex_macros")
}

/// Returns whether this is `kselftests/programs/<name>_unsafe/src/main.rs`, compiled
/// with `rex` and its dependencies.
fn is_test_program(args: &Args, source: &Path, tree: &Path) -> bool {
    let programs = tree.join("kselftests/programs");
    let Ok(rest) = source.strip_prefix(programs) else {
        return false;
    };
    let mut parts = rest.iter().filter_map(|part| part.to_str());
    let is_named = parts.next().is_some_and(|name| name.ends_with("_unsafe"));
    is_named
        && parts.eq(["src", "main.rs"])
        && args.externs.iter().all(|value| {
            value.split_once('=').is_some_and(|(name, _)| name == "rex")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A temporary tree.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir()
                .join(format!("rex-rustc-{name}-{}", std::process::id()));
            for file in [
                "rex/src/lib.rs",
                "rex/macros/src/lib.rs",
                "other/lib.rs",
                "kselftests/programs/a_unsafe/src/main.rs",
                "kselftests/programs/a/src/main.rs",
                "kselftests/programs/a/b_unsafe/src/main.rs",
                "kselftests/programs/a_unsafe/src/b/src/main.rs",
            ] {
                let file = root.join(file);
                let folder = file.parent().expect("it has one");
                fs::create_dir_all(folder).expect("folders can be made");
                fs::write(file, "").expect("files can be written");
            }
            Self(fs::canonicalize(root).expect("it is there"))
        }

        fn identify(&self, args: &[&str]) -> Result<Identity, Impostor> {
            identify(&self.parse(args), &self.0)
        }

        fn parse(&self, args: &[&str]) -> Args {
            let root = self.0.display();
            let args: Vec<_> = args
                .iter()
                .map(|arg| arg.replace("TREE", &root.to_string()))
                .collect();
            Args::parse(&args, false)
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    const REX: &[&str] = &[
        "--crate-name=rex",
        "--edition=2024",
        "--crate-type=lib",
        "TREE/rex/src/lib.rs",
        "--extern=rex_macros=/o/librex_macros-0123456789abcdef.so",
    ];

    #[test]
    fn crate_is_known_by_source_name_and_dependencies() {
        let tree = Tree::new("known");
        assert_eq!(tree.identify(REX), Ok(Identity::Rex));
        let dotted = ["TREE/rex/../rex/src/lib.rs"];
        let args = [&REX[..3], &dotted[..], &REX[4..]].concat();
        assert_eq!(tree.identify(&args), Ok(Identity::Rex));
    }

    #[test]
    fn crate_with_other_modules_is_refused() {
        let tree = Tree::new("link");
        for file in ["rex/src/lib.rs", "rex/macros/src/lib.rs"] {
            let link = tree.0.join("other").join(file.replace('/', "-"));
            std::os::unix::fs::symlink(tree.0.join(file), &link)
                .expect("links can be made");
        }
        let mut args = REX.to_vec();
        args[3] = "TREE/other/rex-src-lib.rs";
        assert!(matches!(tree.identify(&args), Err(Impostor::Name(..))));
        let macros = tree.parse(&[
            "--crate-name=rex_macros",
            "TREE/other/rex-macros-src-lib.rs",
        ]);
        assert!(check_host(&macros, &tree.0).is_err());
        // If a folder is a link, the modules are in that folder.
        std::os::unix::fs::symlink(tree.0.join("rex"), tree.0.join("linked"))
            .expect("links can be made");
        args[3] = "TREE/linked/src/lib.rs";
        assert_eq!(tree.identify(&args), Ok(Identity::Rex));
    }

    #[test]
    fn crate_with_anything_else_is_refused() {
        let tree = Tree::new("else");
        for more in [
            "--extern=mine=/o/libmine.rlib",
            "--extern=noprelude:rex_macros=/o/librex_macros.so",
            "--cfg=feature=\"x\"",
            "--edition=2021",
            "--crate-type=cdylib",
            "--crate-name=rax",
        ] {
            let args = [REX, &[more]].concat();
            let found = tree.identify(&args);
            assert!(matches!(found, Err(Impostor::With(_))), "{more}");
        }
    }

    #[test]
    fn names_are_reserved() {
        let tree = Tree::new("names");
        let other = "TREE/other/lib.rs";
        let found = tree.identify(&["--crate-name=rex", other]);
        assert!(matches!(found, Err(Impostor::Name(..))));
        let found = tree.identify(&["--crate-name=core", other]);
        assert_eq!(found, Err(Impostor::Library("core".to_string())));
        let macros = tree.parse(&["--crate-name=rex_macros", other]);
        assert!(check_host(&macros, &tree.0).is_err());
        let source = "TREE/rex/macros/src/lib.rs";
        let macros = tree.parse(&["--crate-name=rex_macros", source]);
        assert_eq!(check_host(&macros, &tree.0), Ok(()));
    }

    #[test]
    fn names_are_reserved_for_the_host_too() {
        let tree = Tree::new("host");
        let check = |name: &str, source: &str| {
            let name = format!("--crate-name={name}");
            let args = tree.parse(&["--crate-type=proc-macro", &name, source]);
            check_host(&args, &tree.0)
        };
        let other = "TREE/other/lib.rs";
        assert!(matches!(check("rex", other), Err(Impostor::Name(..))));
        assert!(matches!(check("core", other), Err(Impostor::Library(_))));
        assert_eq!(check("other", other), Ok(()));
        assert_eq!(check("rex", "TREE/rex/src/lib.rs"), Ok(()));
        let test = tree.parse(&["--crate-name=test", "--test", other]);
        assert_eq!(check_host(&test, &tree.0), Ok(()));
    }

    #[test]
    fn name_of_the_file_is_a_name() {
        let tree = Tree::new("stem");
        let file = tree.0.join("other/rex.rs");
        fs::write(&file, "").expect("files can be written");
        let found = tree.identify(&["TREE/other/rex.rs"]);
        assert!(matches!(found, Err(Impostor::Name(..))));
    }

    #[test]
    fn test_programs_are_of_one_level() {
        let tree = Tree::new("level");
        let identity = |file: &str| {
            tree.identify(&[&format!("TREE/kselftests/programs/{file}")])
        };
        let yes = Ok(Identity::TestProgram);
        assert_eq!(identity("a_unsafe/src/main.rs"), yes);
        let no = Ok(Identity::Other);
        assert_eq!(identity("a/src/main.rs"), no);
        assert_eq!(identity("a/b_unsafe/src/main.rs"), no);
        assert_eq!(identity("a_unsafe/src/b/src/main.rs"), no);
    }
}
