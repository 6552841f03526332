// SPDX-License-Identifier: GPL-2.0
//! Text for people: comments and tables.

/// Returns the first lines of a file in Rust.
pub(crate) fn rust_head(list: &str) -> String {
    format!(
        "// SPDX-License-Identifier: GPL-2.0\n\
         // Generated from {list}: `make gen`.\n"
    )
}

/// Puts code in the comment of a list into backquotes: arguments with their `@`,
/// names with an underscore, and error numbers.
pub(crate) fn markup(text: &str) -> String {
    text.split(' ')
        .map(markup_word)
        .collect::<Vec<_>>()
        .join(" ")
}

fn markup_word(word: &str) -> String {
    let is_code = |c: char| c.is_ascii_alphanumeric() || "_@-.()!:".contains(c);
    if let Some(inner) = word.strip_prefix('(') {
        return format!("({}", markup_word(inner));
    }
    let is_end = |c: char| ".,;:".contains(c);
    let mut end = word.trim_end_matches(is_end).len();
    if word[..end].ends_with(')') && !word[..end].contains('(') {
        end -= 1;
    }
    let (core, end) = word.split_at(end);
    if !core.is_empty() && core.chars().all(is_code) {
        if let Some(argument) = core.strip_prefix('@') {
            return format!("`{argument}`{end}");
        }
        if core.contains('_') || core.starts_with("-E") {
            return format!("`{core}`{end}");
        }
    }
    word.to_string()
}

/// Returns `text` in lines of at most `width` columns, each with `prefix`.
pub(crate) fn wrap(text: &str, prefix: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = prefix.to_string();
    for word in text.split_whitespace() {
        if line.len() > prefix.len() && line.len() + 1 + word.len() > width {
            lines.push_str(&line);
            lines.push('\n');
            line = prefix.to_string();
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

/// Returns a row of a table in Markdown.
pub(crate) fn row(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Replaces the text between the two lines that mark a part generated from `list`.
pub(crate) fn replace_part(
    old: &str,
    list: &str,
    part: &str,
) -> Result<String, String> {
    let first = format!("<!-- generated from {list}: `make gen` -->\n");
    let last = format!("<!-- end of what is generated from {list} -->\n");
    let missing = |line: &str| format!("no line `{}`", line.trim_end());
    let begin = old.find(&first).ok_or_else(|| missing(&first))?;
    let begin = begin + first.len();
    let length = old[begin..].find(&last).ok_or_else(|| missing(&last))?;
    Ok(format!("{}{part}{}", &old[..begin], &old[begin + length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_backquotes() {
        assert_eq!(
            markup("Reads @size bytes of task_struct: -EPERM, or 0."),
            "Reads `size` bytes of `task_struct`: `-EPERM`, or 0."
        );
        assert_eq!(markup("a user's id, in-kernel"), "a user's id, in-kernel");
        assert_eq!(markup("it (CLOCK_TAI)."), "it (`CLOCK_TAI`).");
        assert_eq!(markup("calls rex_x(), too"), "calls `rex_x()`, too");
    }

    #[test]
    fn lines_are_not_longer_than_the_width() {
        assert_eq!(
            wrap("one two three", "///", 11),
            "/// one two\n/// three\n"
        );
        assert_eq!(wrap("extraordinary", "//", 5), "// extraordinary\n");
    }

    #[test]
    fn a_part_is_replaced_and_nothing_else() {
        let old = "a\n<!-- generated from x.def: `make gen` -->\nold\n\
                   <!-- end of what is generated from x.def -->\nb\n";
        let new = replace_part(old, "x.def", "new\n").expect("is there");
        assert_eq!(new, old.replace("old", "new"));
        assert_eq!(replace_part(&new, "x.def", "new\n"), Ok(new.clone()));
        assert!(replace_part(old, "y.def", "new\n").is_err());
    }
}
