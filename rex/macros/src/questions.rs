// SPDX-License-Identifier: GPL-2.0
//! The questions about the kernel's data: `kernel_enum!`, `kernel_size!`,
//! `kernel_offset!` and `kernel_has!`.

use proc_macro::{Delimiter, Span, TokenStream};

use crate::kernel::btf;
use crate::parse::{group, parse};
use crate::{Error, Result};

/// A question: `type`, `type.member` or `type::ENUMERATOR`, with an optional `?`.
struct Question {
    ty: String,
    path: String,
    optional: bool,
}

impl Question {
    fn parse(
        input: TokenStream,
        separator: &str,
        example: &str,
    ) -> Result<Self> {
        let text: String = input.into_iter().map(|t| t.to_string()).collect();
        let (text, optional) = match text.strip_suffix('?') {
            Some(text) => (text, true),
            None => (text.as_str(), false),
        };
        // `r#type` is a name in the kernel, too.
        let text = text.replace("r#", "");
        let (ty, path) = text.split_once(separator).unwrap_or((&text, ""));
        let allowed =
            |c: char| c.is_ascii_alphanumeric() || "_.[]/".contains(c);
        if ty.is_empty()
            || !ty.chars().chain(path.chars()).all(allowed)
            || text.ends_with(separator)
        {
            return expected(example);
        }
        Ok(Self {
            ty: ty.to_string(),
            path: path.to_string(),
            optional,
        })
    }
}

fn expected<T>(example: &str) -> Result<T> {
    Err(Error::new(Span::call_site(), format!("expected {example}")))
}

/// Returns the expression for a number, as programs see it.
fn number(symbol: &str) -> TokenStream {
    let mut output = parse("::rex::kernel::number");
    output.extend(group(Delimiter::Parenthesis, btf(symbol)));
    output
}

/// Returns the expression for whether a symbol is 1.
fn is_one(symbol: &str) -> TokenStream {
    let mut inner = number(symbol);
    inner.extend(parse("== 1"));
    group(Delimiter::Parenthesis, inner)
}

pub(crate) fn enumerator(input: TokenStream) -> Result<TokenStream> {
    let example = "an enumerator: `kernel_enum!(pid_type::PIDTYPE_MAX)`, with `?` after it \
        if not every kernel has it";
    let question = Question::parse(input, "::", example)?;
    let Question { ty, path, optional } = question;
    if path.is_empty() {
        return expected(example);
    }
    let what = if optional { "optenum" } else { "enum" };
    let mut value = number(&format!(":{what}:{ty}:{path}:"));
    value.extend(parse("as ::rex::__core::primitive::i64"));
    if !optional {
        return Ok(group(Delimiter::Parenthesis, value));
    }
    let mut output = parse("if");
    output.extend(is_one(&format!(":has:{ty}:{path}:e")));
    let mut some = parse("::rex::__core::option::Option::Some");
    some.extend(group(Delimiter::Parenthesis, value));
    output.extend(group(Delimiter::Brace, some));
    output.extend(parse("else"));
    let none = parse("::rex::__core::option::Option::None");
    output.extend(group(Delimiter::Brace, none));
    Ok(group(Delimiter::Brace, output))
}

pub(crate) fn size(input: TokenStream) -> Result<TokenStream> {
    let example = "a type or a member: `kernel_size!(task_struct.comm)`";
    let question = Question::parse(input, ".", example)?;
    if question.optional {
        return expected(example);
    }
    Ok(number(&format!(":size:{}:{}:", question.ty, question.path)))
}

pub(crate) fn offset(input: TokenStream) -> Result<TokenStream> {
    let example = "a member: `kernel_offset!(task_struct.comm)`";
    let question = Question::parse(input, ".", example)?;
    if question.optional || question.path.is_empty() {
        return expected(example);
    }
    Ok(number(&format!(":off:{}:{}:", question.ty, question.path)))
}

pub(crate) fn has(input: TokenStream) -> Result<TokenStream> {
    let example = "a type, a member or an enumerator: `kernel_has!(task_struct.comm)`, \
        `kernel_has!(pid_type::PIDTYPE_TGID)`";
    let text: String =
        input.clone().into_iter().map(|t| t.to_string()).collect();
    let is_enumerator = text.contains("::");
    let separator = if is_enumerator { "::" } else { "." };
    let question = Question::parse(input, separator, example)?;
    if question.optional {
        return expected(example);
    }
    let Question { ty, path, .. } = question;
    let kind = if is_enumerator { "e" } else { "" };
    Ok(is_one(&format!(":has:{ty}:{path}:{kind}")))
}
