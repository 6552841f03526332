// SPDX-License-Identifier: GPL-2.0
//! The fields of the kernel's structures that the crate uses.

use std::fmt::Write as _;

use crate::def::{self, Error, fail};
use crate::text::rust_head;

pub(crate) const LIST: &str = "kmod/fields.def";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// The name of the crate's function.
    name: String,
    symbol: String,
    is_optional: bool,
}

/// Reads the list.
pub(crate) fn parse(text: &str) -> Result<Vec<Field>, Error> {
    let mut fields: Vec<Field> = Vec::new();
    for entry in def::entries(text)? {
        let of = |structure: &str, name: &str, kind: &str| Field {
            name: format!("{structure}_{name}"),
            symbol: format!("__rex_{kind}_{structure}_{name}"),
            is_optional: kind == "opt",
        };
        let field = match entry.name.as_str() {
            "FIELD" => {
                let [structure, name] = entry.args()?;
                of(structure, name, "off")
            }
            "FIELD_AS" => {
                let [structure, name, _] = entry.args()?;
                of(structure, name, "off")
            }
            "OPTIONAL_FIELD" => {
                let [structure, name, _] = entry.args()?;
                of(structure, name, "opt")
            }
            "CONSTANT" | "FOUND" => {
                let [name, _] = entry.args()?;
                Field {
                    name: name.to_string(),
                    symbol: format!("__rex_{name}"),
                    is_optional: false,
                }
            }
            other => {
                let what = format!("{other} is none of the list's macros");
                return fail(entry.line, what);
            }
        };
        if fields.iter().any(|other| other.name == field.name) {
            let what = format!("{} is there already", field.name);
            return fail(entry.line, what);
        }
        fields.push(field);
    }
    Ok(fields)
}

/// Returns the crate's functions for the offsets.
pub(crate) fn offsets(fields: &[Field]) -> String {
    let mut text = rust_head(LIST)
        + "//! Where the kernel's structures have their fields.\n\n\
           // Absolute symbols: rex.ko resolves them when the object is loaded.\n\
           unsafe extern \"C\" {\n";
    for field in fields {
        _ = writeln!(text, "    static {}: u8;", field.symbol);
    }
    text += "}\n";
    for (macro_name, is_optional) in
        [("offsets", false), ("optional_offsets", true)]
    {
        _ = writeln!(text, "\n{macro_name}! {{");
        for field in fields.iter().filter(|f| f.is_optional == is_optional) {
            _ = writeln!(text, "    {} = {},", field.name, field.symbol);
        }
        text += "}\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "\
FIELD(sk_buff, len)
FIELD_AS(task_struct, runtime, se.runtime) /* nested */
OPTIONAL_FIELD(sk_buff, napi_id, OFFSET_NAPI_ID)
CONSTANT(min_napi_id, MIN_NAPI_ID)
";

    #[test]
    fn fields_have_functions_and_symbols() {
        let text = offsets(&parse(ALL).expect("is right"));
        for line in [
            "static __rex_off_sk_buff_len: u8;",
            "static __rex_opt_sk_buff_napi_id: u8;",
            "sk_buff_len = __rex_off_sk_buff_len,",
            "task_struct_runtime = __rex_off_task_struct_runtime,",
            "min_napi_id = __rex_min_napi_id,",
        ] {
            assert!(text.contains(line), "{line}");
        }
    }

    #[test]
    fn a_field_that_may_lack_is_optional_in_the_crate() {
        let text = offsets(&parse(ALL).expect("is right"));
        let (_, optional) = text.split_once("optional_offsets!").expect("is");
        assert!(optional.contains("sk_buff_napi_id ="));
        assert!(!optional.contains("sk_buff_len ="));
    }

    #[test]
    fn errors_in_the_list_are_named() {
        let error = |text: &str| parse(text).expect_err("is wrong").to_string();
        assert!(error("FIELD(a)").contains("1 arguments, not 2"));
        assert!(error("FELD(a, b)").contains("FELD"));
        assert!(error("FIELD(a, b)\nFIELD(a, b)").starts_with("2: a_b"));
    }
}
