// SPDX-License-Identifier: GPL-2.0
//! Decisions of programs about packets.
//!
//! A program that sees packets returns an action, such as
//! [`XdpAction`](crate::xdp::XdpAction), or a `Result` of one, whose error means that
//! the program could not decide. The kernel always gets a valid action.
//!
//! ```no_run
//! # use rex::prelude::*;
//! /// Drops UDP to port 9, and packets with unknown headers.
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
//! An error becomes the `default_ret` of the program's attribute, as for runs that
//! panic. Without it, the packet is dropped: [`Action::ON_ERROR`]. A program that only
//! observes returns no errors, or sets `default_ret`. (After a fault stopped the
//! program, packets pass: otherwise all of them would be dropped.)
//!
//! # Numbers
//!
//! `rex::Result`, upstream's type of all programs, is a number in either variant. The
//! number of an action is that action: `Ok(XDP_DROP as i32)` and `Err(XDP_DROP as
//! i32)` are the same. Any other number is an error, and so is a negative number in
//! `Err`. `Ok(0)`, the result of most helpers, is an action, too: `XDP_ABORTED`,
//! `TC_ACT_OK`. The types of actions exclude such mistakes.

use core::ffi::c_int;

use crate::error::Errno;
use crate::net::Unknown;
use crate::rt::ffi;

/// A decision about a packet.
pub trait Action: Copy {
    /// The decision for errors of programs whose attribute has no `default_ret`.
    const ON_ERROR: Self;

    /// Returns the action with this number, if there is one.
    fn from_number(number: c_int) -> Option<Self>;
}

/// A result of a program that decides by `A`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no verdict of this kind of program",
    note = "it returns `rex::Result`, an action such as `XdpAction` or `TcAction`, \
            or a `Result` of one whose error is `Errno`, `rex::net::Unknown` or `i32`"
)]
pub trait Verdict<A: Action> {
    /// Returns the action, or the number of the error.
    fn action(self) -> Result<A, c_int>;
}

/// Returns the program's action, and counts an error.
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

/// Returns the number for the kernel, and counts an error.
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

/// A result of a program that decides about no packets: nothing, a number, or a
/// `Result` of one of them. The kernel gets the number, 0 for nothing, or the negative
/// number of the error. The meaning of numbers depends on the kind of program.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no result of this kind of program",
    note = "it returns `()`, `i32`, or a `Result` of one of them whose error is \
            `Errno` or `i32`"
)]
pub trait Outcome {
    /// Returns the number that the kernel gets.
    fn number(self) -> c_int;

    /// Returns whether it is an error.
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
            /// Returns the action with this number, if there is one.
            #[inline(always)]
            pub const fn from_number(
                number: core::ffi::c_int,
            ) -> Option<Self> {
                match number {
                    $($number => Some(Self::$action),)*
                    _ => None,
                }
            }

            /// Returns the action for errors, from the attribute's `default_ret`.
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

        /// Converts the result of a helper that selects an action, such as a redirect.
        /// An error becomes
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
