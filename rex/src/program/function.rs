// SPDX-License-Identifier: GPL-2.0
//! The common part of all kinds of programs: an `obj`, a context, and functions with one
//! argument or with two.

/// Makes a kind of program: its `obj`, its context, the types of its functions, and the
/// traits of `obj` and context. The module adds `run`, which calls a function with the
/// kernel's context.
///
/// The context follows the name of `obj`, with the event and the type that the context
/// derefs to: [`TaskContext`](crate::context::TaskContext) if programs of this kind run
/// in a task. Then follows the action of programs that decide. `setup` makes the second
/// argument of `run`; without it, the argument is the action for errors, or nothing. `state`
/// is the type of what `obj` knows of its run, made by `new()`. A `simulated` kind runs in
/// unit tests, which can make its event.
macro_rules! program {
    (
        $(#[$obj_doc:meta])*
        $obj:ident;

        $(#[$doc:meta])*
        $context:ident(&'run mut $event:ty): $base:ident
        $(-> $action:ident)? $(, setup: $setup:ident)? $(, state: $state:ident)?
        $(; $simulated:ident)?
    ) => {
        crate::program::function::program! {
            @all [$(#[$obj_doc])*] $obj [$(#[$doc])*] $context
            [$event] [mut] $base [$($action)?] [$($setup)?] [$($state)?]
            [$($simulated)?]
        }
    };
    (
        $(#[$obj_doc:meta])*
        $obj:ident;

        $(#[$doc:meta])*
        $context:ident(&'run $event:ty): $base:ident
        $(-> $action:ident)? $(, setup: $setup:ident)? $(, state: $state:ident)?
        $(; $simulated:ident)?
    ) => {
        crate::program::function::program! {
            @all [$(#[$obj_doc])*] $obj [$(#[$doc])*] $context
            [$event] [] $base [$($action)?] [$($setup)?] [$($state)?]
            [$($simulated)?]
        }
    };
    (
        @all [$(#[$obj_doc:meta])*] $obj:ident [$(#[$doc:meta])*] $context:ident
        [$event:ty] [$($mut:ident)?] $base:ident [$($action:ident)?]
        [$($setup:ident)?] [$($state:ident)?] [$($simulated:ident)?]
    ) => {
        $(#[$obj_doc])*
        #[allow(non_camel_case_types)]
        pub struct $obj {
            /// It is neither `Send` nor `Sync`, since it belongs to one run, on one CPU.
            _run: core::marker::PhantomData<*mut ()>,
            $(state: $state,)?
        }

        impl $obj {
            /// Makes one, for the function that the kernel calls.
            #[inline(always)]
            fn new() -> Self {
                Self {
                    _run: core::marker::PhantomData,
                    $(state: $state::new(),)?
                }
            }

            crate::program::helpers::base_helpers!(pub);
        }

        // SAFETY: it is a local of the function that the kernel calls, and the type of
        // programs lets them choose no lifetime.
        unsafe impl crate::program::Run for $obj {}

        impl crate::map::PerfEventStreamer for $obj {
            type Context<'run> = $event;
        }

        crate::context::context! {
            $(#[$doc])*
            $context($obj, &'run $($mut)? $event): $base
        }

        crate::program::function::program! { @in $base $obj }
        crate::program::function::program! {
            @functions $obj [&'run $($mut)? $event] [&'b $($mut)? $event] $context
            [$($action)?]
        }
        crate::program::function::program! { @setup [$($action)?] [$($setup)?] }
        crate::program::function::program! {
            @host [$($simulated)?] $obj [$event] [$($mut)?] $context
        }
    };
    (@host [] $obj:ident [$event:ty] [$($mut:ident)?] $context:ident) => {};
    (
        @host [simulated] $obj:ident [$event:ty] [$($mut:ident)?] $context:ident
    ) => {
        #[cfg(not(target_os = "none"))]
        impl<R, F> crate::host::Program<$event, ($obj, R)> for F
        where
            F: for<'a, 'b> Fn(&'a $obj, &'b $($mut)? $event) -> R,
        {
            type Output = R;

            fn simulate(self, event: &mut $event) -> R {
                self(&$obj::new(), event)
            }
        }

        #[cfg(not(target_os = "none"))]
        impl<R, F> crate::host::Program<$event, ($context<'static>, R)> for F
        where
            F: for<'a, 'run> Fn(&'a mut $context<'run>) -> R,
        {
            type Output = R;

            fn simulate(self, event: &mut $event) -> R {
                self(&mut $context::new(&$obj::new(), event))
            }
        }
    };
    (@in Context $obj:ident) => {};
    (@in TaskContext $obj:ident) => {
        impl $obj {
            crate::program::helpers::current_task_helpers!(pub);
        }

        // SAFETY: it has these helpers, by `current_task_helpers`.
        unsafe impl crate::program::TaskRun for $obj {}
        impl crate::program::TaskHelpers for $obj {}
    };
    (@setup [] []) => {
        /// The second argument of `run`: nothing.
        #[doc(hidden)]
        pub const fn __setup(_: &crate::prog::Kind, _: Option<i32>) {}
    };
    (@setup [$action:ident] []) => {
        /// The second argument of `run`: the action for errors.
        #[doc(hidden)]
        pub const fn __setup(
            _: &crate::prog::Kind,
            default_ret: Option<i32>,
        ) -> $action {
            $action::on_error(default_ret)
        }
    };
    (@setup [$($action:ident)?] [by_hand]) => {};
    (@functions $obj:ident [$event:ty] [$any_event:ty] $context:ident []) => {
        /// The signature of these programs with two arguments.
        #[doc(hidden)]
        pub type Program = for<'a, 'b, 'run> fn(
            &'a $obj,
            $any_event,
        ) -> crate::utils::Result;

        /// The signature of these programs with one argument.
        #[doc(hidden)]
        pub type ContextProgram<R> =
            for<'a, 'run> fn(&'a mut $context<'run>) -> R;

        /// The function of a program, with either signature. It takes `obj` by a
        /// mutable reference, which no program has, so that only a run calls it.
        #[doc(hidden)]
        pub trait Function: Copy {
            fn call<'run>(
                self,
                obj: &mut $obj,
                event: $event,
            ) -> core::ffi::c_int;
        }

        impl Function for Program {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &mut $obj,
                event: $event,
            ) -> core::ffi::c_int {
                crate::verdict::conclude(self(obj, event))
            }
        }

        impl<R: crate::verdict::Outcome> Function for ContextProgram<R> {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &mut $obj,
                event: $event,
            ) -> core::ffi::c_int {
                let mut context = $context::new(obj, event);
                crate::verdict::conclude(self(&mut context))
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
    (
        @functions $obj:ident [$event:ty] [$any_event:ty] $context:ident
        [$action:ident]
    ) => {
        /// The signature of these programs with two arguments.
        #[doc(hidden)]
        pub type Program<V> =
            for<'a, 'b, 'run> fn(&'a $obj, $any_event) -> V;

        /// The signature of these programs with one argument.
        #[doc(hidden)]
        pub type ContextProgram<V> =
            for<'a, 'run> fn(&'a mut $context<'run>) -> V;

        /// The function of a program, with either signature. It takes `obj` by a
        /// mutable reference, which no program has, so that only a run calls it.
        #[doc(hidden)]
        pub trait Function: Copy {
            fn call<'run>(
                self,
                obj: &mut $obj,
                event: $event,
            ) -> Option<$action>;
        }

        impl<V: crate::verdict::Verdict<$action>> Function for Program<V> {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &mut $obj,
                event: $event,
            ) -> Option<$action> {
                crate::verdict::decide(self(obj, event))
            }
        }

        impl<V: crate::verdict::Verdict<$action>> Function
            for ContextProgram<V>
        {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &mut $obj,
                event: $event,
            ) -> Option<$action> {
                let mut context = $context::new(obj, event);
                crate::verdict::decide(self(&mut context))
            }
        }

        /// Fixes the type of a program's function.
        #[doc(hidden)]
        #[inline(always)]
        pub const fn two_arguments<V: crate::verdict::Verdict<$action>>(
            program: Program<V>,
        ) -> Program<V> {
            program
        }

        /// Fixes the type of the function of a program with one argument.
        #[doc(hidden)]
        #[inline(always)]
        pub const fn one_argument<V: crate::verdict::Verdict<$action>>(
            program: ContextProgram<V>,
        ) -> ContextProgram<V> {
            program
        }
    };
}

/// Makes the sleepable programs of a kind. A program with one argument gets a context that
/// can wait. A program with two arguments cannot wait: it gets the same as a program that
/// is not sleepable.
macro_rules! sleepable {
    ($obj:ident: $context:ident(&'run mut $event:ty)) => {
        crate::program::function::sleepable! {
            @all $obj $context [$event] [&'run mut $event] [&mut *]
        }
    };
    ($obj:ident: $context:ident(&'run $event:ident<'run>)) => {
        crate::program::function::sleepable! {
            @all $obj $context [$event<'_>] [&'run $event<'run>] [&*]
        }
    };
    ($obj:ident: $context:ident(&'run $event:ty)) => {
        crate::program::function::sleepable! {
            @all $obj $context [$event] [&'run $event] [&*]
        }
    };
    (
        @all $obj:ident $context:ident [$event:ty] [$of_run:ty] [$($borrow:tt)*]
    ) => {
        impl crate::context::sleepable::Sleeps for $context<'_> {
            type Awake<'s>
                = $context<'s>
            where
                Self: 's;

            #[inline(always)]
            fn reborrow(&mut self) -> $context<'_> {
                $context::new(self.run, $($borrow)* self.event)
            }
        }

        impl<R: crate::verdict::Outcome> Function
            for sleepable::ContextProgram<R>
        {
            #[inline(always)]
            fn call<'run>(
                self,
                obj: &mut $obj,
                event: $of_run,
            ) -> core::ffi::c_int {
                let context = $context::new(obj, event);
                let mut context = crate::context::Sleepable::new(context);
                crate::verdict::conclude(self(&mut context))
            }
        }

        #[cfg(not(target_os = "none"))]
        impl<R, F>
            crate::host::Program<
                $event,
                (crate::context::Sleepable<$context<'static>>, R),
            > for F
        where
            F: for<'a, 'run> Fn(
                &'a mut crate::context::Sleepable<$context<'run>>,
            ) -> R,
        {
            type Output = R;

            fn simulate(self, event: &mut $event) -> R {
                let obj = $obj::new();
                let context = $context::new(&obj, event);
                self(&mut crate::context::Sleepable::new(context))
            }
        }

        /// The programs of this kind that may wait for memory of the process.
        #[doc(hidden)]
        pub mod sleepable {
            use super::$context;
            use crate::context::Sleepable;
            use crate::verdict::Outcome;

            pub use super::{__setup, run, two_arguments};

            /// The signature of these programs with one argument.
            pub type ContextProgram<R> =
                for<'a, 'run> fn(&'a mut Sleepable<$context<'run>>) -> R;

            /// Fixes the type of the function of a program with one argument.
            #[inline(always)]
            pub const fn one_argument<R: Outcome>(
                program: ContextProgram<R>,
            ) -> ContextProgram<R> {
                program
            }
        }
    };
}

/// Makes the event of a kind of program that gets arguments of 64 bits each.
macro_rules! arguments {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[repr(transparent)]
        pub struct $name {
            args: [u64],
        }

        impl $name {
            /// Returns all arguments.
            #[inline(always)]
            pub fn args(&self) -> &[u64] {
                &self.args
            }

            /// Returns the argument with this index, if there is one.
            #[inline(always)]
            pub fn arg(&self, index: usize) -> Option<u64> {
                self.args.get(index).copied()
            }

            #[inline(always)]
            fn new(args: &[u64]) -> &Self {
                // SAFETY: the type is transparent over the slice.
                unsafe { &*(core::ptr::from_ref::<[u64]>(args) as *const Self) }
            }
        }

        #[cfg(not(target_os = "none"))]
        impl<'a> From<&'a mut [u64]> for &'a mut $name {
            /// Converts the arguments that a test passes to a program.
            fn from(args: &'a mut [u64]) -> Self {
                // SAFETY: the type is transparent over the slice.
                unsafe {
                    &mut *(core::ptr::from_mut::<[u64]>(args) as *mut $name)
                }
            }
        }
    };
}

pub(super) use {arguments, program, sleepable};
