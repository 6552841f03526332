// SPDX-License-Identifier: GPL-2.0
//! Programs with the arguments of the kernel's function after their context.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::kernel::btf;
use crate::parse::{Tokens, group, parse, plain_name};
use crate::types;
use crate::{Error, Result};

/// The function whose arguments a program gets, as symbols name it, or the reason why
/// it gets none.
pub(crate) enum Callee {
    Named {
        symbol: String,
        /// The number of arguments before those that programs see.
        hidden: usize,
        /// True if it is a pattern: each program asks for itself.
        is_pattern: bool,
        /// The number of arguments that can be read, if not all.
        limit: Option<usize>,
        /// True if the result can be read.
        returns: bool,
    },
    Unknown(&'static str),
}

impl Callee {
    /// Returns the callee of a program that is attached as `section` to `name`.
    pub(crate) fn of(section: &str, name: Option<&str>) -> Self {
        let Some(name) = name else {
            return Self::Unknown(
                "these are the arguments of a function of the kernel: name it, as in \
                 `#[fentry(\"vfs_read\")]`",
            );
        };
        if name.contains('+') {
            return Self::Unknown(
                "the arguments are in registers at the beginning of the function only",
            );
        }
        // The same characters as in rex_is_pattern() of rex.ko and librex.
        let is_pattern = name.contains(['*', '?', '[']);
        // What is traced by BTF has a carrier for each function, which is compared.
        if is_pattern && !matches!(section, "fentry" | "fexit") {
            return Self::Unknown(
                "a pattern matches functions with other arguments: read the registers",
            );
        }
        let (prefix, limit, returns) = match section {
            "kprobe.session" => {
                return Self::Unknown(
                    "the arguments are gone when the function returns: read the registers",
                );
            }
            "kprobe" => ("", Some(6), false),
            "kretprobe" => ("", Some(0), true),
            "fexit" => ("", None, true),
            "iter" => ("bpf_iter_", None, false),
            "lsm" => ("lsm/", None, false),
            "raw_tracepoint" | "tp_btf" => ("tp/", None, false),
            _ => ("", None, false),
        };
        Self::Named {
            symbol: format!("{prefix}{name}"),
            is_pattern,
            // The state of the iterator.
            hidden: usize::from(section == "iter"),
            limit,
            returns,
        }
    }
}

/// The name of the function that `shim` makes.
pub(crate) const SHIM: &str = "typed";

/// The parameter for the result of the function.
const RESULT: &str = "ret";

/// A parameter of a function.
struct Parameter {
    name: String,
    ty: Vec<TokenTree>,
    span: Span,
}

fn parameters(list: &Group) -> Result<Vec<Parameter>> {
    let mut tokens = Tokens::new(list.stream());
    let mut parameters = Vec::new();
    while !tokens.is_empty() {
        tokens.attributes()?;
        let span = tokens.span();
        let pattern = tokens.until(':');
        let name = pattern.last().map(TokenTree::to_string);
        tokens.next();
        let ty = tokens.until(',');
        tokens.next();
        parameters.push(Parameter {
            name: name.unwrap_or_default(),
            ty,
            span,
        });
    }
    Ok(parameters)
}

/// If the function `name` has parameters after its context, makes a function that takes
/// the context only, reads the arguments, and calls it.
pub(crate) fn shim(
    name: &Ident,
    list: &Group,
    tail: &TokenStream,
    callee: &Callee,
) -> Result<Option<TokenStream>> {
    let mut parameters = parameters(list)?;
    if parameters.len() < 2 {
        return Ok(None);
    }
    let context = parameters.remove(0);
    let mut call = parse("ctx");
    let mut body = TokenStream::new();
    for (index, parameter) in parameters.into_iter().enumerate() {
        body.extend(parse(&format!("let argument_{index} =")));
        body.extend(argument(name, index, parameter, callee)?);
        body.extend(parse(";"));
        call.extend(parse(&format!(", argument_{index}")));
    }
    body.extend([TokenTree::from(name.clone())]);
    body.extend(group(Delimiter::Parenthesis, call));

    let mut ctx = parse("ctx:");
    ctx.extend(context.ty);
    let mut output = parse(&format!("#[inline(always)] fn {SHIM}"));
    output.extend(group(Delimiter::Parenthesis, ctx));
    // The return type, up to the body.
    output.extend(tail.clone().into_iter().take_while(|token| {
        !matches!(token, TokenTree::Group(group)
            if group.delimiter() == Delimiter::Brace)
    }));
    output.extend(group(Delimiter::Brace, body));
    Ok(Some(output))
}

/// Returns the expression that reads an argument of the function that calls `program`.
fn argument(
    program: &Ident,
    index: usize,
    parameter: Parameter,
    callee: &Callee,
) -> Result<TokenStream> {
    let error = |message: &str| Err(Error::new(parameter.span, message));
    let ty = types::parameter(parameter.ty)?;
    let (symbol, hidden, limit, returns) = match callee {
        Callee::Named {
            symbol,
            hidden,
            is_pattern,
            limit,
            returns,
        } => {
            let asks = match is_pattern {
                true => format!("={}", plain_name(program)),
                false => String::new(),
            };
            (format!("{symbol}{asks}"), hidden, limit, returns)
        }
        Callee::Unknown(why) => return error(why),
    };
    let is_result = parameter.name == RESULT;
    if is_result && !returns {
        return error(
            "no function has returned yet: `ret` is for fexit and kretprobe",
        );
    }
    if !is_result && limit.is_some_and(|limit| index >= limit) {
        return error(if *returns {
            "the arguments are gone when the function returns, but for its result: `ret`"
        } else {
            "six arguments are in registers, not more"
        });
    }
    let which = match is_result {
        true => RESULT.to_string(),
        false => (index + hidden).to_string(),
    };
    let kind = ty.kind();
    if kind.is_empty() {
        return Ok(parse("()"));
    }
    let mut inner = parse("&*ctx,");
    if is_result {
        inner.extend(parse("::rex::kernel::__RESULT,"));
    } else {
        inner.extend(parse(&format!("{index},")));
    }
    inner.extend(btf(&format!("_arg:{symbol}:{which}:{kind}")));
    let mut output = parse("::rex::kernel::__argument");
    output.extend(group(Delimiter::Parenthesis, inner));
    Ok(output)
}
