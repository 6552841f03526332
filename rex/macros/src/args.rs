// SPDX-License-Identifier: GPL-2.0
//! The arguments of program attributes: `name = literal` or `name`, separated
//! by commas.

use proc_macro::{Span, TokenStream, TokenTree};

use crate::parse::Tokens;
use crate::{Error, Result};

/// The longest time between runs of a timer: a day.
const MAX_PERIOD_MS: u32 = 86_400_000;

/// The arguments of a program attribute.
#[derive(Default)]
pub(crate) struct Args {
    /// The function to probe.
    pub(crate) function: Option<String>,
    /// The file with the function.
    pub(crate) path: Option<String>,
    /// The USDT probe in that file, with its provider.
    pub(crate) probe: Option<String>,
    /// True if packets may be in several buffers.
    pub(crate) frags: bool,
    /// True if the program is for entries of a devmap.
    pub(crate) devmap: bool,
    /// True if the program is for entries of a cpumap.
    pub(crate) cpumap: bool,
    /// The time between runs of a timer.
    pub(crate) period_ms: Option<u32>,
    /// True if the program may wait for memory of the process.
    pub(crate) sleepable: bool,
    /// The time limit of a run, or 0 for the default.
    pub(crate) timeout_ms: u32,
    /// The result in place of a run.
    pub(crate) default_ret: Option<i32>,
}

impl Args {
    /// Parses the arguments, of which only those named in `known` are allowed.
    pub(crate) fn parse(stream: TokenStream, known: &[&str]) -> Result<Self> {
        let mut args = Self::default();
        let mut seen = Vec::new();
        let mut tokens = Tokens::new(stream);
        if matches!(tokens.peek(), Some(TokenTree::Literal(_)))
            && known.contains(&"function")
        {
            let span = tokens.span();
            let value = tokens.until(',');
            args.set("function", &Value::new(&value, span)?)?;
            seen.push("function".to_string());
            if !tokens.is_empty() {
                tokens.punct(',')?;
            }
        }
        while !tokens.is_empty() {
            if matches!(tokens.peek(), Some(TokenTree::Literal(_))) {
                return tokens.error(format!(
                    "an argument has a name; there are: {}",
                    known.join(", ")
                ));
            }
            let name = tokens.ident("the name of an argument")?;
            let span = name.span();
            let name = name.to_string();
            if !known.contains(&name.as_str()) {
                return Err(Error::new(
                    span,
                    format!(
                        "unknown argument `{name}`; there are: {}",
                        known.join(", ")
                    ),
                ));
            }
            if seen.contains(&name) {
                let message = format!("`{name}` is given twice");
                return Err(Error::new(span, message));
            }
            match name.as_str() {
                "frags" => args.frags = true,
                "devmap" => args.devmap = true,
                "cpumap" => args.cpumap = true,
                "sleepable" => args.sleepable = true,
                _ => {
                    tokens.punct('=')?;
                    let value = tokens.until(',');
                    args.set(&name, &Value::new(&value, span)?)?;
                }
            }
            seen.push(name);
            if !tokens.is_empty() {
                tokens.punct(',')?;
            }
        }
        Ok(args)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        match name {
            "function" => self.function = Some(value.symbol()?),
            "probe" => self.probe = Some(value.probe()?),
            "path" => self.path = Some(value.path()?),
            "period_ms" => self.period_ms = Some(value.period()?),
            "timeout_ms" => self.timeout_ms = value.timeout()?,
            "default_ret" => self.default_ret = Some(value.integer()?),
            _ => unreachable!("checked by the caller"),
        }
        Ok(())
    }
}

/// The value of an argument: a literal as text.
struct Value {
    text: String,
    span: Span,
}

impl Value {
    fn new(tokens: &[TokenTree], name: Span) -> Result<Self> {
        let Some(first) = tokens.first() else {
            return Err(Error::new(name, "expected a value after this"));
        };
        Ok(Self {
            text: tokens.iter().map(TokenTree::to_string).collect(),
            span: first.span(),
        })
    }

    fn error<T>(&self, message: &str) -> Result<T> {
        Err(Error::new(self.span, message))
    }

    /// Returns the text of a string.
    fn quoted(&self) -> Option<&str> {
        self.text.strip_prefix('"')?.strip_suffix('"')
    }

    /// Returns a symbol of the kernel, with an optional offset.
    fn symbol(&self) -> Result<String> {
        let Some(symbol) = self.quoted() else {
            return self.error("expected a string");
        };
        let allowed =
            |c: char| c.is_ascii_alphanumeric() || "_.$+*?[]-!^".contains(c);
        if symbol.is_empty() || !symbol.chars().all(allowed) {
            return self.error("this is not the name of a kernel function");
        }
        Ok(symbol.to_string())
    }

    /// Returns the provider and the name of a USDT probe.
    fn probe(&self) -> Result<String> {
        let text = self.quoted();
        let parts = text.and_then(|text| text.split_once(':'));
        let is_name = |name: &str| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        match (text, parts) {
            (Some(text), Some((provider, name)))
                if is_name(provider) && is_name(name) =>
            {
                Ok(text.to_string())
            }
            _ => self.error("expected \"provider:name\""),
        }
    }

    /// Returns the path of a file. It has no colon, since libbpf reads a path
    /// up to one.
    fn path(&self) -> Result<String> {
        let Some(path) = self.quoted() else {
            return self.error("expected a string");
        };
        let allowed = |c: char| c.is_ascii_graphic() && !"\"\\:".contains(c);
        if path.is_empty() || !path.chars().all(allowed) {
            return self
                .error("this is not a path without colons, quotes and blanks");
        }
        Ok(path.to_string())
    }

    fn timeout(&self) -> Result<u32> {
        match self.digits().parse() {
            Ok(timeout) if timeout > 0 => Ok(timeout),
            _ => self.error("expected a number of milliseconds, at least 1"),
        }
    }

    fn period(&self) -> Result<u32> {
        match self.digits().parse() {
            Ok(period @ 1..=MAX_PERIOD_MS) => Ok(period),
            _ => self
                .error("expected a number of milliseconds, from 1 to 86400000"),
        }
    }

    fn integer(&self) -> Result<i32> {
        match self.digits().parse() {
            Ok(integer) => Ok(integer),
            Err(_) => self.error("expected a 32-bit integer"),
        }
    }

    fn digits(&self) -> String {
        self.text.replace('_', "")
    }
}
