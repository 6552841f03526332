// SPDX-License-Identifier: GPL-2.0
//! The manifests of the programs of tests. They differ only in the name, which is that of
//! the folder.

use std::fs;
use std::path::Path;

/// The folder of the programs.
pub(crate) const FOLDER: &str = "kselftests/programs";

/// Returns the names of the programs of the tree at `top`: folders with `src/main.rs`.
pub(crate) fn names(top: &Path) -> Result<Vec<String>, String> {
    let fail = |why: std::io::Error| format!("{FOLDER}: {why}");
    let mut names = Vec::new();
    for entry in fs::read_dir(top.join(FOLDER)).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if entry.path().join("src/main.rs").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Returns the manifest of a program.
pub(crate) fn manifest(name: &str) -> String {
    format!(
        "# SPDX-License-Identifier: GPL-2.0\n\
         # Generated for each folder of programs: `make gen`.\n\
         \n\
         [package]\n\
         name = \"{name}\"\n\
         version.workspace = true\n\
         edition.workspace = true\n\
         rust-version.workspace = true\n\
         license.workspace = true\n\
         publish.workspace = true\n\
         \n\
         [[bin]]\n\
         name = \"{name}\"\n\
         test = false\n\
         bench = false\n\
         \n\
         [dependencies]\n\
         rex.workspace = true\n\
         \n\
         [lints]\n\
         workspace = true\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_with_a_program_have_names() {
        let top = std::env::temp_dir()
            .join(format!("rex-gen-manifests-{}", std::process::id()));
        let folder = top.join(FOLDER);
        for path in ["b/src/main.rs", "a/src/main.rs", "empty/names.rs"] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("it has one"))
                .expect("folders can be made");
            fs::write(path, "").expect("files can be written");
        }
        fs::write(folder.join("shared.rs"), "").expect("as above");
        assert_eq!(names(&top), Ok(vec!["a".to_string(), "b".to_string()]));
        fs::remove_dir_all(&top).expect("it is there");
        assert!(names(&top).unwrap_err().starts_with(FOLDER));
    }

    #[test]
    fn manifest_has_the_name_of_the_folder() {
        let text = manifest("counts");
        assert_eq!(text.matches("name = \"counts\"\n").count(), 2);
        assert!(text.ends_with("workspace = true\n"));
    }
}
