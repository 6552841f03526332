// SPDX-License-Identifier: GPL-2.0
//! The ban on unsafe code, looked for in the source with all macros expanded.
//!
//! rustc's lint `unsafe_code` does not see code made by macros of other crates, or
//! attributes on provided methods of traits. The expanded source has all of it. What
//! `forbidden.rs` finds in it is only allowed where a macro of the crate `rex` or of the
//! library has made it: in one of the shapes of `shapes.rs`, and with names that the
//! compiler says such a macro made.

use crate::forbidden::forbidden;
use crate::hygiene::{self, Expansion, Hygiene};
use crate::shapes::{SHAPES, Shape};
use crate::tokens::{Edition, Kind, Token, Unreadable, tokens};

/// Words in patterns without a syntax context: keywords and literals.
const KEYWORDS: &[&str] = &[
    "unsafe", "extern", "fn", "impl", "for", "static", "const", "mut", "raw",
];

/// Code that is forbidden in a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The code as written: `unsafe`, `asm!`, `#[no_mangle]`, `extern {`.
    pub(crate) what: String,
    /// The macro call that made it, known by the names in it.
    pub(crate) from: Option<Expansion>,
    /// A call that may have made it, if its names do not show it.
    pub(crate) suspect: Option<Expansion>,
    /// The macro definition, function or other item that contains it.
    pub(crate) item: Option<String>,
}

/// The reason why a source is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The compiler's output has no syntax contexts.
    NoHygiene,
    Unreadable(Unreadable),
    Found(Vec<Found>),
}

/// Checks that a source, as printed by the compiler, has no unsafe code.
pub(crate) fn check(text: &str, edition: Edition) -> Result<(), Refusal> {
    let (source, hygiene) = hygiene::split(text).ok_or(Refusal::NoHygiene)?;
    let tokens = tokens(source, edition).map_err(Refusal::Unreadable)?;
    let found = Checker::new(&tokens, &hygiene).check();
    if found.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Found(found))
    }
}

struct Checker<'a> {
    tokens: &'a [Token<'a>],
    hygiene: &'a Hygiene,
    shapes: Vec<(&'static Shape, Vec<Token<'static>>)>,
}

impl<'a> Checker<'a> {
    fn new(tokens: &'a [Token<'a>], hygiene: &'a Hygiene) -> Self {
        let shapes = SHAPES
            .iter()
            .map(|shape| {
                let pattern = crate::tokens::tokens(shape.pattern, 2024)
                    .expect("patterns are readable");
                (shape, pattern)
            })
            .collect();
        Self {
            tokens,
            hygiene,
            shapes,
        }
    }

    fn check(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let rest = &self.tokens[at..];
            let Some(what) = forbidden(rest) else {
                at += 1;
                continue;
            };
            if let Some(length) = self.allowed(rest) {
                at += length;
                continue;
            }
            found.push(Found {
                what,
                from: self.origin(at),
                suspect: self.suspect(),
                item: self.item(at),
            });
            at += 1;
        }
        found
    }

    /// Returns the length of the shape that `rest` begins with.
    fn allowed(&self, rest: &[Token<'_>]) -> Option<usize> {
        self.shapes
            .iter()
            .find_map(|(shape, pattern)| self.matches(shape, pattern, rest))
    }

    fn matches(
        &self,
        shape: &Shape,
        pattern: &[Token<'_>],
        rest: &[Token<'_>],
    ) -> Option<usize> {
        let mut at = 0;
        let mut marked = false;
        let mut pattern = pattern.iter();
        while let Some(wanted) = pattern.next() {
            if wanted.is("$") {
                if pattern.next()?.is(".") {
                    pattern.next();
                    at += angles(&rest[at..])?;
                } else {
                    let token = rest.get(at)?;
                    if !matches!(token.kind, Kind::Word | Kind::Other) {
                        return None;
                    }
                    at += 1;
                }
                continue;
            }
            let token = rest.get(at)?;
            if token.kind != wanted.kind {
                return None;
            }
            let same = match wanted.text.strip_suffix("*\"") {
                Some(start) if wanted.kind == Kind::String => {
                    token.text.starts_with(start)
                }
                _ => token.text == wanted.text,
            };
            if !same {
                return None;
            }
            if wanted.kind == Kind::Word && !KEYWORDS.contains(&wanted.text) {
                let by = self.hygiene.expansion(token.context?)?;
                if by.krate != shape.krate || by.name != shape.macro_name {
                    return None;
                }
                marked = true;
            }
            at += 1;
        }
        marked.then_some(at)
    }

    /// Returns the macro that made the first name after `at` within the item or
    /// block, with the place of the outermost call.
    fn origin(&self, at: usize) -> Option<Expansion> {
        let mut depth = 0_i32;
        for token in &self.tokens[at..] {
            if let Some(context) = token.context {
                let made_by = self.hygiene.expansion(context)?;
                if made_by.name.is_empty() {
                    return None;
                }
                let call = self.hygiene.outermost(context)?;
                return Some(Expansion {
                    call_site: call.call_site.clone(),
                    ..made_by.clone()
                });
            }
            match token.text {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => continue,
            }
            if depth < 0 || depth == 0 && token.text == "}" {
                break;
            }
        }
        None
    }

    /// Returns the source's first call of a macro of another crate.
    fn suspect(&self) -> Option<Expansion> {
        let trusted = ["rex", "rex_macros", "core", "alloc"];
        self.hygiene
            .calls()
            .filter(|call| {
                call.call_context == 0
                    && !call.name.is_empty()
                    && !trusted.contains(&call.krate.as_str())
            })
            .min_by(|a, b| a.call_site.cmp(&b.call_site))
            .cloned()
    }

    /// Returns the last function, type or macro before this place.
    fn item(&self, at: usize) -> Option<String> {
        (0..at).rev().find_map(|i| {
            let token = &self.tokens[i];
            let next = self.tokens.get(i + 1)?;
            if token.is("macro_rules") {
                let name = self.tokens.get(i + 2)?;
                return Some(format!("macro_rules! {}", name.text));
            }
            let names = ["fn", "struct", "enum", "trait", "static", "mod"];
            (token.kind == Kind::Word
                && names.contains(&token.text)
                && next.kind == Kind::Word)
                .then(|| format!("{} {}", token.text, next.text))
        })
    }
}

/// Returns the length of a list between angle brackets, or 0 if there is none.
fn angles(rest: &[Token<'_>]) -> Option<usize> {
    if !rest.first()?.is("<") {
        return Some(0);
    }
    let mut depth = 0;
    for (at, token) in rest.iter().enumerate() {
        let arrow = at > 0 && rest[at - 1].is("-");
        if token.is("<") {
            depth += 1;
        } else if token.is(">") && !arrow {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        } else if [";", "{", "}", "unsafe"].iter().any(|text| token.is(text)) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a text as the compiler prints it, with the expansions 1 (rex) and 2
    /// (another crate).
    fn with_data(source: &str, macro_name: &str) -> String {
        let expansion = |krate: &str, name: &str| {
            format!(
                "        Some(\n            ExpnData {{\n                \
                 call_site: p.rs:9:1: 11:2 (#0),\n                \
                 macro_def_id: Some(\n                    \
                 DefId(2:1 ~ {krate}[5d9d]::{name}),\n                ),\n\
                 hide_backtrace: false,\n            }},\n        ),\n"
            )
        };
        let context = |n: usize| {
            format!("            outer_expn: crate0::{{{{expn{n}}}}},\n")
        };
        format!(
            "{source}\n/*\nHygieneData {{\n    local_expn_data: [\n{}{}{}    ],\n    \
             syntax_context_data: [\n{}{}{}    ],\n}}\n*/\n",
            expansion("p", ""),
            expansion("rex", macro_name),
            expansion("evil", macro_name),
            context(0),
            context(1),
            context(2),
        )
    }

    fn found(source: &str) -> Vec<String> {
        found_of(source, "m")
    }

    fn found_of(source: &str, macro_name: &str) -> Vec<String> {
        match check(&with_data(source, macro_name), 2024) {
            Ok(()) => Vec::new(),
            Err(Refusal::Found(found)) => {
                found.into_iter().map(|found| found.what).collect()
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn safe_code_is_fine() {
        let sources = [
            "fn f() { let x = \"unsafe\"; let r#unsafe = 'a'; } /* unsafe */",
            "#[doc = \"unsafe no_mangle\"] #[derive(Debug)] struct S;",
            "#[inline(always)] extern \"C\" fn f() {} extern crate alloc;",
            "#[allow(no_mangle_generic_items, linkage)] fn used() { link!() }",
            "macro_rules! asm { () => {} }",
        ];
        for source in sources {
            assert_eq!(found(source), Vec::<String>::new(), "{source}");
        }
    }

    #[test]
    fn unsafe_is_found_wherever_it_is() {
        for source in [
            "fn f() { unsafe { g() } }",
            "unsafe fn f() {}",
            "unsafe impl Sync for X {}",
            "unsafe trait T {}",
            "type F = unsafe fn();",
            "macro_rules! m { ($e:expr) => { unsafe { $e } } }",
            "fn f() -> impl T<{ unsafe { 1 } }> {}",
        ] {
            assert_eq!(found(source), ["unsafe"], "{source}");
        }
    }

    #[test]
    fn assembly_is_found() {
        assert_eq!(found("fn f() { asm!(\"cli\") }"), ["asm!"]);
        assert_eq!(found("global_asm! (\"x\");"), ["global_asm!"]);
        assert_eq!(found("naked_asm!(\"x\");"), ["naked_asm!"]);
    }

    #[test]
    fn foreign_items_are_found() {
        assert_eq!(found("extern \"C\" { fn f(); }"), ["extern { .. }"]);
        assert_eq!(found("extern { fn f(); }"), ["extern { .. }"]);
    }

    #[test]
    fn attributes_are_found() {
        for (source, name) in [
            ("#[no_mangle] fn f() {}", "#[no_mangle]"),
            ("#[r#no_mangle] fn f() {}", "#[r#no_mangle]"),
            ("#![export_name = \"x\"]", "#[export_name]"),
            ("#[cfg_attr(all(), no_mangle)] fn f() {}", "#[no_mangle]"),
            (
                "#[cfg_attr(x, inline, link_section = \"x\")]",
                "#[link_section]",
            ),
            ("#[link(name = \"x\")]", "#[link]"),
            ("#[used] static X: u8 = 0;", "#[used]"),
        ] {
            assert_eq!(found(source), [name], "{source}");
        }
        let nested = found("#[unsafe(no_mangle)] fn f() {}");
        assert_eq!(nested, ["#[no_mangle]", "unsafe"]);
    }

    const POD: &str =
        "unsafe impl ::rex /* 0#1 */::Pod /* 2#1 */ for X /* 3#0 */ {}";

    #[test]
    fn shapes_are_allowed_to_their_macro() {
        assert_eq!(found_of(POD, "__rex_pod"), Vec::<String>::new());
        let map = "#[unsafe(no_mangle /* 1#1 */)]\n\
            #[unsafe(link_section /* 1#1 */ = \".rex.maps\")]\n\
            #[used /* 2#1 */] static M: u8 = 0;";
        assert_eq!(found_of(map, "__rex_map"), Vec::<String>::new());
        assert!(!found_of(map, "__rex_config").is_empty());
        let config = map.replace(".rex.maps", ".rex.config");
        assert_eq!(found_of(&config, "__rex_config"), Vec::<String>::new());
        assert!(!found_of(&config, "__rex_map").is_empty());
        let event = "unsafe extern \"C\" { #[link_name /* 0#1 */ = \
            \"__rex_tp:a/b:c:u8\"] static OFFSET /* 2#1 */: u8 /* 3#1 */; }";
        assert_eq!(found_of(event, "__rex_tp_context"), Vec::<String>::new());
        for symbol in
            ["__rex_btf:off:task_struct:pid:s4", "__rex_btf_arg:f:0:u8"]
        {
            let number = number(symbol);
            assert_eq!(found_of(&number, "__rex_btf"), Vec::<String>::new());
        }
    }

    /// Returns the output of `__rex_btf!`.
    fn number(symbol: &str) -> String {
        format!(
            "unsafe extern \"C\" {{ #[link_name /* 0#1 */ = \"{symbol}\"] \
             static NUMBER /* 2#1 */: u8 /* 3#1 */; }}"
        )
    }

    #[test]
    fn shapes_are_not_allowed_to_others() {
        // A macro of another crate, no macro, and another macro.
        assert_eq!(found_of(&POD.replace("#1", "#2"), "__rex_pod"), ["unsafe"]);
        assert_eq!(found_of(&POD.replace("#1", "#0"), "__rex_pod"), ["unsafe"]);
        let none = POD.replace("/* 0#1 */", "");
        assert_eq!(found_of(&none, "__rex_pod"), ["unsafe"]);
        assert_eq!(found_of(POD, "__rex_map"), ["unsafe"]);
    }

    #[test]
    fn shapes_are_literal() {
        let other_section = "#[unsafe(no_mangle /* 1#1 */)]\n\
            #[unsafe(link_section /* 1#1 */ = \".text\")]\n\
            #[used /* 2#1 */] static M: u8 = 0;";
        assert!(!found_of(other_section, "__rex_map").is_empty());
        let other_symbol = "unsafe extern \"C\" { #[link_name /* 0#1 */ = \
            \"rex_heap_free\"] static OFFSET /* 2#1 */: u8 /* 3#1 */; }";
        assert!(!found_of(other_symbol, "__rex_tp_context").is_empty());
        for symbol in ["__rex_btf", "__rex_btf_other:x", "rex_load_8", "memcpy"]
        {
            let number = number(symbol);
            assert!(!found_of(&number, "__rex_btf").is_empty(), "{symbol}");
        }
        let function = number("__rex_btf:x")
            .replace("static NUMBER /* 2#1 */: u8 /* 3#1 */", "fn f()");
        assert!(!found_of(&function, "__rex_btf").is_empty());
        let two = number("__rex_btf:x").replace("; }", "; static B: u8; }");
        assert!(!found_of(&two, "__rex_btf").is_empty());
        let other = number("__rex_btf:x");
        assert!(!found_of(&other, "__rex_tp_context").is_empty());
        let more = POD.replace("{}", "{ fn f() { unsafe {} } }");
        assert_eq!(found_of(&more, "__rex_pod"), ["unsafe", "unsafe"]);
    }

    #[test]
    fn programs_are_called_by_their_kind_only() {
        let call = "fn f() { unsafe { ::rex /* 0#1 */::kind /* 1#1 */::xdp /* 2#0 */\
            ::run /* 3#1 */(ctx /* 4#1 */, rex_setup /* 5#1 */, function /* 6#1 */) } }";
        let found = |text: &str| found_of(text, "__rex_program");
        assert_eq!(found(call), Vec::<String>::new());
        for (from, to) in [
            // Another function, another path, a longer path, and other arguments.
            ("::kind /* 1#1 */", ""),
            ("kind /* 1#1 */", "prog /* 1#1 */"),
            ("::xdp /* 2#0 */", "::xdp /* 2#0 */::xdp /* 2#0 */"),
            ("run /* 3#1 */", "read /* 3#1 */"),
            ("rex_setup /* 5#1 */, ", ""),
            ("function /* 6#1 */)", "function /* 6#1 */, 1)"),
            ("ctx /* 4#1 */", "1 as _"),
            // Of the caller's names.
            ("ctx /* 4#1 */", "ctx /* 4#0 */"),
            ("rex_setup /* 5#1 */", "rex_setup /* 5#0 */"),
            ("function /* 6#1 */", "function /* 6#2 */"),
            ("kind /* 1#1 */", "kind /* 1#0 */"),
            ("run /* 3#1 */", "run /* 3#2 */"),
        ] {
            let other = call.replacen(from, to, 1);
            assert_eq!(found(&other), ["unsafe"], "{to} for {from}");
        }
        assert_eq!(found_of(call, "__rex_map"), ["unsafe"]);
    }

    #[test]
    fn maps_are_declared_by_their_macro_only() {
        let declare = "static M: u8 = { let rex_definition /* 3#1 */ = f(); unsafe { \
            ::rex /* 0#1 */::map /* 1#1 */::__declare_map /* 2#1 */(rex_definition /* 3#1 \
            */) } };";
        let found = |text: &str| found_of(text, "__rex_map");
        assert_eq!(found(declare), Vec::<String>::new());
        for (from, to) in [
            // Another function, another argument, and more of them.
            ("__declare_map /* 2#1 */", "__shapes /* 2#1 */"),
            ("(rex_definition /* 3#1 */)", "(f())"),
            ("/* 3#1 */) }", "/* 3#1 */); f() }"),
            // Of the caller's names.
            ("(rex_definition /* 3#1 */)", "(rex_definition /* 3#0 */)"),
            ("__declare_map /* 2#1 */", "__declare_map /* 2#0 */"),
            ("::map /* 1#1 */", "::map /* 1#2 */"),
        ] {
            let other = declare.replacen(from, to, 1);
            assert_ne!(other, declare);
            assert_eq!(found(&other), ["unsafe"], "{to} for {from}");
        }
        assert_eq!(found_of(declare, "__rex_config"), ["unsafe"]);
    }

    #[test]
    fn derives_with_generics_are_allowed() {
        let text = "unsafe impl<T: ::core /* 0#1 */::clone /* 1#1 */::TrivialClone \
            /* 1#1 */, const N /* 1#0 */: usize /* 1#0 */> ::core /* 0#1 \
            */::clone /* 1#1 */::TrivialClone /* 1#1 */ for G /* 1#0 */<T> {}";
        let data = with_data(text, "Clone").replace("rex[", "core[");
        assert_eq!(check(&data, 2024), Ok(()));
    }

    #[test]
    fn macro_and_call_are_named() {
        let text = "fn f() { unsafe { g /* 1#2 */ () } }";
        let Err(Refusal::Found(found)) = check(&with_data(text, "m"), 2024)
        else {
            panic!("it is fine");
        };
        let from = found[0].from.as_ref().expect("it is known");
        assert_eq!((from.krate.as_str(), from.name.as_str()), ("evil", "m"));
        assert_eq!(from.call_site, "p.rs:9:1");
        assert_eq!(found[0].item.as_deref(), Some("fn f"));
    }

    #[test]
    fn source_that_cannot_be_read_is_refused() {
        assert_eq!(check("fn f() {}", 2024), Err(Refusal::NoHygiene));
        let text = with_data("fn f() { \"a }", "m");
        let refusal = check(&text, 2024);
        assert!(matches!(refusal, Err(Refusal::Unreadable(_))));
    }
}
