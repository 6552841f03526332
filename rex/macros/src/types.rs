// SPDX-License-Identifier: GPL-2.0
//! The types that a declaration of the kernel's data, and a parameter of a program, can
//! name.

use proc_macro::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

use crate::parse::{Tokens, group, parse, plain_name};
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

pub(crate) const KINDS: &str = "there are integers from 8 to 64 bits, `bool`, arrays `[T; 4]` or `[T]`, \
    `Ptr<T>`, structs declared by `rex::kernel!`, and `Option<T>` of these for a member that \
    not every kernel has";

impl Type {
    pub(crate) fn parse(tokens: &mut Tokens) -> Result<Self> {
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
    pub(crate) fn tokens(&self, how: How) -> TokenStream {
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
                        group(Delimiter::Bracket, array)
                    }
                    _ => of("::rex::kernel::Array", inner),
                }
            }
            Self::Optional(inner) => {
                of("::rex::__core::option::Option", inner.tokens(how))
            }
        }
    }

    pub(crate) fn is_integer(&self, or_bool: bool) -> bool {
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
pub(crate) enum How {
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
