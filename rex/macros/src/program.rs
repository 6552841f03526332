// SPDX-License-Identifier: GPL-2.0
//! The program attributes.

use proc_macro::{Delimiter, Group, Ident, Literal, Span};
use proc_macro::{TokenStream, TokenTree};

use crate::args::Args;
use crate::arguments::{self, Callee};
use crate::parse::{Tokens, group, parse, plain_name};
use crate::{Error, Result, finish};

/// The parameters of a program's function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// One argument, the context.
    Context,
    /// Two arguments as in upstream Rex: `obj` and the event.
    Upstream,
}

/// The arguments of an attribute, and the section of its programs.
pub(crate) enum Form {
    /// No arguments of its own; always this section. The flag says whether the programs may
    /// be sleepable.
    Plain(&'static str, bool),
    /// An optional function of the kernel, after this section, and whether the programs may
    /// be sleepable.
    Function(&'static str, bool),
    /// An optional function of userspace, after this section. The programs may be sleepable.
    UserFunction(&'static str),
    /// An optional USDT probe of userspace, after this section.
    UserProbe(&'static str),
    /// A tracepoint.
    Event,
    /// An iterator of the kernel, after this section. The programs may be sleepable.
    Iterator(&'static str),
    /// No arguments; the type of the record determines the event.
    Record,
    /// An optional number of milliseconds, after this section.
    Period(&'static str),
    /// The kind of an XDP program.
    Xdp,
    /// The names of directions, and the section of each.
    Direction(&'static [(&'static str, &'static str)]),
}

/// The arguments of `__rex_program!`, apart from the function's names.
struct Definition {
    /// A submodule of the crate's `kind`.
    kind: String,
    place: Place,
}

/// The place where a program is attached.
enum Place {
    Section(String),
    Event(String),
    Record,
}

/// Makes a function a program of the kind `name`, or of one with this prefix.
pub(crate) fn expand(
    face: Face,
    form: Form,
    name: &str,
    args: TokenStream,
    item: TokenStream,
) -> TokenStream {
    finish(program(face, &form, name, args, item.clone()), item)
}

fn program(
    face: Face,
    form: &Form,
    name: &str,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    if let (Form::Record, Some(TokenTree::Literal(name))) =
        (form, args.clone().into_iter().next())
    {
        return Err(Error::new(
            name.span(),
            "a tracepoint is named by its record, and not here: \
             `ctx: &mut TracepointContext<SyscallsEnterDupCtx>` is of \
             \"syscalls/sys_enter_dup\"; `rex::tracepoint_ctx!` declares others",
        ));
    }
    let args = Args::parse(args, form.known())?;
    let mut function = Function::parse(item)?;
    let definition = form.definition(name, &args, &function)?;
    if face == Face::Upstream && matches!(definition.place, Place::Record) {
        function.parameters = without_static(&function.parameters);
    }
    let callee = form.callee(name, &args);
    let definition = function.definition(face, &definition, &args, callee)?;
    Ok(function.with(definition))
}

impl Form {
    /// Returns the names of the arguments.
    fn known(&self) -> &'static [&'static str] {
        match self {
            Self::Plain(_, false) | Self::Record => {
                &["timeout_ms", "default_ret"]
            }
            Self::Plain(_, true) => &["sleepable", "timeout_ms", "default_ret"],
            Self::Function(_, false) | Self::Event | Self::Direction(_) => {
                &["function", "timeout_ms", "default_ret"]
            }
            Self::Function(_, true) | Self::Iterator(_) => {
                &["function", "sleepable", "timeout_ms", "default_ret"]
            }
            Self::UserFunction(_) => {
                &["path", "function", "sleepable", "timeout_ms", "default_ret"]
            }
            Self::UserProbe(_) => {
                &["path", "probe", "timeout_ms", "default_ret"]
            }
            Self::Period(_) => &["period_ms", "timeout_ms", "default_ret"],
            Self::Xdp => {
                &["frags", "devmap", "cpumap", "timeout_ms", "default_ret"]
            }
        }
    }

    /// Returns the function of the kernel whose arguments a program can read, if any.
    fn callee(&self, name: &str, args: &Args) -> Option<Callee> {
        match self {
            Self::Function(..) if args.sleepable => Some(Callee::Unknown(
                "a sleepable program has its context alone: arguments are read by \
                 `ctx.awake().arg(..)`",
            )),
            Self::Function(section, _) => {
                Some(Callee::of(section, args.function.as_deref()))
            }
            Self::Iterator(_) | Self::Event => {
                Some(Callee::of(name, args.function.as_deref()))
            }
            _ => None,
        }
    }

    fn definition(
        &self,
        name: &str,
        args: &Args,
        function: &Function,
    ) -> Result<Definition> {
        let fail = |message: &str| Err(Error::new(Span::call_site(), message));
        let mut kind = name.to_string();
        let mut dot_s = "";
        if args.sleepable {
            kind += "_sleepable";
            dot_s = ".s";
        }
        // A target follows the section.
        let at = |section: &str, target: Option<&str>| {
            Place::Section(match target {
                Some(target) => format!("{section}{dot_s}/{target}"),
                None => format!("{section}{dot_s}"),
            })
        };
        let place = match self {
            Self::Plain(section, _) => at(section, None),
            Self::Function(section, _) => at(section, args.function.as_deref()),
            Self::UserFunction(section) => match (&args.path, &args.function) {
                (Some(path), Some(symbol)) => {
                    at(section, Some(&format!("{path}:{symbol}")))
                }
                (None, None) => at(section, None),
                _ => return fail("`path` and `function` go together"),
            },
            Self::UserProbe(section) => match (&args.path, &args.probe) {
                (Some(path), Some(probe)) => {
                    at(section, Some(&format!("{path}:{probe}")))
                }
                (None, None) => at(section, None),
                _ => return fail("`path` and `probe` go together"),
            },
            Self::Event => {
                let Some(event) = &args.function else {
                    return fail(
                        "expected the name of a tracepoint, such as \"sched_switch\"",
                    );
                };
                Place::Event(event.clone())
            }
            Self::Iterator(section) => {
                let is_name = |name: &str| {
                    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                };
                match args.function.as_deref() {
                    Some(name) if is_name(name) => at(section, Some(name)),
                    _ => {
                        return fail(
                            "expected the name of an iterator, such as \"task\"",
                        );
                    }
                }
            }
            Self::Record => Place::Record,
            Self::Period(section) => {
                let period = args.period_ms.map(|period| period.to_string());
                at(section, period.as_deref())
            }
            Self::Xdp => {
                let map = match (args.devmap, args.cpumap) {
                    (false, false) => "",
                    (true, false) => "/devmap",
                    (false, true) => "/cpumap",
                    (true, true) => {
                        return Err(Error::new(
                            function.name.span(),
                            "a program is for entries of a devmap or of a cpumap",
                        ));
                    }
                };
                if args.devmap {
                    kind += "_devmap";
                }
                let frags = if args.frags { ".frags" } else { "" };
                Place::Section(format!("xdp{frags}{map}"))
            }
            Self::Direction(directions) => {
                let found = directions.iter().find(|(direction, _)| {
                    Some(*direction) == args.function.as_deref()
                });
                let Some((direction, section)) = found else {
                    let names: Vec<String> = directions
                        .iter()
                        .map(|(direction, _)| format!("{direction:?}"))
                        .collect();
                    return fail(&format!("expected {}", names.join(" or ")));
                };
                kind = format!("{kind}_{direction}");
                at(section, None)
            }
        };
        Ok(Definition { kind, place })
    }
}

/// A parsed function item.
struct Function {
    /// The tokens before the parameters.
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
            // Attributes and qualifiers. The compiler checks which are allowed, and
            // the type of the function is checked later.
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

    /// Returns the items that make the function a program, whose context may be
    /// followed by the arguments of `callee`.
    fn definition(
        &self,
        face: Face,
        definition: &Definition,
        args: &Args,
        callee: Option<Callee>,
    ) -> Result<TokenStream> {
        let shim = match (face, callee) {
            (Face::Context, Some(callee)) => arguments::shim(
                &self.name,
                &self.parameters,
                &self.tail,
                &callee,
            )?,
            _ => None,
        };
        let mut output = parse("#[cfg(target_os = \"none\")]");
        match shim {
            Some(mut inner) => {
                let typed = Ident::new(arguments::SHIM, Span::call_site());
                inner.extend(self.call(&typed, face, definition, args)?);
                output.extend(parse("const _: () ="));
                output.extend(group(Delimiter::Brace, inner));
                output.extend(parse(";"));
            }
            None => {
                output.extend(self.call(&self.name, face, definition, args)?);
            }
        }
        // On the host, tests call the function by its name.
        output.extend(parse("#[cfg(not(target_os = \"none\"))] const _: () ="));
        let mut use_it = parse("let _ =");
        use_it.extend([TokenTree::from(self.name.clone())]);
        use_it.extend(parse(";"));
        output.extend(group(Delimiter::Brace, use_it));
        output.extend(parse(";"));
        if face == Face::Upstream {
            // `cloned` on the result of a map lookup.
            output.extend(parse(
                "#[allow(unused_imports)] use ::rex::map::MapRefOption as _;",
            ));
        }
        Ok(output)
    }

    /// Returns the macro call that makes `function` the program.
    fn call(
        &self,
        function: &Ident,
        face: Face,
        definition: &Definition,
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
        input.extend(parse(&definition.kind));
        input.extend([
            TokenTree::from(function.clone()),
            TokenTree::from(entry),
            TokenTree::from(Literal::string(&name)),
        ]);
        input.extend(match &definition.place {
            Place::Section(section) => parse(&format!("[section {section:?}]")),
            Place::Event(event) => parse(&format!("[event {event:?}]")),
            Place::Record => parse("[record]"),
        });
        let timeout = Literal::u32_suffixed(args.timeout_ms);
        input.extend([TokenTree::from(timeout)]);
        input.extend(parse(&default_ret));

        let mut output = parse("::rex::__rex_program!");
        output.extend(group(Delimiter::Brace, input));
        Ok(output)
    }

    /// Returns the function, followed by `definition`.
    fn with(self, definition: TokenStream) -> TokenStream {
        let mut output = self.head;
        output.extend([TokenTree::from(self.parameters)]);
        output.extend(self.tail);
        output.extend(definition);
        output
    }
}

/// Returns the parameters with `&'static T` of the second one turned into `&T`.
///
/// A tracepoint's record is freed at the end of the run. Existing programs say
/// `&'static` nevertheless. They need not be changed, but code that keeps the
/// reference does not compile.
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
