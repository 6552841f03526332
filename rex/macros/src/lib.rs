// SPDX-License-Identifier: GPL-2.0
//! The attributes and derives of the crate `rex`, which re-exports them.
//!
//! They check their input and pass it to macros of the crate, which contain the unsafe
//! code. Code from here would count as the program's own, in which unsafe code is
//! forbidden.

#![deny(missing_docs)]

mod args;
mod arguments;
mod kernel;
mod map;
mod parse;
mod pod;
mod program;
mod questions;
mod types;

use proc_macro::{Delimiter, Group, Ident, Punct, Spacing, Span};
use proc_macro::{Literal, TokenStream, TokenTree};

/// An error in the input of a macro, and its place.
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

    /// Returns a call of `compile_error` that the compiler reports at the error's place.
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

/// Returns the output of a macro, or on an error, the error and the unchanged item.
fn finish(result: Result<TokenStream>, item: TokenStream) -> TokenStream {
    result.unwrap_or_else(|error| {
        let mut output = error.report();
        output.extend(item);
        output
    })
}

// The attributes of programs, generated from kmod/progtypes.def. The compiler requires them
// at the root of this crate.
include!("attributes.rs");

/// Declares a map: a static of one of the types in `rex::map`. The map has the name of the
/// static.
///
/// # Examples
///
/// ```no_run
/// use rex::prelude::*;
///
/// #[map]
/// static CALLS: HashMap<u32, u64> = HashMap::with_max_entries(1024);
/// ```
#[proc_macro_attribute]
pub fn map(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(map::expand(&map::MAP, "map", args, item.clone()), item)
}

/// Declares a map, as `map` does.
#[proc_macro_attribute]
pub fn rex_map(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(map::expand(&map::MAP, "rex_map", args, item.clone()), item)
}

/// Declares a constant that is set when the object is loaded: a static of the type
/// `rex::config::Config`. The loader uses the name of the static.
///
/// # Examples
///
/// ```no_run
/// use rex::prelude::*;
///
/// #[config]
/// static MAX: Config<u32> = Config::new(5);
/// ```
#[proc_macro_attribute]
pub fn config(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(
        map::expand(&map::CONFIG, "config", args, item.clone()),
        item,
    )
}

/// Declares a constant, as `config` does.
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

/// Declares structs of the kernel, with the members that a program reads.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// rex::kernel! {
///     /// A thread.
///     pub struct task_struct {
///         pid: i32,
///         comm: [u8; 16],
///         real_parent: Ptr<task_struct>,
///         runtime: u64 from "se.sum_exec_runtime",
///         state: u64 as _ from "__state|state",
///         in_iowait: bool as bits,
///         faults: Option<u64> from "numa_faults_locality[0]",
///     }
///
///     /// A tracked connection.
///     pub struct nf_conn in "nf_conntrack" {
///         status: u64,
///     }
/// }
/// ```
///
/// The names of the struct (or `union`) and of its members are the kernel's. Members can be
/// in any order, and those of anonymous structs and unions are members as in C. After
/// `from` is the path to a member: through structs (`se.sum_exec_runtime`), to an element
/// of an array (`numbers[0].nr`). In place of a name in it there can be several between `|`,
/// of which the first that the running kernel has is used: `cfs.new|old.nr` is `cfs.new.nr` or
/// `cfs.old.nr`. For paths that differ otherwise, declare two members of an `Option`. With
/// `in "module"`, the struct is the module's. Otherwise it
/// is the kernel's or that of any loaded module.
///
/// | type | in the kernel | reading it gives |
/// |---|---|---|
/// | `u8` to `u64`, `i8` to `i64` | an integer or an enum of this size and signedness; `char` is either | the number |
/// | `bool` | `bool` or an integer of 8 bits | whether it is not 0 |
/// | `u64 as _` | an integer of any size | the number |
/// | `u64 as bits`, `bool as bits` | a bit field | the number |
/// | `Ptr<T>` | a pointer to a T; `Ptr<()>` is any pointer | `Ptr<T>` |
/// | `task_struct` | a struct that is declared, too | a `Ptr` to it |
/// | `[u8; 16]` | an array of at least 16 integers | a copy |
/// | `[T; 4]`, `[T]` | an array of structs or pointers, or of any length | a `Ptr` to its first element |
/// | `Option<T>` | one of these, or nothing | `Some`, or `None` if the kernel has no such member |
///
/// When the object is loaded, rex.ko looks up where the members are, in the type information
/// (BTF) of the running kernel and its modules. If a member that the program reads is
/// missing, or has another type, the object is refused, and the log of the load says why.
///
/// Members are read by `read!` or by the methods of `rex::kernel::Ptr`.
#[proc_macro]
pub fn kernel(input: TokenStream) -> TokenStream {
    kernel::expand(input).unwrap_or_else(Error::report)
}

/// Returns the value of an enumerator of a named `enum` in the running kernel, an `i64`. If
/// the kernel lacks it, the object is refused; with `?` after it, the value is an `Option`.
///
/// # Examples
///
/// ```no_run
/// # fn f() {
/// let ids: i64 = rex::kernel_enum!(pid_type::PIDTYPE_MAX);
/// let storage: Option<i64> = rex::kernel_enum!(bpf_map_type::BPF_MAP_TYPE_CGRP_STORAGE?);
/// # }
/// ```
#[proc_macro]
pub fn kernel_enum(input: TokenStream) -> TokenStream {
    questions::enumerator(input).unwrap_or_else(Error::report)
}

/// Returns the size in bytes of a type or a member in the running kernel, a `usize`.
///
/// # Examples
///
/// ```no_run
/// # fn f() {
/// let comm = rex::kernel_size!(task_struct.comm);
/// let task = rex::kernel_size!(task_struct);
/// # }
/// ```
#[proc_macro]
pub fn kernel_size(input: TokenStream) -> TokenStream {
    questions::size(input).unwrap_or_else(Error::report)
}

/// Returns the offset in bytes of a member in the running kernel, a `usize`.
///
/// # Examples
///
/// ```no_run
/// # fn f() -> usize {
/// rex::kernel_offset!(task_struct.comm)
/// # }
/// ```
#[proc_macro]
pub fn kernel_offset(input: TokenStream) -> TokenStream {
    questions::offset(input).unwrap_or_else(Error::report)
}

/// Returns whether the running kernel has a type, a member or an enumerator, a `bool`. The
/// object is loaded with either answer.
///
/// # Examples
///
/// ```no_run
/// # fn f() -> bool {
/// rex::kernel_has!(task_struct.recent_used_cpu)
///     && rex::kernel_has!(pid_type::PIDTYPE_TGID)
///     && rex::kernel_has!(maple_tree)
/// # }
/// ```
#[proc_macro]
pub fn kernel_has(input: TokenStream) -> TokenStream {
    questions::has(input).unwrap_or_else(Error::report)
}
