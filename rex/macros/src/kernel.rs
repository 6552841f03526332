// SPDX-License-Identifier: GPL-2.0
//! Declarations of the kernel's data.
//!
//! Their output is safe code. The only unsafe part, the declaration of a symbol for the
//! loader, is made by the crate's `__rex_btf!` from a string.

use proc_macro::{Delimiter, Ident, Literal};
use proc_macro::{TokenStream, TokenTree};

use crate::parse::{Tokens, group, parse, plain_name};
use crate::types::{How, KINDS, Type};
use crate::{Error, Result};

struct Member {
    attributes: TokenStream,
    visibility: TokenStream,
    name: Ident,
    ty: Type,
    how: How,
    path: String,
}

impl Member {
    fn parse(tokens: &mut Tokens) -> Result<Self> {
        let attributes = attributes(tokens)?;
        let visibility = tokens.visibility();
        let name = tokens.ident("the name of a member")?;
        tokens.punct(':')?;
        let span = tokens.span();
        let ty = Type::parse(tokens)?;
        if matches!(ty, Type::Nothing) {
            return Err(Error::new(span, KINDS));
        }
        let how = Self::how(tokens, &ty)?;
        let mut path = plain_name(&name);
        if tokens.next_is_ident("from") {
            tokens.next();
            path = string(tokens, "\"a.path\"", "_.[]|")?;
        }
        if !tokens.is_empty() && !tokens.next_is_punct(',') {
            return tokens.error(
                "expected `,`, or `from \"a.path\"`, `as bits` or `as _` before it",
            );
        }
        tokens.next();
        Ok(Self {
            attributes,
            visibility,
            name,
            ty,
            how,
            path,
        })
    }

    fn how(tokens: &mut Tokens, ty: &Type) -> Result<How> {
        if !tokens.next_is_ident("as") {
            return Ok(How::Plain);
        }
        tokens.next();
        let how = match tokens.ident("`bits` or `_`")?.to_string().as_str() {
            "bits" => How::Bits,
            "_" => How::Any,
            _ => return tokens.error("expected `as bits` or `as _`"),
        };
        if !ty.is_integer(how == How::Bits) {
            return tokens.error(match how {
                How::Bits => "a bit field is read as an integer or as a `bool`",
                _ => "`as _` is for integers: one of any size",
            });
        }
        Ok(how)
    }

    /// Returns the symbol for the question `what` about the member.
    fn symbol(&self, what: &str, of: &str, kind: &str) -> TokenStream {
        let optional = match self.ty {
            Type::Optional(_) if what == "off" => "opt",
            Type::Optional(_) => &format!("opt{what}"),
            _ => what,
        };
        btf(&format!(":{optional}:{of}:{}:{kind}", self.path))
    }

    /// Returns the body of the function that gives the member's place.
    fn place(&self, of: &str) -> TokenStream {
        let kind = self.ty.kind();
        let is_signed = kind.starts_with('s');
        let mut output = parse("::rex::kernel::Place");
        let fields = match self.how {
            How::Plain => {
                output.extend(parse("::at"));
                self.symbol("off", of, &kind)
            }
            How::Bits => {
                output.extend(parse("::at"));
                self.symbol("bits", of, if is_signed { "B" } else { "b" })
            }
            How::Any => {
                let mut fields = parse("offset:");
                fields.extend(self.symbol("off", of, "i"));
                fields.extend(parse(", size:"));
                fields.extend(self.symbol("size", of, "i"));
                output.extend(group(Delimiter::Brace, fields));
                return output;
            }
        };
        output.extend(group(Delimiter::Parenthesis, fields));
        output
    }
}

/// Returns the attributes of a declaration: documentation, for one.
fn attributes(tokens: &mut Tokens) -> Result<TokenStream> {
    let attributes = tokens.attributes()?;
    Ok(attributes
        .into_iter()
        .flat_map(|attribute| attribute.tokens)
        .collect())
}

/// Parses a string of letters, digits and the characters in `others`.
fn string(tokens: &mut Tokens, what: &str, others: &str) -> Result<String> {
    let span = tokens.span();
    let expected = || Error::new(span, format!("expected {what}"));
    let text = tokens.next().ok_or_else(expected)?.to_string();
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .ok_or_else(expected)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
    if text.is_empty() || !text.chars().all(allowed) {
        return Err(expected());
    }
    Ok(text.to_string())
}

/// Returns the expression for the number that the loader finds for a symbol.
pub(crate) fn btf(symbol: &str) -> TokenStream {
    let mut output = parse("::rex::__rex_btf!");
    let symbol = TokenTree::from(Literal::string(symbol));
    output.extend(group(Delimiter::Parenthesis, symbol.into()));
    output
}

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let mut tokens = Tokens::new(input);
    let mut output = TokenStream::new();
    if tokens.is_empty() {
        return tokens
            .error("expected structs: `struct task_struct { pid: i32 }`");
    }
    while !tokens.is_empty() {
        output.extend(declaration(&mut tokens)?);
    }
    Ok(output)
}

fn declaration(tokens: &mut Tokens) -> Result<TokenStream> {
    let attributes = attributes(tokens)?;
    let visibility = tokens.visibility();
    if tokens.next_is_ident("enum") {
        return tokens.error(
            "enumerators are not declared: `rex::kernel_enum!(pid_type::PIDTYPE_MAX)`",
        );
    }
    if !tokens.next_is_ident("struct") && !tokens.next_is_ident("union") {
        return tokens.error("expected `struct` or `union`");
    }
    tokens.next();
    let name = tokens.ident("the kernel's name of a struct")?;
    let mut of = plain_name(&name);
    if tokens.next_is_ident("in") {
        tokens.next();
        let module =
            string(tokens, "the name of a module, \"nf_conntrack\"", "_")?;
        of = format!("{module}/{of}");
    }
    let Some(body) = tokens.group(Delimiter::Brace) else {
        return tokens.error(
            "expected the members in braces, or `in \"module\"` before them",
        );
    };
    let mut members = Vec::new();
    let mut inner = Tokens::new(body.stream());
    while !inner.is_empty() {
        members.push(Member::parse(&mut inner)?);
    }

    let mut output = attributes;
    output.extend(parse("#[allow(non_camel_case_types, dead_code)]"));
    output.extend(visibility);
    output.extend(parse("struct"));
    output.extend([TokenTree::from(name.clone())]);
    output.extend(group(Delimiter::Brace, fields(&name, &members)));
    output.extend(impls(&name, &of, &members));
    Ok(output)
}

/// Returns the fields of the struct that a declaration becomes.
fn fields(name: &Ident, members: &[Member]) -> TokenStream {
    let mut output = TokenStream::new();
    for (number, member) in members.iter().enumerate() {
        output.extend(member.attributes.clone());
        output.extend(member.visibility.clone());
        output.extend([TokenTree::from(member.name.clone())]);
        output.extend(parse(": ::rex::kernel::Member<"));
        output.extend([TokenTree::from(name.clone())]);
        output.extend(parse(&format!(", {number},")));
        output.extend(member.ty.tokens(member.how));
        output.extend(parse(">,"));
    }
    output
}

/// Returns the implementations that make the struct one of the kernel's.
fn impls(name: &Ident, of: &str, members: &[Member]) -> TokenStream {
    let on = |of_trait: &str, body: TokenStream| {
        let mut output = parse(&format!("impl {of_trait} for"));
        output.extend([TokenTree::from(name.clone())]);
        output.extend(group(Delimiter::Brace, body));
        output
    };
    let function = |head: &str, body: TokenStream| {
        let mut output = parse("#[inline(always)]");
        output.extend(parse(head));
        output.extend(group(Delimiter::Brace, body));
        output
    };

    let clone = function("fn clone(&self) -> Self", parse("*self"));
    let mut output = on("::rex::__core::clone::Clone", clone);
    output.extend(on("::rex::__core::marker::Copy", TokenStream::new()));

    let mut values = TokenStream::new();
    for member in members {
        values.extend([TokenTree::from(member.name.clone())]);
        values.extend(parse(": ::rex::kernel::Member::NEW,"));
    }
    let mut of_struct =
        parse("const NAME: &'static ::rex::__core::primitive::str =");
    let plain = Literal::string(&plain_name(name));
    of_struct.extend([TokenTree::from(plain)]);
    of_struct.extend(parse("; const MEMBERS: Self = Self"));
    of_struct.extend(group(Delimiter::Brace, values));
    of_struct.extend(parse(";"));
    of_struct.extend(function(
        "fn size() -> ::rex::__core::primitive::usize",
        btf(&format!(":size:{of}::")),
    ));
    output.extend(on("::rex::kernel::Struct", of_struct));

    for (number, member) in members.iter().enumerate() {
        let place =
            function("fn place() -> ::rex::kernel::Place", member.place(of));
        let of_trait = format!("::rex::kernel::Layout<{number}>");
        output.extend(on(&of_trait, place));
    }
    output
}
