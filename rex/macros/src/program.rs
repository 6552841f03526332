// SPDX-License-Identifier: GPL-2.0
//! The program attributes.

use proc_macro::{Delimiter, Group, Ident, Literal, Span};
use proc_macro::{TokenStream, TokenTree};

use crate::args::Args;
use crate::parse::{Tokens, plain_name};
use crate::{Error, Result};

/// How a program's function looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// One argument, the context.
    Context,
    /// Two arguments, as upstream has it: `obj` and the event.
    Upstream,
}

pub(crate) fn kprobe(
    face: Face,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let args = Args::parse(args, &["function", "timeout_ms", "default_ret"])?;
    let function = Function::parse(item)?;
    let section = match &args.function {
        Some(symbol) => format!("kprobe/{symbol}"),
        None => "kprobe".to_string(),
    };
    let definition =
        function.definition(face, "kprobe", Some(&section), &args)?;
    Ok(function.with(definition))
}

/// A program at a function of the kernel; `section` is libbpf's name of the type,
/// and `module` the crate's.
pub(crate) fn at_function(
    face: Face,
    module: &str,
    section: &str,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let args = Args::parse(args, &["function", "timeout_ms", "default_ret"])?;
    let section = match &args.function {
        Some(symbol) => format!("{section}/{symbol}"),
        None => section.to_string(),
    };
    of_module(face, module, &section, &args, item)
}

pub(crate) fn uprobe(
    face: Face,
    section: &str,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let known = ["path", "function", "timeout_ms", "default_ret"];
    let args = Args::parse(args, &known)?;
    let section = match (&args.path, &args.function) {
        (Some(path), Some(symbol)) => format!("{section}/{path}:{symbol}"),
        (None, None) => section.to_string(),
        _ => {
            return Err(Error::new(
                Span::call_site(),
                "`path` and `function` go together",
            ));
        }
    };
    of_module(face, "uprobe", &section, &args, item)
}

pub(crate) fn perf_event(
    face: Face,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let args = Args::parse(args, &["timeout_ms", "default_ret"])?;
    of_module(face, "perf_event", "perf_event", &args, item)
}

/// A program at a raw tracepoint, of one of the two kinds.
pub(crate) fn raw_tracepoint(
    face: Face,
    kind: &str,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let args = Args::parse(args, &["function", "timeout_ms", "default_ret"])?;
    let function = Function::parse(item)?;
    let Some(event) = &args.function else {
        return Err(Error::new(
            Span::call_site(),
            "expected the name of a tracepoint, such as \"sched_switch\"",
        ));
    };
    let kind = format!("{kind} {event:?}");
    let definition = function.definition(face, &kind, None, &args)?;
    Ok(function.with(definition))
}

fn of_module(
    face: Face,
    module: &str,
    section: &str,
    args: &Args,
    item: TokenStream,
) -> Result<TokenStream> {
    let function = Function::parse(item)?;
    let kind = format!("of {module}");
    let definition = function.definition(face, &kind, Some(section), args)?;
    Ok(function.with(definition))
}

pub(crate) fn tracepoint(
    face: Face,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let args = Args::parse(args, &["timeout_ms", "default_ret"])?;
    let mut function = Function::parse(item)?;
    if face == Face::Upstream {
        function.parameters = without_static(&function.parameters);
    }
    let definition = function.definition(face, "tracepoint", None, &args)?;
    Ok(function.with(definition))
}

pub(crate) fn xdp(
    face: Face,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let known = ["frags", "devmap", "cpumap", "timeout_ms", "default_ret"];
    let args = Args::parse(args, &known)?;
    let function = Function::parse(item)?;
    let (kind, map) = match (args.devmap, args.cpumap) {
        (false, false) => ("xdp", ""),
        (true, false) => ("xdp_devmap", "/devmap"),
        (false, true) => ("xdp", "/cpumap"),
        (true, true) => {
            return Err(Error::new(
                function.name.span(),
                "a program is for entries of a devmap or of a cpumap",
            ));
        }
    };
    let frags = if args.frags { ".frags" } else { "" };
    let section = format!("xdp{frags}{map}");
    let definition = function.definition(face, kind, Some(&section), &args)?;
    Ok(function.with(definition))
}

pub(crate) fn tc(
    face: Face,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let args = Args::parse(args, &["timeout_ms", "default_ret"])?;
    let function = Function::parse(item)?;
    let definition =
        function.definition(face, "sched_cls", Some("tc"), &args)?;
    Ok(function.with(definition))
}

pub(crate) fn cgroup_skb(
    face: Face,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let args = Args::parse(args, &["function", "timeout_ms", "default_ret"])?;
    let section = match args.function.as_deref() {
        Some(direction @ ("ingress" | "egress")) => {
            format!("cgroup_skb/{direction}")
        }
        _ => {
            return Err(Error::new(
                Span::call_site(),
                "expected \"ingress\" or \"egress\"",
            ));
        }
    };
    let function = Function::parse(item)?;
    let definition =
        function.definition(face, "cgroup_skb", Some(&section), &args)?;
    Ok(function.with(definition))
}

/// A function item, taken apart.
struct Function {
    /// Up to the parameters.
    head: TokenStream,
    name: Ident,
    parameters: Group,
    tail: TokenStream,
}

impl Function {
    fn parse(item: TokenStream) -> Result<Self> {
        let mut tokens = Tokens::new(item);
        let mut head = TokenStream::new();
        while !tokens.next_is_ident("fn") {
            // Attributes and qualifiers; what is allowed is the compiler's
            // business, and the type of the function is checked later.
            match tokens.next() {
                Some(token) => head.extend([token]),
                None => return tokens.error("a program is a function"),
            }
        }
        head.extend(tokens.next());
        let name = tokens.ident("the name of a function")?;
        head.extend([TokenTree::from(name.clone())]);
        if tokens.next_is_punct('<') {
            return tokens.error("a program has no generic parameters");
        }
        let Some(parameters) = tokens.group(Delimiter::Parenthesis) else {
            return tokens.error("expected the function's parameters");
        };
        Ok(Self {
            head,
            name,
            parameters,
            tail: tokens.rest(),
        })
    }

    /// The call of the macro that makes the function a program; `kind` is what its
    /// arguments begin with.
    fn definition(
        &self,
        face: Face,
        kind: &str,
        section: Option<&str>,
        args: &Args,
    ) -> Result<TokenStream> {
        let name = plain_name(&self.name);
        if !name.is_ascii() || name.len() > 63 {
            return Err(Error::new(
                self.name.span(),
                "a program's name has at most 63 characters, all of them ASCII",
            ));
        }
        let span = self.name.span().resolved_at(Span::call_site());
        let entry = Ident::new(&format!("{name}_entry"), span);
        let default_ret = match args.default_ret {
            Some(ret) => format!("[{ret}]"),
            None => "[]".to_string(),
        };

        let mut input = match face {
            Face::Context => parse("[context]"),
            Face::Upstream => TokenStream::new(),
        };
        input.extend(parse(kind));
        input.extend([
            TokenTree::from(self.name.clone()),
            TokenTree::from(entry),
            TokenTree::from(Literal::string(&name)),
        ]);
        let section = section.map(Literal::string);
        input.extend(section.map(TokenTree::from));
        let timeout = Literal::u32_suffixed(args.timeout_ms);
        input.extend([TokenTree::from(timeout)]);
        input.extend(parse(&default_ret));

        let mut output =
            parse("#[cfg(target_os = \"none\")] ::rex::__rex_program!");
        output.extend([TokenTree::from(Group::new(Delimiter::Brace, input))]);
        // On the host, tests call the function by its name.
        output.extend(parse("#[cfg(not(target_os = \"none\"))] const _: () ="));
        let mut use_it = parse("let _ =");
        use_it.extend([TokenTree::from(self.name.clone())]);
        use_it.extend(parse(";"));
        output.extend([TokenTree::from(Group::new(Delimiter::Brace, use_it))]);
        output.extend(parse(";"));
        if face == Face::Upstream {
            // `cloned` on the result of a map lookup.
            output.extend(parse(
                "#[allow(unused_imports)] use ::rex::map::MapRefOption as _;",
            ));
        }
        Ok(output)
    }

    /// The function, followed by `definition`.
    fn with(self, definition: TokenStream) -> TokenStream {
        let mut output = self.head;
        output.extend([TokenTree::from(self.parameters)]);
        output.extend(self.tail);
        output.extend(definition);
        output
    }
}

fn parse(source: &str) -> TokenStream {
    source.parse().expect("this is Rust")
}

/// The parameters with `&'static T` of the second one turned into `&T`.
///
/// A tracepoint's record is gone when the run ends. Programs in the wild say
/// `&'static` nevertheless; they need not be changed, but what would keep the
/// reference for longer does not compile.
fn without_static(parameters: &Group) -> Group {
    let mut tokens = Tokens::new(parameters.stream());
    let mut output = TokenStream::new();
    output.extend(tokens.until(','));
    output.extend(tokens.next());
    output.extend(tokens.until(':'));
    output.extend(tokens.next());
    if tokens.next_is_punct('&') {
        output.extend(tokens.next());
        if tokens.next_is_punct('\'')
            && let Some(quote) = tokens.next()
        {
            if tokens.next_is_ident("static") {
                tokens.next();
            } else {
                output.extend([quote]);
            }
        }
    }
    output.extend(tokens.rest());
    let mut group = Group::new(Delimiter::Parenthesis, output);
    group.set_span(parameters.span());
    group
}
