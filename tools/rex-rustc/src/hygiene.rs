// SPDX-License-Identifier: GPL-2.0
//! The macro that made a name, as the compiler prints it after the source with
//! `-Zunpretty=expanded,hygiene -Zverbose-internals`.

use std::collections::HashMap;

/// One expansion of a macro.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expansion {
    /// The crate that defines the macro; empty if none does.
    pub(crate) krate: String,
    /// The macro's name, without its path.
    pub(crate) name: String,
    /// File, line and column of the call.
    pub(crate) call_site: String,
    /// The syntax context that the call is in.
    pub(crate) call_context: usize,
}

/// The expansions that made the names of a source.
#[derive(Debug, Default)]
pub(crate) struct Hygiene {
    expansions: HashMap<String, Expansion>,
    /// The keys of the expansions, indexed by syntax context.
    contexts: Vec<String>,
}

/// Returns the source and the data after it.
pub(crate) fn split(text: &str) -> Option<(&str, Hygiene)> {
    let (source, data) = text.rsplit_once("\n/*\nHygieneData {\n")?;
    let hygiene = Hygiene::parse(data);
    (!hygiene.contexts.is_empty()).then_some((source, hygiene))
}

impl Hygiene {
    /// Returns the expansion that made a name of this context.
    pub(crate) fn expansion(&self, context: usize) -> Option<&Expansion> {
        self.expansions.get(self.contexts.get(context)?)
    }

    /// Returns the outermost call that made a name of this context, which is in the
    /// source.
    pub(crate) fn outermost(&self, context: usize) -> Option<&Expansion> {
        let mut expansion = self.expansion(context)?;
        for _ in 0..self.contexts.len() {
            match self.expansion(expansion.call_context) {
                Some(outer) if !outer.name.is_empty() => expansion = outer,
                _ => break,
            }
        }
        Some(expansion)
    }

    /// Returns all calls of macros of other crates.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &Expansion> {
        self.expansions.values()
    }

    /// Parses the debug form of the compiler's `HygieneData`, line by line.
    fn parse(data: &str) -> Self {
        let mut hygiene = Self::default();
        let mut part = "";
        let mut key = String::new();
        let mut local = 0;
        let mut current = Expansion::default();
        let mut after = "";
        for line in data.lines() {
            let trimmed = line.trim();
            if line.starts_with("    ") && !line[4..].starts_with(' ') {
                part = trimmed;
                continue;
            }
            match part {
                "local_expn_data: [" => {
                    if line == "        Some(" || line == "        None," {
                        key = format!("crate0::{{{{expn{local}}}}}");
                        local += 1;
                    }
                }
                "foreign_expn_data: {" => {
                    if let Some(name) = line
                        .strip_prefix("        crate")
                        .and_then(|rest| rest.strip_suffix(": ExpnData {"))
                    {
                        key = format!("crate{name}");
                    }
                }
                "syntax_context_data: [" => {
                    if let Some(expansion) = value(trimmed, "outer_expn: ") {
                        hygiene.contexts.push(expansion.to_string());
                    }
                    continue;
                }
                _ => continue,
            }
            if trimmed == "ExpnData {" || trimmed.ends_with(": ExpnData {") {
                current = Expansion::default();
            } else if let Some(site) = value(trimmed, "call_site: ") {
                (current.call_site, current.call_context) = span(site);
            } else if after == "macro_def_id: Some(" {
                (current.krate, current.name) = definition(trimmed);
            } else if trimmed.starts_with("hide_backtrace: ") {
                hygiene
                    .expansions
                    .insert(key.clone(), std::mem::take(&mut current));
            }
            after = trimmed;
        }
        hygiene
    }
}

fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.strip_prefix(name)?.strip_suffix(',')
}

/// `src/main.rs:9:1: 11:2 (#0)`
fn span(text: &str) -> (String, usize) {
    let Some((place, context)) = text.rsplit_once(" (#") else {
        return (text.to_string(), 0);
    };
    let context = context.trim_end_matches(')').parse().unwrap_or(0);
    let start = place.rsplit_once(": ").map_or(place, |(start, _)| start);
    (start.to_string(), context)
}

/// `DefId(2:2310 ~ rex[5d9d]::tracepoint::context::tracepoint_ctx),`: crate and name.
fn definition(text: &str) -> (String, String) {
    let path = text
        .strip_prefix("DefId(")
        .and_then(|text| text.split_once(" ~ "))
        .map_or("", |(_, path)| path.trim_end_matches([',', ')']));
    match path.split_once('[') {
        Some((krate, rest)) => {
            let name = rest.rsplit_once("::").map_or("", |(_, name)| name);
            (krate.to_string(), name.to_string())
        }
        None => Default::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"fn f() {}
/*
HygieneData {
    local_expn_data: [
        Some(
            ExpnData {
                kind: Root,
                parent: crate0::{{expn0}},
                call_site: no-location (#0),
                macro_def_id: Some(
                    DefId(0:0 ~ p[9743]),
                ),
                hide_backtrace: false,
            },
        ),
        Some(
            ExpnData {
                kind: Macro(
                    Bang,
                    "rex::tracepoint_ctx",
                ),
                parent: crate0::{{expn0}},
                call_site: p.rs:9:1: 11:2 (#0),
                macro_def_id: Some(
                    DefId(2:2310 ~ rex[5d9d]::tracepoint::context::tracepoint_ctx),
                ),
                hide_backtrace: false,
            },
        ),
    ],
    local_expn_hashes: [
        1,
    ],
    foreign_expn_data: {
        crate2::{{expn53}}: ExpnData {
            kind: Macro(
                Attr,
                "evil",
            ),
            call_site: q.rs:1:2: 3:4 (#1),
            macro_def_id: Some(
                DefId(3:1 ~ evil[5d9d]::evil),
            ),
            hide_backtrace: false,
        },
    },
    syntax_context_data: [
        SyntaxContextData {
            outer_expn: crate0::{{expn0}},
            parent: #0,
        },
        SyntaxContextData {
            outer_expn: crate0::{{expn1}},
            parent: #0,
        },
        SyntaxContextData {
            outer_expn: crate2::{{expn53}},
            parent: #0,
        },
    ],
}
*/
"#;

    #[test]
    fn expansions_are_found_by_context() {
        let (source, hygiene) = split(TEXT).expect("it is there");
        assert_eq!(source, "fn f() {}");
        let ours = hygiene.expansion(1).expect("it is known");
        assert_eq!(ours.krate, "rex");
        assert_eq!(ours.name, "tracepoint_ctx");
        assert_eq!(ours.call_site, "p.rs:9:1");
        let other = hygiene.expansion(2).expect("it is known");
        assert_eq!((other.krate.as_str(), other.call_context), ("evil", 1));
        assert_eq!(hygiene.outermost(2).expect("it is").name, "tracepoint_ctx");
        assert_eq!(hygiene.expansion(3), None);
    }

    #[test]
    fn text_without_data_is_none() {
        assert!(split("fn f() {}\n/*\nHygieneData {\n}\n*/").is_none());
        assert!(split("fn f() {}").is_none());
    }
}
