// SPDX-License-Identifier: GPL-2.0
//! What constructors of maps and configs return: a static without its attribute is of
//! another type, which the compiler's message names.

/// Makes such a type, and the function of the attribute's macro that takes the value out.
macro_rules! missing {
    ($(#[$doc:meta])* $name:ident, $declare:ident) => {
        $(#[$doc])*
        #[repr(transparent)]
        #[must_use]
        // Nothing is dropped in a constant function that takes the value out.
        pub struct $name<T>(core::mem::ManuallyDrop<T>);

        impl<T> $name<T> {
            pub(crate) const fn new(value: T) -> Self {
                Self(core::mem::ManuallyDrop::new(value))
            }

            pub(crate) const fn into_inner(self) -> T {
                core::mem::ManuallyDrop::into_inner(self.0)
            }
        }

        #[doc(hidden)]
        pub const fn $declare<T>(value: $name<T>) -> T {
            value.into_inner()
        }
    };
}

pub(crate) use missing;
