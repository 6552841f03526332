// SPDX-License-Identifier: GPL-2.0
//! The attributes and derives of the crate `rex`, which re-exports them.
//!
//! They check what they are applied to and hand it to macros of the crate that
//! contain the unsafe code: code from here would count as the program's own, in
//! which unsafe code is forbidden.

#![deny(missing_docs)]

mod args;
mod arguments;
mod kernel;
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
    finish(
        map::expand(&map::CONFIG, "config", args, item.clone()),
        item,
    )
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

/// Declares structs of the kernel, with the members that a program reads.
///
/// ```ignore
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
/// The names are the kernel's: of the struct (or `union`), and of its members, in any order,
/// where those of structs and unions without a name within are members as in C. After
/// `from` stands the path to a member: through structs (`se.sum_exec_runtime`), to an
/// element of an array (`numbers[0].nr`), and, between `|`, names of which the first is
/// taken that the running kernel has. With `in "module"`, the struct is the module's;
/// otherwise it is the kernel's, or that of any module that is loaded.
///
/// | type | in the kernel | reading it gives |
/// |---|---|---|
/// | `u8` to `u64`, `i8` to `i64` | an integer or an enum of this size and signedness; `char` is either | the number |
/// | `bool` | `bool` or an integer of 8 bits | whether it is not 0 |
/// | `u64 as _` | an integer of any size | the number |
/// | `u64 as bits`, `bool as bits` | a bit field | the number |
/// | `Ptr<T>` | a pointer to a T; `Ptr<()>` is any pointer | `Ptr<T>` |
/// | `task_struct` | a struct that is declared, too | a `Ptr` to it |
/// | `[u8; 16]` | an array of at least so many integers | a copy |
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

/// The number of an enumerator in the running kernel, an `i64`: of an `enum` that has this
/// name. An object that asks for one that the kernel lacks is refused; with `?` after it,
/// it is an `Option`.
///
/// ```ignore
/// # fn f() {
/// let ids: i64 = rex::kernel_enum!(pid_type::PIDTYPE_MAX);
/// let storage: Option<i64> = rex::kernel_enum!(bpf_map_type::BPF_MAP_TYPE_CGRP_STORAGE?);
/// # }
/// ```
#[proc_macro]
pub fn kernel_enum(input: TokenStream) -> TokenStream {
    kernel::enumerator(input).unwrap_or_else(Error::report)
}

/// The size in bytes of a type or a member in the running kernel, a `usize`.
///
/// ```ignore
/// # fn f() {
/// let comm = rex::kernel_size!(task_struct.comm);
/// let task = rex::kernel_size!(task_struct);
/// # }
/// ```
#[proc_macro]
pub fn kernel_size(input: TokenStream) -> TokenStream {
    kernel::size(input).unwrap_or_else(Error::report)
}

/// The offset in bytes of a member in the running kernel, a `usize`.
///
/// ```ignore
/// # fn f() -> usize {
/// rex::kernel_offset!(task_struct.comm)
/// # }
/// ```
#[proc_macro]
pub fn kernel_offset(input: TokenStream) -> TokenStream {
    kernel::offset(input).unwrap_or_else(Error::report)
}

/// Whether the running kernel has a type, a member or an enumerator, a `bool`. An object
/// that asks is never refused for the answer.
///
/// ```ignore
/// # fn f() -> bool {
/// rex::kernel_has!(task_struct.recent_used_cpu)
///     && rex::kernel_has!(pid_type::PIDTYPE_TGID)
///     && rex::kernel_has!(maple_tree)
/// # }
/// ```
#[proc_macro]
pub fn kernel_has(input: TokenStream) -> TokenStream {
    kernel::has(input).unwrap_or_else(Error::report)
}
