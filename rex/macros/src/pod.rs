// SPDX-License-Identifier: GPL-2.0
//! The derive of `Pod`. The macro that it calls checks the requirements.

use proc_macro::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

use crate::parse::{Attribute, Tokens, group, parse};
use crate::{Error, Result};

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let mut tokens = Tokens::new(item);
    let attributes = tokens.attributes()?;
    tokens.visibility();
    if !tokens.next_is_ident("struct") {
        return tokens.error(
            "only structs can be plain data: not every bit pattern is a value \
             of an enum, nor of each field of a union",
        );
    }
    tokens.next();
    let name = tokens.ident("the name of a struct")?;
    if !attributes.iter().any(has_fixed_layout) {
        return Err(Error::new(
            name.span(),
            "plain data needs a fixed layout: add #[repr(C)]",
        ));
    }
    if tokens.next_is_punct('<') {
        return tokens.error("plain data has no generic parameters");
    }
    let fields = if let Some(body) = tokens.group(Delimiter::Brace) {
        named_fields(body)?
    } else if let Some(body) = tokens.group(Delimiter::Parenthesis) {
        numbered_fields(body)?
    } else {
        return Err(Error::new(name.span(), "plain data has fields"));
    };

    let mut input = TokenStream::from(TokenTree::from(name));
    input.extend(group(Delimiter::Brace, fields.into_iter().collect()));
    let mut output = parse("::rex::__rex_pod!");
    output.extend(group(Delimiter::Brace, input));
    Ok(output)
}

fn has_fixed_layout(attribute: &Attribute) -> bool {
    let mut tokens = Tokens::new(attribute.contents.clone());
    if !tokens.next_is_ident("repr") {
        return false;
    }
    tokens.next();
    let Some(arguments) = tokens.group(Delimiter::Parenthesis) else {
        return false;
    };
    arguments.stream().into_iter().any(|token| {
        matches!(token, TokenTree::Ident(ident)
            if ["C", "transparent"].contains(&ident.to_string().as_str()))
    })
}

fn named_fields(body: Group) -> Result<Vec<TokenTree>> {
    let mut fields = Vec::new();
    let mut tokens = Tokens::new(body.stream());
    while !tokens.is_empty() {
        tokens.attributes()?;
        tokens.visibility();
        let name: Ident = tokens.ident("the name of a field")?;
        fields.push(TokenTree::from(name));
        tokens.until(',');
        tokens.next();
    }
    Ok(fields)
}

fn numbered_fields(body: Group) -> Result<Vec<TokenTree>> {
    let mut fields = Vec::new();
    let mut tokens = Tokens::new(body.stream());
    while !tokens.is_empty() {
        let number = Literal::usize_unsuffixed(fields.len());
        fields.push(TokenTree::from(number));
        tokens.attributes()?;
        tokens.until(',');
        tokens.next();
    }
    Ok(fields)
}
