// SPDX-License-Identifier: GPL-2.0
//! Reads a list: C source of which only comments and calls of macros are used.

use std::fmt;

/// An error in a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) line: usize,
    pub(crate) what: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.what)
    }
}

pub(crate) fn error(line: usize, what: impl Into<String>) -> Error {
    let what = what.into();
    Error { line, what }
}

pub(crate) fn fail<T>(
    line: usize,
    what: impl Into<String>,
) -> Result<T, Error> {
    Err(error(line, what))
}

/// A call of the macro.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) line: usize,
    /// The macro's name.
    pub(crate) name: String,
    /// Its arguments, each with single blanks.
    pub(crate) args: Vec<String>,
    /// The comment right before the call, in one line; empty if there is none.
    pub(crate) doc: String,
}

impl Entry {
    /// Returns the arguments as an array, if their number is right.
    pub(crate) fn args<const N: usize>(&self) -> Result<[&str; N], Error> {
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        args.try_into().or_else(|args: Vec<&str>| {
            let what =
                format!("{} has {} arguments, not {N}", self.name, args.len());
            fail(self.line, what)
        })
    }
}

/// Returns the calls of macros in `text`, and skips preprocessor directives.
pub(crate) fn entries(text: &str) -> Result<Vec<Entry>, Error> {
    let mut reader = Reader {
        rest: text,
        line: 1,
    };
    let mut entries = Vec::new();
    let mut doc = String::new();
    loop {
        let blank = reader.skip_blanks();
        if blank.matches('\n').count() > 1 {
            doc.clear();
        }
        if reader.rest.is_empty() {
            return Ok(entries);
        }
        if reader.rest.starts_with("/*") {
            doc = reader.comment()?;
        } else if reader.rest.starts_with('#') {
            reader.directive();
            doc.clear();
        } else {
            entries.push(reader.entry(std::mem::take(&mut doc))?);
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Returns the next `length` bytes.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn skip_blanks(&mut self) -> &'a str {
        let length = self.rest.len() - self.rest.trim_start().len();
        self.take(length)
    }

    /// Reads a comment, and returns its text in one line.
    fn comment(&mut self) -> Result<String, Error> {
        let Some(end) = self.rest.find("*/") else {
            return fail(self.line, "the comment has no end");
        };
        let text = self.take(end + 2);
        let text = &text[2..end];
        let words: Vec<&str> = text
            .lines()
            .map(|line| line.trim().trim_start_matches('*'))
            .flat_map(str::split_whitespace)
            .collect();
        Ok(words.join(" "))
    }

    /// Skips a line that begins with `#`, and its continuation lines.
    fn directive(&mut self) {
        loop {
            let length =
                self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
            if !self.take(length).trim_end().ends_with('\\') {
                return;
            }
        }
    }

    /// Reads a name, and the arguments in parentheses after it.
    fn entry(&mut self, doc: String) -> Result<Entry, Error> {
        let line = self.line;
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let name = self.take(length).to_string();
        if name.is_empty() || !self.rest.starts_with('(') {
            return fail(line, "neither a comment nor a call of a macro");
        }
        let args = self.args(line)?;
        Ok(Entry {
            line,
            name,
            args,
            doc,
        })
    }

    fn args(&mut self, line: usize) -> Result<Vec<String>, Error> {
        let mut args = vec![String::new()];
        let (mut depth, mut quoted) = (0, false);
        let text = self.rest;
        for (at, c) in text.char_indices() {
            let last = args.last_mut().expect("there is one");
            match c {
                '"' => {
                    quoted = !quoted;
                    last.push(c);
                }
                _ if quoted => last.push(c),
                '(' if depth == 0 => depth = 1,
                ')' if depth == 1 => {
                    self.take(at + 1);
                    return Ok(args.iter().map(|arg| tidy(arg)).collect());
                }
                ',' if depth == 1 => args.push(String::new()),
                _ => {
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    last.push(c);
                }
            }
        }
        fail(line, "the call has no end")
    }
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Entry {
        let mut all = entries(text).expect("is right");
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn an_entry_has_arguments_and_the_comment_before_it() {
        let entry = one(
            "/* A heading */\n\n/*\n * What\n * it is.\n */\nX(a, b c,\n  (int d,\n   e))\n",
        );
        assert_eq!(entry.name, "X");
        assert_eq!(entry.args, ["a", "b c", "(int d, e)"]);
        assert_eq!(entry.doc, "What it is.");
        assert_eq!(entry.line, 7);
    }

    #[test]
    fn a_heading_is_not_the_comment_of_an_entry() {
        assert_eq!(one("/* A heading */\n\nX(a)\n").doc, "");
        assert_eq!(one("/* One */\n#define Y(z) \\\n\tz\nX(a)\n").doc, "");
    }

    #[test]
    fn a_comma_in_a_string_separates_nothing() {
        assert_eq!(one("X(\"a, (b\", c)").args, ["\"a, (b\"", "c"]);
    }

    #[test]
    fn directives_are_passed_over() {
        let text = "#define HELPER(a) \\\n\ta\nX(b)\n#undef HELPER\n";
        assert_eq!(one(text).args, ["b"]);
    }

    #[test]
    fn an_error_has_its_line() {
        let line = |text| entries(text).expect_err("is wrong").line;
        assert_eq!(line("\n\nX(a\n"), 3);
        assert_eq!(line("\n/* no end\n"), 2);
        assert_eq!(line("X(a)\nstatic int x;\n"), 2);
    }

    #[test]
    fn the_number_of_arguments_is_checked() {
        let entry = one("X(a, b)");
        assert_eq!(entry.args::<2>(), Ok(["a", "b"]));
        let error = entry.args::<3>().expect_err("has two");
        assert_eq!(error.to_string(), "1: X has 2 arguments, not 3");
    }
}
