// SPDX-License-Identifier: GPL-2.0
//! Declarations of the kernel's data, and questions about it.
//!
//! Their output is safe code. The only unsafe part, the declaration of a symbol for the
//! loader, is made by the crate's `__rex_btf!` from a string.

use proc_macro::{Delimiter, Group, Ident, Literal, Span};
use proc_macro::{TokenStream, TokenTree};

use crate::parse::{Tokens, plain_name};
use crate::{Error, Result};

/// The types that a declaration can name.
pub(crate) enum Type {
    Integer {
        name: Ident,
        kind: &'static str,
    },
    Bool(Ident),
    /// The unknown target of a pointer: `()`.
    Nothing,
    Pointer(Box<Type>),
    Struct {
        path: TokenStream,
        name: String,
    },
    Array {
        element: Box<Type>,
        /// The length, or None if the array has none.
        length: Option<(Literal, u32)>,
    },
    Optional(Box<Type>),
}

/// Each integer type with the kind that the loader compares; see `kmod/btf.h`.
const INTEGERS: &[(&str, &str)] = &[
    ("u8", "u1"),
    ("u16", "u2"),
    ("u32", "u4"),
    ("u64", "u8"),
    ("usize", "u8"),
    ("i8", "s1"),
    ("i16", "s2"),
    ("i32", "s4"),
    ("i64", "s8"),
    ("isize", "s8"),
];

/// Types of Rust and names of C that are often written for another type.
const REMEDIES: &[(&str, &str)] = &[
    ("char", "a character of the kernel is a `u8`"),
    (
        "str",
        "a string of the kernel is a `Ptr<u8>`, or an array `[u8; 16]`",
    ),
    (
        "String",
        "a string of the kernel is a `Ptr<u8>`, or an array `[u8; 16]`",
    ),
    (
        "CStr",
        "a string of the kernel is a `Ptr<u8>`, or an array `[u8; 16]`",
    ),
    ("f32", "the kernel has no such numbers"),
    ("f64", "the kernel has no such numbers"),
    (
        "u128",
        "integers have at most 64 bits; two of them are `[u64; 2]`",
    ),
    (
        "i128",
        "integers have at most 64 bits; two of them are `[u64; 2]`",
    ),
    ("void", "a `void *` of C is `Ptr<()>`"),
    ("c_void", "a `void *` of C is `Ptr<()>`"),
    ("int", "an `int` of C is `i32`"),
    ("unsigned", "an `unsigned int` of C is `u32`"),
    (
        "long",
        "a `long` of C is `i64`, an `unsigned long` is `u64`",
    ),
];

const KINDS: &str = "there are integers from 8 to 64 bits, `bool`, arrays `[T; 4]` or `[T]`, \
    `Ptr<T>`, structs declared by `rex::kernel!`, and `Option<T>` of these for a member that \
    not every kernel has";

impl Type {
    fn parse(tokens: &mut Tokens) -> Result<Self> {
        if let Some(group) = tokens.group(Delimiter::Bracket) {
            return Self::array(&group);
        }
        if let Some(group) = tokens.group(Delimiter::Parenthesis) {
            return match group.stream().is_empty() {
                true => Ok(Self::Nothing),
                false => Err(Error::new(group.span(), KINDS)),
            };
        }
        for (char, what) in [
            (
                '&',
                "a reference to the kernel's data does not exist: `Ptr<T>`",
            ),
            ('*', "a pointer of the kernel is `Ptr<T>`"),
        ] {
            if tokens.next_is_punct(char) {
                return tokens.error(what);
            }
        }
        Self::named(tokens)
    }

    fn array(group: &Group) -> Result<Self> {
        let mut tokens = Tokens::new(group.stream());
        let element = Box::new(Self::parse(&mut tokens)?);
        if matches!(*element, Self::Nothing | Self::Optional(_)) {
            return Err(Error::new(group.span(), KINDS));
        }
        if tokens.is_empty() {
            let length = None;
            return Ok(Self::Array { element, length });
        }
        tokens.punct(';')?;
        let length = match tokens.next() {
            Some(TokenTree::Literal(literal)) => literal
                .to_string()
                .parse()
                .ok()
                .map(|number| (literal, number)),
            _ => None,
        };
        if length.is_none() || !tokens.is_empty() {
            let message = "the length of an array is a number, such as `[u8; 16]`; \
                without one, as in `[u8]`, it has any";
            return Err(Error::new(group.span(), message));
        }
        Ok(Self::Array { element, length })
    }

    fn named(tokens: &mut Tokens) -> Result<Self> {
        let mut path = TokenStream::new();
        while tokens.next_is_punct(':') {
            path.extend(tokens.next());
        }
        let mut ident = tokens.ident("a type")?;
        path.extend([TokenTree::from(ident.clone())]);
        while tokens.next_is_punct(':') {
            path.extend(tokens.next());
            path.extend([tokens.punct(':')?]);
            ident = tokens.ident("the name of a type")?;
            path.extend([TokenTree::from(ident.clone())]);
        }
        let name = plain_name(&ident);
        if let Some((_, kind)) = INTEGERS.iter().find(|(of, _)| *of == name) {
            return Ok(Self::Integer { name: ident, kind });
        }
        if let Some((_, remedy)) = REMEDIES.iter().find(|(of, _)| *of == name) {
            return Err(Error::new(ident.span(), *remedy));
        }
        match name.as_str() {
            "bool" => Ok(Self::Bool(ident)),
            "Ptr" => {
                let to = Self::between_angles(tokens, &ident)?;
                match to {
                    Self::Optional(_) => Err(Error::new(
                        ident.span(),
                        "a pointer may always be NULL: `ptr.non_null()` is an `Option`",
                    )),
                    to => Ok(Self::Pointer(Box::new(to))),
                }
            }
            "Option" => match Self::between_angles(tokens, &ident)? {
                Self::Nothing | Self::Optional(_) => {
                    Err(Error::new(ident.span(), KINDS))
                }
                of => Ok(Self::Optional(Box::new(of))),
            },
            _ if tokens.next_is_punct('<') => {
                let message = format!("`{name}<..>` is none of these: {KINDS}");
                Err(Error::new(ident.span(), message))
            }
            _ => Ok(Self::Struct { path, name }),
        }
    }

    /// Parses the T of `Ptr<T>` or `Ptr<'run, T>`.
    fn between_angles(tokens: &mut Tokens, of: &Ident) -> Result<Self> {
        if !tokens.next_is_punct('<') {
            let message = format!("`{of}` needs a type: `{of}<..>`");
            return Err(Error::new(of.span(), message));
        }
        tokens.next();
        if tokens.next_is_punct('\'') {
            tokens.next();
            tokens.next();
            tokens.punct(',')?;
        }
        let ty = Self::parse(tokens)?;
        tokens.punct('>')?;
        Ok(ty)
    }

    /// Returns the kind that the loader compares.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Integer { kind, .. } => (*kind).to_string(),
            Self::Bool(_) => "u1".to_string(),
            Self::Nothing => String::new(),
            Self::Pointer(to) => match &**to {
                Self::Nothing => "p".to_string(),
                Self::Struct { name, .. } => format!("p{name}"),
                to => format!("p*{}", to.kind()),
            },
            Self::Struct { name, .. } => format!("t{name}"),
            Self::Array { element, length } => {
                let length = length.as_ref().map_or(0, |(_, number)| *number);
                format!("a{}x{length}", element.kind())
            }
            Self::Optional(of) => of.kind(),
        }
    }

    /// Returns the type in the crate.
    fn tokens(&self, how: How) -> TokenStream {
        let of = |path: &str, inner: TokenStream| {
            let mut output = parse(path);
            output.extend(parse("<"));
            output.extend(inner);
            output.extend(parse(">"));
            output
        };
        match self {
            Self::Integer { name, .. } | Self::Bool(name) => {
                let name = TokenStream::from(TokenTree::from(name.clone()));
                match how {
                    How::Plain => name,
                    How::Bits => of("::rex::kernel::Bits", name),
                    How::Any => of("::rex::kernel::Any", name),
                }
            }
            Self::Nothing => parse("()"),
            Self::Pointer(to) => {
                let mut inner = parse("'static,");
                inner.extend(to.tokens(How::Plain));
                of("::rex::kernel::Ptr", inner)
            }
            Self::Struct { path, .. } => path.clone(),
            Self::Array { element, length } => {
                let inner = element.tokens(How::Plain);
                match (&**element, length) {
                    (Self::Integer { .. }, Some((length, _))) => {
                        let mut array = inner;
                        array.extend(parse(";"));
                        array.extend([TokenTree::from(length.clone())]);
                        TokenTree::from(Group::new(Delimiter::Bracket, array))
                            .into()
                    }
                    _ => of("::rex::kernel::Array", inner),
                }
            }
            Self::Optional(inner) => {
                of("::rex::__core::option::Option", inner.tokens(how))
            }
        }
    }

    fn is_integer(&self, or_bool: bool) -> bool {
        match self {
            Self::Integer { .. } => true,
            Self::Bool(_) => or_bool,
            Self::Optional(of) => of.is_integer(or_bool),
            _ => false,
        }
    }
}

/// The way a member is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Plain,
    /// `as bits`
    Bits,
    /// `as _`
    Any,
}

/// Parses the type of a program's parameter after the context.
pub(crate) fn parameter(tokens: Vec<TokenTree>) -> Result<Type> {
    let mut tokens = Tokens::new(tokens.into_iter().collect());
    let span = tokens.span();
    let refused = |message: &str| {
        Err(Error::new(
            span,
            format!(
                "{message}: after the context, a program has the arguments of the \
                 kernel's function: integers, `bool`, `Ptr<..>`, and `()` for one that it \
                 does not look at"
            ),
        ))
    };
    if tokens.next_is_punct('&') {
        return refused(
            "no argument is a reference; for `obj` and an event, as upstream has them, \
             there is the attribute with `rex_` before it",
        );
    }
    let ty = match Type::parse(&mut tokens) {
        Ok(ty) => ty,
        Err(error) => return refused(&error.message),
    };
    if !tokens.is_empty() {
        return refused("this is no such type");
    }
    match ty {
        Type::Struct { name, .. } => {
            refused(&format!("`{name}` is passed by `Ptr<{name}>`"))
        }
        Type::Array { .. } | Type::Optional(_) => {
            refused("no function has an argument of this type")
        }
        ty => Ok(ty),
    }
}

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

/// Returns the attributes of a declaration: documentation and the like.
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

fn parse(source: &str) -> TokenStream {
    source.parse().expect("this is Rust")
}

fn group(delimiter: Delimiter, contents: TokenStream) -> TokenStream {
    TokenTree::from(Group::new(delimiter, contents)).into()
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
            let message = format!("expected {example}");
            return Err(Error::new(Span::call_site(), message));
        }
        Ok(Self {
            ty: ty.to_string(),
            path: path.to_string(),
            optional,
        })
    }
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
        return Err(Error::new(
            Span::call_site(),
            format!("expected {example}"),
        ));
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
        return Err(Error::new(
            Span::call_site(),
            format!("expected {example}"),
        ));
    }
    Ok(number(&format!(":size:{}:{}:", question.ty, question.path)))
}

pub(crate) fn offset(input: TokenStream) -> Result<TokenStream> {
    let example = "a member: `kernel_offset!(task_struct.comm)`";
    let question = Question::parse(input, ".", example)?;
    if question.optional || question.path.is_empty() {
        return Err(Error::new(
            Span::call_site(),
            format!("expected {example}"),
        ));
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
        return Err(Error::new(
            Span::call_site(),
            format!("expected {example}"),
        ));
    }
    let Question { ty, path, .. } = question;
    let kind = if is_enumerator { "e" } else { "" };
    Ok(is_one(&format!(":has:{ty}:{path}:{kind}")))
}
