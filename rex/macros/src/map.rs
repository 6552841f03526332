// SPDX-License-Identifier: GPL-2.0
//! The attributes of maps and configs.

use proc_macro::{Delimiter, TokenStream, TokenTree};

use crate::parse::{Tokens, group, parse};
use crate::{Error, Result};

/// Attributes that may follow `rex_map` and `rex_config`. Others may be macros, which would
/// see tokens that are allowed to be unsafe.
const ATTRIBUTES: &[&str] = &[
    "allow",
    "warn",
    "deny",
    "expect",
    "forbid",
    "doc",
    "deprecated",
];

/// The kind of a static, by its attribute.
pub(crate) struct Kind {
    /// The name in messages.
    what: &'static str,
    /// The macro that makes it.
    path: &'static str,
    /// Further items beside it.
    extra: &'static str,
}

pub(crate) const MAP: Kind = Kind {
    what: "map",
    path: "::rex::__rex_map!",
    extra: "#[allow(unused_imports)] use ::rex::map::MapRefOption as _;",
};

pub(crate) const CONFIG: Kind = Kind {
    what: "config",
    path: "::rex::__rex_config!",
    extra: "",
};

pub(crate) fn expand(
    kind: &Kind,
    name: &str,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    if let Some(token) = args.into_iter().next() {
        return Err(Error::new(
            token.span(),
            format!("{name} takes no arguments"),
        ));
    }

    let mut tokens = Tokens::new(item);
    let mut attributes = TokenStream::new();
    for attribute in tokens.attributes()? {
        if !ATTRIBUTES.contains(&attribute.name().as_str()) {
            return Err(Error::new(
                attribute.span,
                format!("this attribute cannot follow {name}"),
            ));
        }
        attributes.extend(attribute.tokens);
    }
    let visibility = tokens.visibility();
    if !tokens.next_is_ident("static") {
        return tokens.error(format!("a {} is a static", kind.what));
    }
    let keyword = tokens.next();
    if tokens.next_is_ident("mut") {
        return tokens
            .error(format!("a {} is a static without `mut`", kind.what));
    }
    let map = tokens.ident("the name of a static")?;
    tokens.punct(':')?;
    let ty = tokens.until('=');
    tokens.punct('=')?;
    let value = tokens.until(';');
    tokens.punct(';')?;

    let mut input = TokenStream::new();
    input.extend(group(Delimiter::Bracket, attributes));
    input.extend(visibility);
    input.extend(keyword);
    input.extend([TokenTree::from(map)]);
    for part in [ty, value] {
        input.extend(group(Delimiter::Bracket, part.into_iter().collect()));
    }
    let mut output = parse(kind.path);
    output.extend(group(Delimiter::Brace, input));
    output.extend(parse(kind.extra));
    Ok(output)
}
