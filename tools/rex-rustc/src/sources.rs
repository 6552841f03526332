// SPDX-License-Identifier: GPL-2.0
//! The places of forbidden code in a crate's files, for messages.

use std::fs;

use crate::forbidden;
use crate::tokens::Edition;

/// A place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) what: String,
    pub(crate) file: String,
    pub(crate) line: usize,
}

/// Returns the files of the compiler's dependency list, in which each is a target
/// without dependencies.
pub(crate) fn files(dependencies: &str) -> Vec<String> {
    dependencies
        .lines()
        .filter_map(|line| line.strip_suffix(':'))
        .map(|file| file.replace("\\ ", " "))
        .collect()
}

/// Returns the places of forbidden code in these files.
pub(crate) fn places(files: &[String], edition: Edition) -> Vec<Place> {
    let mut found = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(file) else {
            continue;
        };
        for (what, line) in forbidden::places(&text, edition) {
            let file = file.clone();
            found.push(Place { what, file, line });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_targets_without_dependencies() {
        let text =
            "a.d: src/lib.rs src/my\\ a.rs\n\nsrc/lib.rs:\nsrc/my\\ a.rs:\n";
        assert_eq!(files(text), ["src/lib.rs", "src/my a.rs"]);
    }
}
