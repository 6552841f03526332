// SPDX-License-Identifier: GPL-2.0
//! The parts of Rust's syntax that the macros parse.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::{Error, Result};

/// A queue of tokens.
pub(crate) struct Tokens {
    tokens: std::vec::IntoIter<TokenTree>,
    last: Span,
}

impl Tokens {
    pub(crate) fn new(stream: TokenStream) -> Self {
        Self {
            tokens: stream.into_iter().collect::<Vec<_>>().into_iter(),
            last: Span::call_site(),
        }
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.tokens.as_slice().first()
    }

    pub(crate) fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.next()?;
        self.last = token.span();
        Some(token)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tokens.as_slice().is_empty()
    }

    /// Returns the place of the next token, or of the last one at the end.
    pub(crate) fn span(&self) -> Span {
        self.peek().map_or(self.last, TokenTree::span)
    }

    pub(crate) fn error<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(Error::new(self.span(), message))
    }

    pub(crate) fn ident(&mut self, what: &str) -> Result<Ident> {
        match self.peek() {
            Some(TokenTree::Ident(ident)) => {
                let ident = ident.clone();
                self.next();
                Ok(ident)
            }
            _ => self.error(format!("expected {what}")),
        }
    }

    pub(crate) fn next_is_ident(&self, name: &str) -> bool {
        matches!(self.peek(),
            Some(TokenTree::Ident(ident)) if ident.to_string() == name)
    }

    pub(crate) fn next_is_punct(&self, char: char) -> bool {
        matches!(self.peek(),
            Some(TokenTree::Punct(punct)) if punct.as_char() == char)
    }

    pub(crate) fn punct(&mut self, char: char) -> Result<TokenTree> {
        if self.next_is_punct(char)
            && let Some(token) = self.next()
        {
            return Ok(token);
        }
        self.error(format!("expected `{char}`"))
    }

    pub(crate) fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.next();
                Some(group)
            }
            _ => None,
        }
    }

    /// Takes the outer attributes that come next, each with its name.
    pub(crate) fn attributes(&mut self) -> Result<Vec<Attribute>> {
        let mut attributes = Vec::new();
        while self.next_is_punct('#') {
            let mut tokens = TokenStream::from(self.punct('#')?);
            let Some(group) = self.group(Delimiter::Bracket) else {
                return self.error("expected an attribute");
            };
            let span = group.span();
            let contents = group.stream();
            tokens.extend([TokenTree::from(group)]);
            attributes.push(Attribute {
                contents,
                tokens,
                span,
            });
        }
        Ok(attributes)
    }

    /// Takes the visibility that comes next, which may be empty.
    pub(crate) fn visibility(&mut self) -> TokenStream {
        let mut tokens = TokenStream::new();
        if self.next_is_ident("pub") {
            tokens.extend(self.next());
            let group = self.group(Delimiter::Parenthesis);
            tokens.extend(group.map(TokenTree::from));
        }
        tokens
    }

    /// Takes the tokens before the first `end` outside angle brackets, or all
    /// tokens if there is none.
    pub(crate) fn until(&mut self, end: char) -> Vec<TokenTree> {
        let mut tokens = Vec::new();
        let mut depth = 0usize;
        let mut last = ' ';
        while let Some(token) = self.peek() {
            let char = match token {
                TokenTree::Punct(punct) => punct.as_char(),
                _ => ' ',
            };
            if char == end && depth == 0 {
                break;
            }
            match char {
                '<' => depth += 1,
                // The arrow of a function's type does not count.
                '>' if last != '-' => depth = depth.saturating_sub(1),
                _ => {}
            }
            last = char;
            tokens.extend(self.next());
        }
        tokens
    }

    pub(crate) fn rest(self) -> TokenStream {
        self.tokens.collect()
    }
}

/// An attribute `#[...]`.
pub(crate) struct Attribute {
    /// The tokens in the brackets.
    pub(crate) contents: TokenStream,
    /// All tokens of the attribute.
    pub(crate) tokens: TokenStream,
    pub(crate) span: Span,
}

impl Attribute {
    /// Returns the name if it is a simple one, otherwise empty.
    pub(crate) fn name(&self) -> String {
        let mut tokens = self.contents.clone().into_iter();
        match (tokens.next(), tokens.next()) {
            (Some(TokenTree::Ident(_)), Some(TokenTree::Punct(punct)))
                if punct.as_char() == ':' =>
            {
                String::new()
            }
            (Some(TokenTree::Ident(ident)), _) => ident.to_string(),
            _ => String::new(),
        }
    }
}

/// `name` without the `r#` of a raw identifier.
pub(crate) fn plain_name(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_string)
}

/// Returns the tokens of a piece of Rust.
pub(crate) fn parse(source: &str) -> TokenStream {
    source.parse().expect("this is Rust")
}

/// Returns `contents` between delimiters.
pub(crate) fn group(
    delimiter: Delimiter,
    contents: TokenStream,
) -> TokenStream {
    TokenTree::from(Group::new(delimiter, contents)).into()
}
