// SPDX-License-Identifier: GPL-2.0
//! Names of functions as in the source.

/// Returns the path of a legacy mangled name, without the hash. Other names are
/// returned as they are.
pub(crate) fn demangle(symbol: &str) -> String {
    path(symbol).unwrap_or_else(|| symbol.to_string())
}

/// Returns whether a name is mangled, in either way.
pub(crate) fn is_mangled(symbol: &str) -> bool {
    path(symbol).is_some() || symbol.starts_with("_R")
}

fn path(symbol: &str) -> Option<String> {
    let mut rest = symbol.strip_prefix("_ZN")?;
    let mut parts = Vec::new();
    while !rest.starts_with('E') {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let length: usize = rest[..digits].parse().ok()?;
        let part = rest.get(digits..digits.checked_add(length)?)?;
        parts.push(part);
        rest = &rest[digits + length..];
    }
    let hash = parts.pop()?;
    if hash.len() != 17 || !hash.starts_with('h') {
        return None;
    }
    let parts: Vec<_> = parts.into_iter().map(readable).collect();
    Some(parts.join("::"))
}

const ESCAPES: &[(&str, &str)] = &[
    ("$LT$", "<"),
    ("$GT$", ">"),
    ("$RF$", "&"),
    ("$BP$", "*"),
    ("$LP$", "("),
    ("$RP$", ")"),
    ("$C$", ","),
    ("$SP$", "@"),
    ("$u20$", " "),
    ("$u27$", "'"),
    ("$u5b$", "["),
    ("$u5d$", "]"),
    ("$u7b$", "{"),
    ("$u7d$", "}"),
    ("$u3b$", ";"),
    ("$u2b$", "+"),
    ("$u22$", "\""),
    ("$u7e$", "~"),
    ("..", "::"),
];

fn readable(part: &str) -> String {
    let part = match part.strip_prefix('_') {
        Some(rest) if rest.starts_with('$') => rest,
        _ => part,
    };
    ESCAPES
        .iter()
        .fold(part.to_string(), |part, (from, to)| part.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_readable() {
        let symbol = "_ZN11large_frame5fills17h0123456789abcdefE";
        assert_eq!(demangle(symbol), "large_frame::fills");
        let part = "_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$X$GT$";
        let symbol = format!("_ZN{}{part}1f17h0123456789abcdefE", part.len());
        assert_eq!(demangle(&symbol), "<alloc::vec::Vec<T> as X>::f");
    }

    #[test]
    fn other_names_stay() {
        for symbol in ["memcpy", "_ZN", "_ZN3fooE", "_ZN99fooE", "_ZN3foo"] {
            assert_eq!(demangle(symbol), symbol);
            assert!(!is_mangled(symbol));
        }
        assert!(is_mangled("_RNvC3foo3bar"));
    }
}
