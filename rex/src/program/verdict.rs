// SPDX-License-Identifier: GPL-2.0
//! What programs decide about packets.
//!
//! A program that sees packets returns an action, such as
//! [`XdpAction`](crate::xdp::XdpAction), or a `Result` of one: its error is "I could
//! not decide". What the kernel gets is one of the actions that it knows, always.
//!
//! ```ignore
//! # use rex::prelude::*;
//! /// Drops UDP to port 9, and what nobody can tell about (later fragments, too).
//! #[xdp]
//! fn drop_discard(ctx: &mut XdpContext) -> Result<XdpAction> {
//!     Ok(match ctx.udp()? {
//!         Some(udp) if udp.dest == 9u16.to_be() => XdpAction::Drop,
//!         _ => XdpAction::Pass,
//!     })
//! }
//! ```
//!
//! # Errors
//!
//! What becomes of the packet then is said by `default_ret` of the program's
//! attribute, as it is for runs that panic. If it is not given, the packet is
//! dropped: [`Action::ON_ERROR`]. A program that only looks returns no errors, or
//! says `default_ret`. (After a fault, when no program is there any more,
//! packets pass: one packet that is dropped is another matter than all of them.)
//!
//! # Numbers
//!
//! `rex::Result`, upstream's type of all programs, is a number in either variant. One
//! that is an action is that action: `Ok(XDP_DROP as i32)` and `Err(XDP_DROP as i32)`
//! are the same. Any other number is an error, and so is a negative number in `Err`.
//! `Ok(0)`, the result of most helpers, is an action, too: `XDP_ABORTED`, `TC_ACT_OK`.
//! That is why there are types for them.

use core::ffi::c_int;

use crate::error::Errno;
use crate::net::Unknown;
use crate::rt::ffi;

/// What can become of a packet.
pub trait Action: Copy {
    /// What becomes of the packet if a program returns an error, and its attribute
    /// does not say.
    const ON_ERROR: Self;

    /// The action with this number, if there is one.
    fn from_number(number: c_int) -> Option<Self>;
}

/// What a program that decides by `A` may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no verdict of this kind of program",
    note = "it returns `rex::Result`, an action such as `XdpAction` or `TcAction`, \
            or a `Result` of one whose error is `Errno`, `rex::net::Unknown` or `i32`"
)]
pub trait Verdict<A: Action> {
    /// The action, or the number of the error.
    fn action(self) -> Result<A, c_int>;
}

/// The action that a program has decided for. An error is counted.
#[inline(always)]
pub(crate) fn decide<A: Action, V: Verdict<A>>(verdict: V) -> Option<A> {
    match verdict.action() {
        Ok(action) => Some(action),
        Err(error) => {
            ffi::rex_note_error(error);
            None
        }
    }
}

/// The number that the kernel gets of a program. An error is counted.
#[inline(always)]
pub(crate) fn conclude<R: Outcome>(outcome: R) -> c_int {
    let is_error = outcome.is_error();
    let number = outcome.number();
    if is_error {
        ffi::rex_note_error(number);
    }
    number
}

impl<A: Action> Verdict<A> for A {
    #[inline(always)]
    fn action(self) -> Result<A, c_int> {
        Ok(self)
    }
}

impl<A: Action> Verdict<A> for Result<c_int, c_int> {
    #[inline(always)]
    fn action(self) -> Result<A, c_int> {
        match self {
            Err(error) if error < 0 => Err(error),
            Ok(number) | Err(number) => A::from_number(number).ok_or(number),
        }
    }
}

impl<A: Action> Verdict<A> for Result<A, c_int> {
    #[inline(always)]
    fn action(self) -> Self {
        self
    }
}

impl<A: Action> Verdict<A> for Result<A, Errno> {
    #[inline(always)]
    fn action(self) -> Result<A, c_int> {
        self.map_err(Into::into)
    }
}

impl<A: Action> Verdict<A> for Result<A, Unknown> {
    #[inline(always)]
    fn action(self) -> Result<A, c_int> {
        self.map_err(|error| Errno::from(error).into())
    }
}

/// What a program that decides about no packets may return: nothing, a number, or a
/// `Result` of one of them. The kernel gets the number, 0 for nothing, or the negative
/// number of the error. Which numbers mean something, the kind of program says.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no result of this kind of program",
    note = "it returns `()`, `i32`, or a `Result` of one of them whose error is \
            `Errno` or `i32`"
)]
pub trait Outcome {
    /// The number that the kernel gets.
    fn number(self) -> c_int;

    /// Whether it is that of an error.
    #[inline(always)]
    fn is_error(&self) -> bool {
        false
    }
}

impl Outcome for () {
    #[inline(always)]
    fn number(self) -> c_int {
        0
    }
}

impl Outcome for c_int {
    #[inline(always)]
    fn number(self) -> c_int {
        self
    }
}

impl<T: Outcome, E: Into<c_int>> Outcome for Result<T, E> {
    #[inline(always)]
    fn number(self) -> c_int {
        match self {
            Ok(value) => value.number(),
            Err(error) => error.into(),
        }
    }

    #[inline(always)]
    fn is_error(&self) -> bool {
        match self {
            Ok(value) => value.is_error(),
            Err(_) => true,
        }
    }
}

/// Defines the actions of a kind of program.
macro_rules! actions {
    (
        $(#[$doc:meta])*
        $name:ident, on error $on_error:ident {
            $($(#[$action_doc:meta])* $action:ident = $number:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(i32)]
        pub enum $name {
            $($(#[$action_doc])* $action = $number,)*
        }

        impl $name {
            /// The action with this number, if there is one.
            #[inline(always)]
            pub const fn from_number(
                number: core::ffi::c_int,
            ) -> Option<Self> {
                match number {
                    $($number => Some(Self::$action),)*
                    _ => None,
                }
            }

            /// What the attribute's `default_ret` makes of errors.
            #[doc(hidden)]
            pub const fn on_error(default_ret: Option<i32>) -> Self {
                match default_ret {
                    None => Self::$on_error,
                    Some(number) => match Self::from_number(number) {
                        Some(action) => action,
                        None => panic!(concat!(
                            "default_ret is none of ",
                            stringify!($name)
                        )),
                    },
                }
            }
        }

        impl crate::verdict::Action for $name {
            const ON_ERROR: Self = Self::$on_error;

            #[inline(always)]
            fn from_number(number: core::ffi::c_int) -> Option<Self> {
                Self::from_number(number)
            }
        }

        /// What a helper says that a program is to return, such as one that
        /// redirects the packet; an error is
        #[doc = concat!("[`", stringify!($on_error), "`](Self::", stringify!($on_error), ").")]
        impl From<crate::Result> for $name {
            #[inline(always)]
            fn from(result: crate::Result) -> Self {
                let action = crate::verdict::Verdict::action(result);
                action.unwrap_or(Self::$on_error)
            }
        }

        impl From<$name> for core::ffi::c_int {
            #[inline(always)]
            fn from(action: $name) -> Self {
                action as Self
            }
        }
    };
}

pub(crate) use actions;
