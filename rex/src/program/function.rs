// SPDX-License-Identifier: GPL-2.0
//! The function of a program, with one argument or with two.

/// Makes the trait `Function` of a kind of program that decides about no packets, and
/// what fixes the types of its functions.
macro_rules! functions {
    ($obj:ident($event:ty) $context:ident) => {
        /// The signature of these programs with one argument.
        #[doc(hidden)]
        pub type ContextProgram<R> =
            for<'a, 'run> fn(&'a mut crate::context::$context<'run>) -> R;

        /// The function of a program, with either signature.
        #[doc(hidden)]
        pub trait Function: Copy {
            fn call<'run>(
                self,
                obj: &'run $obj,
                event: $event,
            ) -> core::ffi::c_int;
        }

        impl Function for Program {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &'run $obj,
                event: $event,
            ) -> core::ffi::c_int {
                crate::verdict::Outcome::number(self(obj, event))
            }
        }

        impl<R: crate::verdict::Outcome> Function for ContextProgram<R> {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &'run $obj,
                event: $event,
            ) -> core::ffi::c_int {
                let mut context = crate::context::$context::new(obj, event);
                self(&mut context).number()
            }
        }

        /// Fixes the type of a program's function.
        #[doc(hidden)]
        #[inline(always)]
        pub const fn two_arguments(program: Program) -> Program {
            program
        }

        /// Fixes the type of the function of a program with one argument.
        #[doc(hidden)]
        #[inline(always)]
        pub const fn one_argument<R: crate::verdict::Outcome>(
            program: ContextProgram<R>,
        ) -> ContextProgram<R> {
            program
        }
    };
}

/// The same for a kind of program that decides about packets by `$action`.
macro_rules! verdicts {
    ($obj:ident($event:ty) $context:ident -> $action:ident) => {
        /// The signature of these programs with one argument.
        #[doc(hidden)]
        pub type ContextProgram<V> =
            for<'a, 'run> fn(&'a mut crate::context::$context<'run>) -> V;

        /// The function of a program, with either signature.
        #[doc(hidden)]
        pub trait Function: Copy {
            fn call<'run>(
                self,
                obj: &'run $obj,
                event: $event,
            ) -> Option<$action>;
        }

        impl<V: Verdict<$action>> Function for Program<V> {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &'run $obj,
                event: $event,
            ) -> Option<$action> {
                self(obj, event).action()
            }
        }

        impl<V: Verdict<$action>> Function for ContextProgram<V> {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &'run $obj,
                event: $event,
            ) -> Option<$action> {
                let mut context = crate::context::$context::new(obj, event);
                self(&mut context).action()
            }
        }

        /// Fixes the type of a program's function.
        #[doc(hidden)]
        #[inline(always)]
        pub const fn two_arguments<V: Verdict<$action>>(
            program: Program<V>,
        ) -> Program<V> {
            program
        }

        /// Fixes the type of the function of a program with one argument.
        #[doc(hidden)]
        #[inline(always)]
        pub const fn one_argument<V: Verdict<$action>>(
            program: ContextProgram<V>,
        ) -> ContextProgram<V> {
            program
        }
    };
}

pub(super) use {functions, verdicts};
