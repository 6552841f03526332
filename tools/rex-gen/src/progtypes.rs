// SPDX-License-Identifier: GPL-2.0
//! The list of the kinds of programs, and what the crate and the documents have of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::def::{self, Entry, Error, error, fail};
use crate::text::{row, rust_head};

pub(crate) const LIST: &str = "kmod/progtypes.def";

/// The arguments of an attribute, besides the common ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arguments {
    Plain,
    Function,
    UserFunction,
    UserProbe,
    Event,
    Iterator,
    Record,
    Period,
    Xdp,
    Direction,
}

#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: String,
    prog_type: String,
    attach_type: String,
    pub(crate) sections: Vec<String>,
    default_ret: String,
    min_ret: String,
    max_ret: String,
    values: String,
    sleepable: bool,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) arguments: Arguments,
    pub(crate) module: String,
    pub(crate) context: String,
    pub(crate) event: String,
    pub(crate) action: Option<String>,
    pub(crate) example: String,
    pub(crate) runs: String,
    pub(crate) doc: String,
    pub(crate) kinds: Vec<Kind>,
}

/// Reads the list.
pub(crate) fn parse(text: &str) -> Result<Vec<Attribute>, Error> {
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut names = BTreeSet::new();
    for entry in def::entries(text)? {
        match entry.name.as_str() {
            "REX_PROG_ATTRIBUTE" => attributes.push(attribute(&entry)?),
            "REX_PROG_KIND" | "REX_PROG_SLEEPABLE_KIND" => {
                let kind = kind(&entry)?;
                if !names.insert(kind.name.clone()) {
                    let what = format!("{} is there twice", kind.name);
                    return fail(entry.line, what);
                }
                match attributes.last_mut() {
                    Some(attribute)
                        if kind.sleepable
                            && kind.name
                                != format!("{}_sleepable", attribute.name) =>
                    {
                        let what = format!(
                            "{} is not named {}_sleepable",
                            kind.name, attribute.name
                        );
                        return fail(entry.line, what);
                    }
                    Some(attribute) => attribute.kinds.push(kind),
                    None => {
                        return fail(
                            entry.line,
                            "no attribute makes this kind",
                        );
                    }
                }
            }
            other => {
                let what = format!("{other} is none of the list's macros");
                return fail(entry.line, what);
            }
        }
    }
    for attribute in &attributes {
        if attribute.kinds.is_empty() {
            return fail(0, format!("{} makes no kind", attribute.name));
        }
    }
    Ok(attributes)
}

/// Returns the text of a string in the list.
fn text(entry: &Entry, quoted: &str) -> Result<String, Error> {
    let inner = quoted.strip_prefix('"').and_then(|s| s.strip_suffix('"'));
    inner
        .map(str::to_string)
        .ok_or_else(|| error(entry.line, format!("{quoted} is not in quotes")))
}

fn attribute(entry: &Entry) -> Result<Attribute, Error> {
    let [
        name,
        arguments,
        module,
        context,
        event,
        action,
        example,
        runs,
    ] = entry.args()?;
    let arguments = match arguments {
        "PLAIN" => Arguments::Plain,
        "FUNCTION" => Arguments::Function,
        "USER_FUNCTION" => Arguments::UserFunction,
        "USER_PROBE" => Arguments::UserProbe,
        "EVENT" => Arguments::Event,
        "ITERATOR" => Arguments::Iterator,
        "RECORD" => Arguments::Record,
        "PERIOD" => Arguments::Period,
        "XDP" => Arguments::Xdp,
        "DIRECTION" => Arguments::Direction,
        other => {
            let what = format!("{name}: {other} is not known");
            return fail(entry.line, what);
        }
    };
    let action = text(entry, action)?;
    Ok(Attribute {
        name: name.to_string(),
        arguments,
        module: module.to_string(),
        context: text(entry, context)?,
        event: text(entry, event)?,
        action: (!action.is_empty()).then_some(action),
        example: text(entry, example)?.replace('\'', "\""),
        runs: text(entry, runs)?,
        doc: entry.doc.clone(),
        kinds: Vec::new(),
    })
}

fn kind(entry: &Entry) -> Result<Kind, Error> {
    let [
        name,
        prog_type,
        attach_type,
        _class,
        sections,
        default_ret,
        min_ret,
        max_ret,
        _force,
        values,
    ] = entry.args()?;
    if !prog_type.starts_with("BPF_PROG_TYPE_") {
        let what = format!("{prog_type} is no type of programs");
        return fail(entry.line, what);
    }
    let sections = text(entry, sections)?;
    Ok(Kind {
        name: name.to_string(),
        prog_type: prog_type.to_string(),
        attach_type: attach_type.to_string(),
        sections: sections.split(' ').map(str::to_string).collect(),
        default_ret: default_ret.to_string(),
        min_ret: min_ret.to_string(),
        max_ret: max_ret.to_string(),
        values: text(entry, values)?,
        sleepable: entry.name == "REX_PROG_SLEEPABLE_KIND",
    })
}

/// Converts a number of the list to Rust: digits, or the name of a constant.
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

/// Returns the crate's definitions of the kinds.
pub(crate) fn kinds(attributes: &[Attribute]) -> String {
    let mut text = rust_head(LIST)
        + "//! The kinds of programs, for `__rex_program!`: see\n\
           //! [`prog`](crate::prog).\n\n\
           use crate::prog::Kind;\n\n";
    for attribute in attributes {
        let setup = match attribute.arguments {
            Arguments::Event => "__setup_at_event",
            Arguments::Record => "section, __setup_of_record",
            _ => "__setup",
        };
        for kind in &attribute.kinds {
            _ = writeln!(
                text,
                "#[doc(hidden)]\npub mod {} {{\n\
                 #[allow(clippy::wildcard_imports, unused_imports)]\n\
                 use crate::linux::bpf::*;\n\
                 pub use crate::{}{}::{{one_argument, run, two_arguments, {setup}}};\n\
                 pub const KIND: &super::Kind = &super::Kind {{\n\
                 prog_type: {}, attach_type: {}, sections: &{:?}, \
                 min_ret: {}, max_ret: {}, refusal: {:?} }};\n}}\n",
                kind.name,
                attribute.module,
                if kind.sleepable { "::sleepable" } else { "" },
                kind.prog_type,
                kind.attach_type,
                kind.sections,
                number(&kind.min_ret),
                number(&kind.max_ret),
                format!(
                    "`default_ret` of this kind of program is {}",
                    kind.values
                ),
            );
        }
    }
    text
}

/// Returns the names in order, each once.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.collect()
}

fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

impl Attribute {
    /// Returns whether its programs may be sleepable ones.
    pub(crate) fn can_sleep(&self) -> bool {
        self.kinds.iter().any(|kind| kind.sleepable)
    }

    /// Returns the type of the context, without its parameter.
    pub(crate) fn context_name(&self) -> &str {
        self.context
            .split_once('<')
            .map_or(self.context.as_str(), |(name, _)| name)
    }

    /// Returns the type of the event, if the module defines it.
    fn event_name(&self) -> Option<&str> {
        let name = self.event.trim_start_matches('&');
        let name = name.strip_prefix("mut ").unwrap_or(name);
        // `PtRegs` belongs to all probes, and a single letter is a parameter.
        (name != "PtRegs" && name.len() > 1).then_some(name)
    }
}

/// Returns the modules of the kinds, and their names in the crate and both faces.
pub(crate) fn modules(attributes: &[Attribute]) -> String {
    let mut text = rust_head(LIST)
        + "//! The kinds of programs: the helpers, the functions and the caller of each. \
           The crate\n//! has these modules at its root.\n\
           //! C counterpart: `enum bpf_prog_type`.\n\n";
    let modules = names(attributes.iter().map(|a| a.module.as_str()));
    for module in &modules {
        _ = writeln!(text, "pub mod {module};");
    }
    text += "\npub(crate) mod function;\npub(crate) mod helpers;\nmod run;\n\
             pub mod verdict;\n\n\
             pub use helpers::{Helpers, TaskHelpers};\npub use run::Run;\n\
             pub(crate) use run::TaskRun;\n";
    let named = attributes
        .iter()
        .filter(|a| a.arguments != Arguments::Record);
    let contexts: BTreeSet<_> = named
        .clone()
        .map(|a| (a.context_name(), a.module.as_str()))
        .collect();
    text += "\n/// The contexts of programs with one argument, except \
             `TracepointContext`.\n\
             pub(crate) mod contexts {\n";
    for (context, module) in &contexts {
        _ = writeln!(text, "pub use super::{module}::{context};");
    }
    let with_one = || attributes.iter().map(|a| a.name.as_str());
    let with_two: Vec<String> =
        with_one().map(|n| format!("rex_{n}")).collect();
    let with_two = names(with_two.iter().map(String::as_str));
    let with_one = names(with_one());
    _ = writeln!(
        text,
        "}}\n\n/// The names at the root of the crate.\npub(crate) mod root {{\n\
         #[doc(inline)]\npub use super::{{{}}};\n\
         pub use rex_macros::{{{}, {}}};\n}}",
        list(modules.iter().copied()),
        list(with_one.iter().copied()),
        list(with_two.iter().copied()),
    );
    _ = writeln!(
        text,
        "\n/// The names for programs with one argument.\npub(crate) mod prelude {{\n\
         pub use rex_macros::{{{}}};\npub use crate::context::{{{}}};",
        list(with_one.iter().copied()),
        list(names(attributes.iter().map(Attribute::context_name))),
    );
    for attribute in attributes {
        if let Some(action) = &attribute.action {
            _ = writeln!(
                text,
                "pub use super::{}::{action};",
                attribute.module
            );
        }
    }
    _ = writeln!(
        text,
        "}}\n\n/// The names for programs with two arguments.\npub(crate) mod compat {{\n\
         pub use rex_macros::{{{}}};",
        list(with_two.iter().copied()),
    );
    for module in &modules {
        let of = attributes.iter().filter(|a| a.module == *module);
        let events = names(of.filter_map(Attribute::event_name));
        _ = writeln!(
            text,
            "pub use super::{module}::{{{module}, {}}};",
            list(events)
        );
    }
    text + "}\n"
}

/// Returns the table of eBPF's attach points and the crate's attributes.
pub(crate) fn table(attributes: &[Attribute]) -> String {
    let mut text = row(&[
        "attribute",
        "libbpf's section",
        "BPF program and attach type",
        "without a program",
        "`default_ret` may be",
    ]) + &row(&["---"; 5]);
    for attribute in attributes {
        for kind in &attribute.kinds {
            let quote =
                |word: &String| format!("`{}`", word.trim_end_matches('/'));
            let mut sections: Vec<String> =
                kind.sections.iter().map(quote).collect();
            sections.dedup();
            let prog_type = kind.prog_type.trim_start_matches("BPF_PROG_TYPE_");
            let types = match kind.attach_type.as_str() {
                "0" => format!("`{prog_type}`"),
                attach_type => format!("`{prog_type}`, `{attach_type}`"),
            };
            text += &row(&[
                &format!("`rex_{}`", attribute.name),
                &sections.join(", "),
                &types,
                &format!("`{}`", kind.default_ret),
                &kind.values,
            ]);
        }
    }
    text
}

/// Returns the table of kinds of programs, for authors.
pub(crate) fn overview(attributes: &[Attribute]) -> String {
    let mut text = row(&["attribute", "runs", "context"]) + &row(&["---"; 3]);
    for attribute in attributes {
        text += &row(&[
            &format!("`#[{}{}]`", attribute.name, attribute.example),
            &attribute.runs,
            &format!("`{}`", attribute.context),
        ]);
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const THREE: &str = "\
#ifndef REX_PROG_ATTRIBUTE
#define REX_PROG_ATTRIBUTE(name, ...)
#endif

/* Packets, that is. */
REX_PROG_ATTRIBUTE(xdp, XDP, xdp, \"XdpContext\", \"&mut xdp_md\", \"XdpAction\",
\t\"\", \"when there is a packet\")
REX_PROG_KIND(xdp_devmap, BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP, XDP, \"xdp/devmap\",
\t      XDP_PASS, XDP_ABORTED, XDP_REDIRECT, REX_FORCE_NOTHING,
\t      \"one of the actions, of XDP\")
REX_PROG_ATTRIBUTE(lsm, FUNCTION, lsm, \"LsmContext\", \"&LsmArgs\", \"\",
\t\"('file_open')\", \"at a hook\")
REX_PROG_KIND(lsm, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, OTHER, \"lsm lsm/\",
\t      0, -4095, INT_MAX, REX_FORCE_ERRNO, \"0\")
REX_PROG_SLEEPABLE_KIND(lsm_sleepable, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, OTHER,
\t      \"lsm.s lsm.s/\", 0, -4095, INT_MAX, REX_FORCE_ERRNO, \"0\")
REX_PROG_ATTRIBUTE(way, DIRECTION, ways, \"WayContext\", \"&mut PtRegs\", \"\",
\t\"('out')\", \"on the way\")
REX_PROG_KIND(way_in, BPF_PROG_TYPE_W, 0, OTHER, \"w/in\", 0, 0, 0, NO, \"0\")
REX_PROG_KIND(way_out, BPF_PROG_TYPE_W, 0, OTHER, \"w/out\", 0, 0, 0, NO, \"0\")
";

    pub(crate) fn three() -> Vec<Attribute> {
        parse(THREE).expect("is right")
    }

    #[test]
    fn a_kind_has_bounds_and_what_calls_it() {
        let text = kinds(&three());
        assert!(text.contains("min_ret: XDP_ABORTED as i32"));
        assert!(text.contains("min_ret: -4095, max_ret: i32::MAX"));
        assert!(text.contains("pub mod xdp_devmap {"));
        assert!(text.contains("pub use crate::ways::{one_argument, run,"));
        assert!(text.contains("sections: &[\"lsm\", \"lsm/\"]"));
        assert!(text.contains("pub use crate::lsm::sleepable::{one_argument,"));
    }

    #[test]
    fn both_faces_have_the_names() {
        let text = modules(&three());
        for line in [
            "pub mod ways;",
            "pub use super::{lsm, ways, xdp};",
            "pub use rex_macros::{lsm, way, xdp, rex_lsm, rex_way, rex_xdp};",
            "pub use crate::context::{LsmContext, WayContext, XdpContext};",
            "pub use super::xdp::XdpAction;",
            "pub use super::xdp::{xdp, xdp_md};",
            "pub use super::lsm::{lsm, LsmArgs};",
            "pub use super::ways::{ways, };",
            "pub use super::ways::WayContext;",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    #[test]
    fn tables_have_types_values_and_examples() {
        let text = table(&three());
        assert!(text.contains(
            "| `rex_xdp` | `xdp/devmap` | `XDP`, `BPF_XDP_DEVMAP` | \
             `XDP_PASS` | one of the actions, of XDP |"
        ));
        assert!(text.contains("| `rex_lsm` | `lsm` |"));
        assert!(overview(&three()).contains(
            "| `#[lsm(\"file_open\")]` | at a hook | `LsmContext` |"
        ));
    }

    #[test]
    fn errors_in_the_list_are_named() {
        let error = |from: &str, to: &str| {
            let text = THREE.replacen(from, to, 1);
            parse(&text).expect_err("is wrong").to_string()
        };
        assert!(
            error("\"XdpAction\"", "XdpAction").contains("is not in quotes")
        );
        assert!(error("BPF_PROG_TYPE_LSM", "LSM").starts_with("13: LSM"));
        assert!(error("XDP_PASS, ", "").contains("9 arguments"));
        assert!(error("way_out", "way_in").contains("way_in is there twice"));
        assert!(
            error("lsm_sleepable", "lsm_s")
                .contains("lsm_s is not named lsm_sleepable")
        );
        assert!(
            error("lsm, FUNCTION", "lsm, FUN").contains("FUN is not known")
        );
        assert!(error("PROG_ATTRIBUTE(xdp", "X(xdp").contains("REX_X is none"));
    }
}
