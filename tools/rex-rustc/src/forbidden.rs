// SPDX-License-Identifier: GPL-2.0
//! The words that a program may not have: `unsafe`, assembly, foreign functions and
//! attributes that name symbols or sections.

use crate::tokens::{Edition, Kind, Token, tokens};

/// Attributes that name symbols or sections, or that direct the linker.
const SYMBOL_ATTRIBUTES: &[&str] = &[
    "no_mangle",
    "export_name",
    "link_section",
    "link_name",
    "link_ordinal",
    "linkage",
    "link",
    "used",
    "naked",
    "ffi_const",
    "ffi_pure",
    "rustc_std_internal_symbol",
    "allow_internal_unsafe",
];

/// Macros of the compiler that take assembly.
const ASSEMBLY: &[&str] = &["asm", "global_asm", "naked_asm"];

/// Returns the forbidden code in a source before expansion: its name and its line.
pub(crate) fn places(text: &str, edition: Edition) -> Vec<(String, usize)> {
    let Ok(tokens) = tokens(text, edition) else {
        return Vec::new();
    };
    (0..tokens.len())
        .filter_map(|at| Some((forbidden(&tokens[at..])?, tokens[at].line)))
        .collect()
}

/// Returns the forbidden code that these tokens begin with, if any.
pub(crate) fn forbidden(rest: &[Token<'_>]) -> Option<String> {
    let first = rest.first()?;
    let is = |at: usize, text: &str| {
        rest.get(at).is_some_and(|token| token.is(text))
    };
    if first.is("unsafe") {
        return Some("unsafe".to_string());
    }
    if first.kind == Kind::Word && ASSEMBLY.contains(&first.text) && is(1, "!")
    {
        return Some(format!("{}!", first.text));
    }
    if first.is("extern") {
        let abi = rest.get(1).is_some_and(|token| token.kind == Kind::String);
        return is(1 + usize::from(abi), "{")
            .then(|| "extern { .. }".to_string());
    }
    if first.is("#") {
        let open = if is(1, "!") { 2 } else { 1 };
        if is(open, "[") {
            return attribute(&rest[open + 1..])
                .map(|name| format!("#[{name}]"));
        }
    }
    None
}

/// Returns an attribute that names symbols or sections, alone or within `unsafe(..)`
/// and `cfg_attr(..)`.
fn attribute<'a>(contents: &[Token<'a>]) -> Option<&'a str> {
    let nested = contents
        .first()
        .is_some_and(|token| token.is("unsafe") || token.is("cfg_attr"));
    let mut depth = 0;
    let mut starts = true;
    for token in contents {
        if token.kind == Kind::Word
            && starts
            && (depth == 0 || nested)
            && SYMBOL_ATTRIBUTES.contains(&plain(token.text))
        {
            return Some(token.text);
        }
        starts =
            ["(", ","].contains(&token.text) || token.is("unsafe") && depth > 0;
        match token.text {
            "(" | "[" | "{" => depth += 1,
            "]" if depth == 0 => return None,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
    }
    None
}

fn plain(word: &str) -> &str {
    word.strip_prefix("r#").unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_lines() {
        let places = places("a\n\nunsafe { asm!() }", 2024);
        assert_eq!(places, [("unsafe".into(), 3), ("asm!".into(), 3)]);
    }
}
