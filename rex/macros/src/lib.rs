// SPDX-License-Identifier: GPL-2.0
//! The attributes and derives of the crate `rex`, which re-exports them.
//!
//! They check what they are applied to and hand it to macros of the crate that
//! contain the unsafe code: code from here would count as the program's own, in
//! which unsafe code is forbidden.

#![deny(missing_docs)]

mod args;
mod map;
mod parse;
mod pod;
mod program;

use proc_macro::{Delimiter, Group, Ident, Punct, Spacing, Span};
use proc_macro::{Literal, TokenStream, TokenTree};

/// An error in what a macro is applied to, and where.
struct Error {
    span: Span,
    message: String,
}

impl Error {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }

    /// A call of `compile_error` that the compiler reports at the error's place.
    fn report(self) -> TokenStream {
        let mut message = TokenTree::from(Literal::string(&self.message));
        message.set_span(self.span);
        let mut arguments = TokenTree::from(Group::new(
            Delimiter::Brace,
            TokenStream::from(message),
        ));
        arguments.set_span(self.span);
        let mut bang = Punct::new('!', Spacing::Alone);
        bang.set_span(self.span);
        [
            TokenTree::from(Ident::new("compile_error", self.span)),
            TokenTree::from(bang),
            arguments,
        ]
        .into_iter()
        .collect()
    }
}

use program::{Face, Form};

type Result<T> = core::result::Result<T, Error>;

/// The output of a macro: on an error, the error and the item as it was.
fn finish(result: Result<TokenStream>, item: TokenStream) -> TokenStream {
    result.unwrap_or_else(|error| {
        let mut output = error.report();
        output.extend(item);
        output
    })
}

// The attributes of programs, which are made of kmod/progtypes.def. The compiler wants
// them at the root of this crate.
include!("attributes.rs");

/// A map: a static of one of the types in `rex::map`. Its name is the map's.
///
/// ```ignore
/// use rex::prelude::*;
///
/// #[map]
/// static CALLS: HashMap<u32, u64> = HashMap::with_max_entries(1024);
/// ```
#[proc_macro_attribute]
pub fn map(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(map::expand(&map::MAP, "map", args, item.clone()), item)
}

/// As `map`.
#[proc_macro_attribute]
pub fn rex_map(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(map::expand(&map::MAP, "rex_map", args, item.clone()), item)
}

/// A constant that is set when the object is loaded: a static of the type
/// `rex::config::Config`. Its name is the one that the loader sets it by.
///
/// ```ignore
/// use rex::prelude::*;
///
/// #[config]
/// static MAX: Config<u32> = Config::new(5);
/// ```
#[proc_macro_attribute]
pub fn config(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(map::expand(&map::CONFIG, "config", args, item.clone()), item)
}

/// As `config`.
#[proc_macro_attribute]
pub fn rex_config(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(
        map::expand(&map::CONFIG, "rex_config", args, item.clone()),
        item,
    )
}

/// Derives `rex::Pod` for a struct whose fields are `Pod`, and which has no
/// padding and is `repr(C)` or `repr(transparent)`.
#[proc_macro_derive(Pod)]
pub fn derive_pod(item: TokenStream) -> TokenStream {
    pod::expand(item).unwrap_or_else(Error::report)
}
