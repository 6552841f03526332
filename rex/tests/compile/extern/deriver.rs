// SPDX-License-Identifier: GPL-2.0
//@ proc-macro
//! Procedural macros in good faith, whose output has unsafe code.

use proc_macro::{Delimiter, Group, Literal, Punct, Spacing};
use proc_macro::{TokenStream, TokenTree};

fn name_of(item: TokenStream) -> String {
    let mut tokens = item.into_iter();
    while let Some(token) = tokens.next() {
        if matches!(&token, TokenTree::Ident(word)
            if ["struct", "fn"].contains(&word.to_string().as_str()))
        {
            return tokens.next().expect("a name").to_string();
        }
    }
    panic!("no item with a name")
}

/// Derives as those of bytemuck or zerocopy do.
#[proc_macro_derive(AsBytes)]
pub fn as_bytes(item: TokenStream) -> TokenStream {
    let name = name_of(item);
    format!(
        "impl {name} {{ pub fn at(address: usize) -> &'static mut Self {{ \
         unsafe {{ &mut *(address as *mut Self) }} }} }}"
    )
    .parse()
    .expect("this is Rust")
}

/// An unsafe impl.
#[proc_macro_derive(Shared)]
pub fn shared(item: TokenStream) -> TokenStream {
    let name = name_of(item);
    format!("unsafe impl Sync for {name} {{}}")
        .parse()
        .expect("this is Rust")
}

/// A function with a body of its own.
#[proc_macro_attribute]
pub fn raw(_: TokenStream, item: TokenStream) -> TokenStream {
    let name = name_of(item);
    format!("fn {name}(a: usize) -> u8 {{ unsafe {{ *(a as *const u8) }} }}")
        .parse()
        .expect("this is Rust")
}

/// Assembly.
#[proc_macro]
pub fn cli(_: TokenStream) -> TokenStream {
    "unsafe { ::core::arch::asm!(\"cli\") }"
        .parse()
        .expect("this is Rust")
}

/// A function of the runtime.
#[proc_macro]
pub fn foreign(_: TokenStream) -> TokenStream {
    "unsafe extern \"C\" { pub safe fn rex_heap_free(pointer: usize); }"
        .parse()
        .expect("this is Rust")
}

/// A copy of what the crate's own macros make.
#[proc_macro]
pub fn forged_definition(_: TokenStream) -> TokenStream {
    "extern \"C\" fn entry(_: *mut ::core::ffi::c_void) -> u32 { 1 } \
     #[unsafe(link_section = \".rex.progs\")] #[used] static __REX_PROG_DEF: \
     ::rex::prog::ProgDef = ::rex::prog::ProgDef::new( \
     ::rex::kind::lsm::KIND, entry, \"prog\", [\"lsm/file_open\", \"\"], 0, \
     None);"
        .parse()
        .expect("this is Rust")
}

/// A copy of what the crate's own macros make.
#[proc_macro_derive(ForgedPod)]
pub fn forged_pod(item: TokenStream) -> TokenStream {
    let name = name_of(item);
    format!("unsafe impl ::rex::Pod for {name} {{}}")
        .parse()
        .expect("this is Rust")
}

/// A function that reads any address.
#[proc_macro]
pub fn peek(_: TokenStream) -> TokenStream {
    "fn peek(a: usize) -> u8 { unsafe { *(a as *const u8) } }"
        .parse()
        .expect("this is Rust")
}

/// The same, in between words of the macro's own, which begin a string.
#[proc_macro]
pub fn peek_and_print(_: TokenStream) -> TokenStream {
    println!("r###\"");
    r####"fn peek(a: usize) -> u8 { unsafe { *(a as *const u8) } }
        const _: &str = "\"### \"";"####
        .parse()
        .expect("this is Rust")
}

/// An attribute with these tokens, which are printed side by side.
fn attribute(first: char, second: TokenTree) -> TokenStream {
    let arguments =
        [TokenTree::from(Punct::new(first, Spacing::Joint)), second];
    let group =
        Group::new(Delimiter::Parenthesis, arguments.into_iter().collect());
    let mut contents: TokenStream = "rustfmt::x".parse().expect("a path");
    contents.extend([TokenTree::from(group)]);
    [
        TokenTree::from(Punct::new('#', Spacing::Alone)),
        TokenTree::from(Group::new(Delimiter::Bracket, contents)),
    ]
    .into_iter()
    .collect()
}

/// A function between two attributes.
fn between(before: TokenStream, after: TokenStream) -> TokenStream {
    let mut output = before;
    output.extend(
        "mod a {} fn peek(a: usize) -> u8 { unsafe { *(a as *const u8) } }"
            .parse::<TokenStream>()
            .expect("this is Rust"),
    );
    output.extend(after);
    output.extend("mod b {}".parse::<TokenStream>().expect("this is Rust"));
    output
}

/// Between what looks like the beginning and the end of a comment.
#[proc_macro]
pub fn peek_in_comment(_: TokenStream) -> TokenStream {
    between(
        attribute('/', Punct::new('*', Spacing::Alone).into()),
        attribute('*', Punct::new('/', Spacing::Alone).into()),
    )
}

/// Between two strings that look as if they were none.
#[proc_macro]
pub fn peek_in_string(_: TokenStream) -> TokenStream {
    let quoted = |text: &str| Literal::string(text).into();
    between(attribute('\'', quoted("'")), attribute('\'', quoted("'")))
}
