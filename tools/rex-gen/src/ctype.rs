// SPDX-License-Identifier: GPL-2.0
//! The C types in helpers' prototypes, and the crate's types for them.

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CType {
    /// A number, by its name in Rust.
    Number(&'static str),
    Pointer(Pointer),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer {
    pub(crate) to: String,
    pub(crate) is_const: bool,
    pub(crate) is_user: bool,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Param {
    pub(crate) name: String,
    pub(crate) ctype: CType,
}

/// Returns the type in Rust of a number in C.
fn number(name: &str) -> Option<&'static str> {
    Some(match name {
        "char" | "u8" => "u8",
        "u16" | "__be16" => "u16",
        "u32" | "__be32" => "u32",
        "u64" => "u64",
        "s32" => "i32",
        "s64" => "i64",
        _ => return None,
    })
}

impl CType {
    /// Reads a type such as `const struct sk_buff *`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Some(to) = text.strip_suffix('*') else {
            return number(text).map(Self::Number).ok_or_else(|| {
                format!("tools/rex-gen/src/ctype.rs does not know `{text}`")
            });
        };
        let (mut is_const, mut is_user) = (false, false);
        let mut words = Vec::new();
        for word in to.split_whitespace() {
            match word {
                "const" => is_const = true,
                "__user" => is_user = true,
                _ => words.push(word),
            }
        }
        let to = words.join(" ");
        if to != "void" && !to.starts_with("struct ") && number(&to).is_none() {
            return Err(format!(
                "tools/rex-gen/src/ctype.rs does not know `{text}`"
            ));
        }
        Ok(Self::Pointer(Pointer {
            to,
            is_const,
            is_user,
        }))
    }

    /// Returns whether any value is valid.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// Returns whether this is the context of a program for packets or samples.
    pub(crate) fn is_context(&self) -> bool {
        let Self::Pointer(pointer) = self else {
            return false;
        };
        matches!(
            pointer.to.as_str(),
            "struct xdp_buff"
                | "struct sk_buff"
                | "struct bpf_perf_event_data_kern"
        )
    }

    /// Returns the type in Rust. A map is the value of `rex_map_def.map`, an address
    /// of userspace is a number, and registers are 64-bit words.
    pub(crate) fn rust(&self) -> String {
        let pointer = match self {
            Self::Number(name) => return (*name).to_string(),
            Self::Pointer(pointer) => pointer,
        };
        let to = match pointer.to.as_str() {
            _ if pointer.is_user => return "u64".to_string(),
            "struct bpf_map" => return "u64".to_string(),
            "struct pt_regs" => "u64",
            name => number(name).unwrap_or("c_void"),
        };
        let kind = if pointer.is_const { "const" } else { "mut" };
        format!("*{kind} {to}")
    }
}

/// Reads the parameters of a function, in parentheses.
pub(crate) fn params(text: &str) -> Result<Vec<Param>, String> {
    let inner = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
        .ok_or_else(|| format!("`{text}` is not in parentheses"))?;
    if inner == "void" {
        return Ok(Vec::new());
    }
    inner.split(',').map(|text| param(text.trim())).collect()
}

fn param(text: &str) -> Result<Param, String> {
    let at = text
        .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .ok_or_else(|| format!("the parameter `{text}` has no name"))?;
    let (ctype, name) = text.split_at(at + 1);
    if name.is_empty() {
        return Err(format!("the parameter `{text}` has no name"));
    }
    Ok(Param {
        name: name.to_string(),
        ctype: CType::parse(ctype.trim())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> String {
        CType::parse(text).expect("is known").rust()
    }

    #[test]
    fn numbers_have_the_same_size() {
        assert_eq!(rust("u16"), "u16");
        assert_eq!(rust("__be16"), "u16");
        assert_eq!(rust("s64"), "i64");
    }

    #[test]
    fn pointers_keep_their_const() {
        assert_eq!(rust("const void *"), "*const c_void");
        assert_eq!(rust("void *"), "*mut c_void");
        assert_eq!(rust("const struct sk_buff *"), "*const c_void");
        assert_eq!(rust("const char *"), "*const u8");
        assert_eq!(rust("u64 *"), "*mut u64");
        assert_eq!(rust("struct pt_regs *"), "*mut u64");
    }

    #[test]
    fn maps_and_addresses_of_userspace_are_numbers_to_the_crate() {
        assert_eq!(rust("struct bpf_map *"), "u64");
        assert_eq!(rust("const void __user *"), "u64");
        assert!(!CType::parse("struct bpf_map *").unwrap().is_number());
    }

    #[test]
    fn an_unknown_type_is_an_error_that_names_it() {
        for text in ["long", "unsigned int *", "size_t"] {
            let error = CType::parse(text).expect_err("is unknown");
            assert!(error.contains(text), "{error}");
        }
    }

    #[test]
    fn parameters_have_names() {
        let all = params("(struct sk_buff *skb, u32 len)").expect("is right");
        assert_eq!(all[0].name, "skb");
        assert!(all[0].ctype.is_context());
        assert_eq!(all[1].name, "len");
        assert_eq!(params("(void)"), Ok(vec![]));
        assert!(params("(u32)").is_err());
        assert!(params("(const void *)").is_err());
        assert!(params("void").is_err());
    }
}
