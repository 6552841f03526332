// SPDX-License-Identifier: GPL-2.0
//! The kinds of programs.

use std::fmt::Write as _;

use crate::def::{self, Error, error};
use crate::text::{row, rust_head};

pub(crate) const LIST: &str = "kmod/progtypes.def";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    prog_type: String,
    attach_type: String,
    sections: Vec<String>,
    attributes: Vec<String>,
    default_ret: String,
    min_ret: String,
    max_ret: String,
    values: String,
}

/// Reads the list.
pub(crate) fn parse(text: &str) -> Result<Vec<Kind>, Error> {
    def::entries(text)?.iter().map(kind).collect()
}

fn kind(entry: &def::Entry) -> Result<Kind, Error> {
    let [
        prog_type,
        attach_type,
        _class,
        sections,
        attributes,
        default_ret,
        min_ret,
        max_ret,
        _force,
        values,
    ] = entry.args()?;
    let text = |quoted: &str| {
        let inner = quoted.strip_prefix('"').and_then(|s| s.strip_suffix('"'));
        inner.map(str::to_string).ok_or_else(|| {
            error(entry.line, format!("{quoted} is not in quotes"))
        })
    };
    let words = |quoted: &str| -> Result<Vec<String>, Error> {
        Ok(text(quoted)?.split(' ').map(str::to_string).collect())
    };
    if !prog_type.starts_with("BPF_PROG_TYPE_") {
        let what = format!("{prog_type} is no type of programs");
        return Err(error(entry.line, what));
    }
    Ok(Kind {
        prog_type: prog_type.to_string(),
        attach_type: attach_type.to_string(),
        sections: words(sections)?,
        attributes: words(attributes)?,
        default_ret: default_ret.to_string(),
        min_ret: min_ret.to_string(),
        max_ret: max_ret.to_string(),
        values: text(values)?,
    })
}

/// A number of the list, in Rust: digits, or the name of a constant.
fn number(text: &str) -> String {
    match text {
        "INT_MIN" => "i32::MIN".to_string(),
        "INT_MAX" => "i32::MAX".to_string(),
        name if name.starts_with(char::is_alphabetic) => {
            format!("{name} as i32")
        }
        digits => digits.to_string(),
    }
}

/// The kinds, as the crate has them.
pub(crate) fn kinds(kinds: &[Kind]) -> String {
    let mut text = rust_head(LIST)
        + "//! The kinds of programs.\n\n\
           #[allow(clippy::wildcard_imports)]\n\
           use crate::linux::bpf::*;\n\
           use crate::prog::Kind;\n\n\
           // There are these attributes.\n\
           #[allow(unused_imports)]\n\
           use crate::{\n";
    let mut attributes: Vec<&str> = kinds
        .iter()
        .flat_map(|kind| &kind.attributes)
        .map(String::as_str)
        .collect();
    attributes.dedup();
    for attribute in attributes {
        _ = writeln!(text, "{attribute} as _,");
    }
    text += "};\n\npub(crate) const KINDS: &[Kind] = &[\n";
    for kind in kinds {
        _ = writeln!(
            text,
            "Kind {{ prog_type: {}, attach_type: {}, sections: &{:?}, \
             min_ret: {}, max_ret: {}, refusal: {:?} }},",
            kind.prog_type,
            kind.attach_type,
            kind.sections,
            number(&kind.min_ret),
            number(&kind.max_ret),
            format!("`default_ret` of this kind of program is {}", kind.values),
        );
    }
    text + "];\n"
}

/// What of eBPF programs can be attached to, and by which attributes.
pub(crate) fn table(kinds: &[Kind]) -> String {
    let mut text = row(&[
        "attribute",
        "libbpf's section",
        "BPF program and attach type",
        "without a program",
        "`default_ret` may be",
    ]) + &row(&["---"; 5]);
    for kind in kinds {
        let quote = |word: &String| format!("`{}`", word.trim_end_matches('/'));
        let list = |words: &[String]| {
            let mut all: Vec<String> = words.iter().map(quote).collect();
            all.dedup();
            all.join(", ")
        };
        let prog_type = kind.prog_type.trim_start_matches("BPF_PROG_TYPE_");
        let types = match kind.attach_type.as_str() {
            "0" => format!("`{prog_type}`"),
            attach_type => format!("`{prog_type}`, `{attach_type}`"),
        };
        text += &row(&[
            &list(&kind.attributes),
            &list(&kind.sections),
            &types,
            &format!("`{}`", kind.default_ret),
            &kind.values,
        ]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "\
REX_PROG_KIND(BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP, XDP,
\t      \"xdp/devmap\", \"rex_xdp\",
\t      XDP_PASS, XDP_ABORTED, XDP_REDIRECT, REX_FORCE_NOTHING,
\t      \"one of the actions, of XDP\")
REX_PROG_KIND(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, OTHER, \"lsm lsm/\", \"rex_lsm\",
\t      0, -4095, INT_MAX, REX_FORCE_ERRNO, \"0\")
";

    fn two() -> Vec<Kind> {
        parse(TWO).expect("is right")
    }

    #[test]
    fn bounds_are_numbers_of_rust() {
        let text = kinds(&two());
        assert!(text.contains("min_ret: XDP_ABORTED as i32"));
        assert!(text.contains("min_ret: -4095, max_ret: i32::MAX"));
        assert!(text.contains("rex_xdp as _,\nrex_lsm as _,\n"));
    }

    #[test]
    fn sections_with_a_slash_go_on() {
        assert!(kinds(&two()).contains("sections: &[\"lsm\", \"lsm/\"]"));
        assert!(table(&two()).contains("| `rex_lsm` | `lsm` |"));
    }

    #[test]
    fn the_table_has_types_and_values() {
        assert!(table(&two()).contains(
            "| `rex_xdp` | `xdp/devmap` | `XDP`, `BPF_XDP_DEVMAP` | \
             `XDP_PASS` | one of the actions, of XDP |"
        ));
    }

    #[test]
    fn what_is_wrong_in_the_list_is_named() {
        let error = |from: &str, to: &str| {
            let text = TWO.replacen(from, to, 1);
            parse(&text).expect_err("is wrong").to_string()
        };
        assert!(error("\"rex_xdp\"", "rex_xdp").contains("rex_xdp is not in"));
        assert!(error("BPF_PROG_TYPE_LSM", "LSM").starts_with("5: LSM"));
        assert!(error("XDP, ", "").contains("9 arguments"));
    }
}
