// SPDX-License-Identifier: GPL-2.0
//! The tokens of Rust source, as the compiler prints it with all macros expanded.
//!
//! A text that could be read in two ways is an error, since code could be hidden in a
//! comment or a string. A procedural macro can make tokens of single characters, which
//! the compiler prints side by side: a slash and a star then look like the start of a
//! comment. But the compiler marks each name, and no comment and no string contains a
//! mark.

/// An edition of the language, by its year.
pub(crate) type Edition = u32;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a name. A raw one (`r#unsafe`) has its prefix.
    Word,
    /// A whole string of any kind.
    String,
    /// A number, a character or a lifetime.
    Other,
    /// One character of punctuation.
    Punct,
}

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// The line in the source, from 1.
    pub(crate) line: usize,
    /// The syntax context of a name, in a text with marks such as `x /* 12#3 */`.
    pub(crate) context: Option<usize>,
}

impl Token<'_> {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, Kind::Word | Kind::Punct)
    }
}

/// The reason why a text cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) line: usize,
    pub(crate) why: &'static str,
}

/// Returns the tokens of `text`.
pub(crate) fn tokens(
    text: &str,
    edition: Edition,
) -> Result<Vec<Token<'_>>, Unreadable> {
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
        edition,
        tokens: Vec::new(),
    };
    // The first line is for a shell if it is no attribute. The compiler prints
    // attributes without a space, and its notion of a space may differ from this one.
    if text.starts_with("#!") && !text.starts_with("#![") {
        reader.skip_line()?;
    }
    while reader.next()? {}
    Ok(reader.tokens)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    edition: Edition,
    tokens: Vec<Token<'a>>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn fail<T>(&self, why: &'static str) -> Result<T, Unreadable> {
        Err(Unreadable {
            line: self.line,
            why,
        })
    }

    fn advance(&mut self, length: usize) {
        let passed = &self.text[self.at..self.at + length];
        self.line += passed.matches('\n').count();
        self.at += length;
    }

    fn skip_line(&mut self) -> Result<(), Unreadable> {
        let rest = self.rest();
        let length = rest.find('\n').unwrap_or(rest.len());
        self.no_code_in(&rest[..length])?;
        self.advance(length);
        Ok(())
    }

    /// Checks that a comment or a string contains none of the compiler's marks.
    fn no_code_in(&self, text: &str) -> Result<(), Unreadable> {
        let is_marked = text.match_indices("/*").any(|(at, _)| {
            let rest = &text[at + 2..];
            rest.find("*/")
                .is_some_and(|end| context_of(&rest[..end]).is_some())
        });
        if is_marked {
            return self.fail(
                "a comment or a string has a name in it that the compiler has \
                 marked; a procedural macro may have made it of single characters",
            );
        }
        Ok(())
    }

    fn push_string(&mut self, length: usize) -> Result<(), Unreadable> {
        self.no_code_in(&self.rest()[..length])?;
        self.push(Kind::String, length);
        Ok(())
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let text = &self.text[self.at..self.at + length];
        self.tokens.push(Token {
            kind,
            text,
            line: self.line,
            context: None,
        });
        self.advance(length);
    }

    /// Reads one token or comment, and returns whether there was one.
    fn next(&mut self) -> Result<bool, Unreadable> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(false);
        };
        if first.is_whitespace() {
            self.advance(first.len_utf8());
        } else if rest.starts_with("//") {
            self.skip_line()?;
        } else if rest.starts_with("/*") {
            self.comment()?;
        } else if first == '"' {
            self.string(0)?;
        } else if first == '\'' {
            self.quote(0)?;
        } else if first.is_ascii_digit() {
            let length = length_of(rest, |c| c.is_alphanumeric() || c == '_');
            self.push(Kind::Other, length);
        } else if is_start(first) {
            self.word()?;
        } else {
            self.push(Kind::Punct, first.len_utf8());
        }
        Ok(true)
    }

    /// Reads a comment, which may contain others. The first one after a name may be
    /// the compiler's mark.
    fn comment(&mut self) -> Result<(), Unreadable> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let (mut depth, mut at) = (0, 0);
        loop {
            match bytes.get(at..at + 2) {
                Some(b"/*") => (depth, at) = (depth + 1, at + 2),
                Some(b"*/") => (depth, at) = (depth - 1, at + 2),
                Some(_) => at += 1,
                None => return self.fail("a comment has no end"),
            }
            if depth == 0 {
                break;
            }
        }
        self.no_code_in(&rest[2..at - 2])?;
        if let Some(token) = self.tokens.last_mut()
            && token.kind == Kind::Word
            && token.context.is_none()
        {
            token.context = context_of(&rest[2..at - 2]);
        }
        self.advance(at);
        Ok(())
    }

    /// Reads a string in quotes, after a prefix of this length.
    fn string(&mut self, prefix: usize) -> Result<(), Unreadable> {
        let bytes = self.rest().as_bytes();
        let mut at = prefix + 1;
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => at += 2,
                Some(_) => at += 1,
                None => return self.fail("a string has no end"),
            }
        }
        self.push_string(at + 1)
    }

    /// Reads a raw string, after a prefix of this length. It begins and ends with the
    /// same number of `#`.
    fn raw_string(&mut self, prefix: usize) -> Result<(), Unreadable> {
        let rest = self.rest();
        let hashes = length_of(&rest[prefix..], |c| c == '#');
        let end = format!("\"{}", &rest[prefix..prefix + hashes]);
        let start = prefix + hashes + 1;
        let Some(length) = rest[start..].find(&end) else {
            return self.fail("a raw string has no end");
        };
        self.push_string(start + length + end.len())
    }

    /// Reads a character or a lifetime, after a prefix of this length.
    fn quote(&mut self, prefix: usize) -> Result<(), Unreadable> {
        let rest = &self.rest()[prefix + 1..];
        let mut chars = rest.chars();
        let first = chars.next();
        let second = chars.next();
        let length = match (first, second) {
            (Some('\\'), Some(escaped)) => {
                // The escaped character may be a quote. After it may come a number
                // with any number of `_`, but no other quote.
                let skip = 1 + escaped.len_utf8();
                let number = length_of(&rest[skip..], |c| {
                    c.is_ascii_hexdigit() || ['_', '{', '}'].contains(&c)
                });
                if !rest[skip + number..].starts_with('\'') {
                    return self.fail("a character has no end");
                }
                skip + number + 1
            }
            (Some(first), Some('\'')) => first.len_utf8() + 1,
            (Some(first), _) if prefix == 0 && is_start(first) => {
                let raw = if rest.starts_with("r#") { 2 } else { 0 };
                raw + length_of(&rest[raw..], is_continued)
            }
            _ => return self.fail("a quote that begins nothing"),
        };
        self.push(Kind::Other, prefix + 1 + length);
        Ok(())
    }

    fn word(&mut self) -> Result<(), Unreadable> {
        let rest = self.rest();
        let length = length_of(rest, is_continued);
        let after = &rest[length..];
        let string = after.starts_with('"');
        let raw = after.trim_start_matches('#').starts_with('"');
        let c_strings = self.edition >= 2021;
        match &rest[..length] {
            "b" if string => self.string(length),
            "b" if after.starts_with('\'') => self.quote(length),
            "r" | "br" if raw => self.raw_string(length),
            "c" if string && c_strings => self.string(length),
            "cr" if raw && c_strings => self.raw_string(length),
            // A string in one edition, but a name and a string in another.
            "cr" if raw => self.fail("a raw C string of a later edition"),
            "r" if after.starts_with('#') => {
                let name = length_of(&after[1..], is_continued);
                self.push(Kind::Word, length + 1 + name);
                Ok(())
            }
            _ => {
                self.push(Kind::Word, length);
                Ok(())
            }
        }
    }
}

fn is_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn is_continued(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn length_of(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// Returns the 3 of `12#3`.
fn context_of(comment: &str) -> Option<usize> {
    let (name, context) = comment.trim().split_once('#')?;
    let _: usize = name.parse().ok()?;
    context.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, edition: Edition) -> Vec<&str> {
        tokens(text, edition)
            .expect("it is readable")
            .iter()
            .map(|token| token.text)
            .collect()
    }

    fn fails(text: &str, edition: Edition) -> bool {
        tokens(text, edition).is_err()
    }

    #[test]
    fn comments_nest() {
        assert_eq!(words("a /* b /* c */ unsafe */ d", 2024), ["a", "d"]);
        assert_eq!(words("a /**/ unsafe /**/ d", 2024), ["a", "unsafe", "d"]);
        assert_eq!(words("a // unsafe\nb", 2024), ["a", "b"]);
        assert_eq!(words("a /*/ unsafe */ b", 2024), ["a", "b"]);
    }

    #[test]
    fn comments_without_end_are_errors() {
        assert!(fails("a /* b /* c */ d", 2024));
        assert!(fails("a /*", 2024));
        assert!(fails("a /*/", 2024));
    }

    #[test]
    fn strings_are_whole() {
        let texts = [
            r#""unsafe""#,
            r#""a\"unsafe""#,
            r#""\\""#,
            r###"r"\""###,
            r####"r##"unsafe"#"##"####,
            r#"b"\"unsafe""#,
            r###"br#"""#"###,
            r#"c"unsafe""#,
            r###"cr#"""#"###,
        ];
        for text in texts {
            let source = format!("x {text} y");
            assert_eq!(words(&source, 2024), ["x", text, "y"], "{text}");
        }
    }

    #[test]
    fn strings_without_end_are_errors() {
        for text in ["\"a", "\"a\\\"", "r#\"a\"", "'", "'\\", "b'ab"] {
            assert!(fails(text, 2024), "{text}");
        }
    }

    #[test]
    fn c_strings_are_of_2021() {
        assert_eq!(words(r#"c"\"" x"#, 2021), [r#"c"\"""#, "x"]);
        assert_eq!(words(r#"c "a" x"#, 2018), ["c", r#""a""#, "x"]);
        assert!(fails(r###"cr"\" unsafe""###, 2018));
    }

    #[test]
    fn marked_names_are_hidden_by_nothing() {
        for text in [
            "#[a(/*)] mod b /* 7#0 */ {} #[a(*/)]",
            "#[a(//)] mod b /* 7#0 */ {}",
            "#[a('\"' )] mod b /* 7#0 */ {} \"",
            "#[a(r#\" )] mod b /* 7#0\n */ {} #[a(\"#)]",
            "/* a /* 7#0 */ */",
        ] {
            assert!(fails(text, 2024), "{text}");
        }
        assert_eq!(words("a /* 7#0 */ /* b /* c */ */", 2024), ["a"]);
        assert_eq!(words("\"/* a */\" // /* #1 */", 2024), ["\"/* a */\""]);
    }

    #[test]
    fn characters_are_no_lifetimes() {
        assert_eq!(words("'a' x", 2024), ["'a'", "x"]);
        assert_eq!(words("&'a x", 2024), ["&", "'a", "x"]);
        assert_eq!(words("'\\'' x", 2024), ["'\\''", "x"]);
        assert_eq!(words("'\"' x '\"'", 2024), ["'\"'", "x", "'\"'"]);
        assert_eq!(words("'\\u{10ffff}' x", 2024), ["'\\u{10ffff}'", "x"]);
        let long = r"'\u{0_0_0_0_2_2___}'";
        assert_eq!(words(&format!("{long} x"), 2024), [long, "x"]);
        assert!(fails(r"'\n x'", 2024));
        assert_eq!(words("b'\"' x", 2024), ["b'\"'", "x"]);
        assert_eq!(words("'r#a x", 2024), ["'r#a", "x"]);
        assert_eq!(words("'ä' 'é x", 2024), ["'ä'", "'é", "x"]);
    }

    #[test]
    fn raw_words_are_other_words() {
        assert_eq!(words("r#unsafe unsafe", 2024), ["r#unsafe", "unsafe"]);
    }

    #[test]
    fn numbers_end() {
        assert_eq!(
            words("1e5 0x1f 1..2", 2024),
            ["1e5", "0x1f", "1", ".", ".", "2"]
        );
    }

    #[test]
    fn a_line_for_a_shell_is_none() {
        assert_eq!(words("#!/bin/x \"\nunsafe", 2024), ["unsafe"]);
        assert_eq!(words("#!\u{a0}[ r#\"\nunsafe", 2024), ["unsafe"]);
        assert_eq!(words("#![a]", 2024), ["#", "!", "[", "a", "]"]);
    }

    #[test]
    fn contexts_are_of_the_name_before() {
        let text =
            "a /* 3#7 */ /* 3#8 */ \"b\" /* 1#2 */ c /* d */ /*\n 1#9 */";
        let contexts: Vec<_> = tokens(text, 2024)
            .expect("it is readable")
            .iter()
            .map(|token| token.context)
            .collect();
        assert_eq!(contexts, [Some(7), None, Some(9)]);
    }

    #[test]
    fn lines_are_counted() {
        let text = "a\n\"x\ny\" /*\n*/ b";
        let lines: Vec<_> = tokens(text, 2024)
            .expect("it is readable")
            .iter()
            .map(|token| token.line)
            .collect();
        assert_eq!(lines, [1, 2, 4]);
    }
}
