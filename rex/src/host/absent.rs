// SPDX-License-Identifier: GPL-2.0
//! Macros that the list of helpers uses: see `list`.

/// Ends a test that calls a helper that is not simulated.
pub(super) fn absent(helper: &str) -> ! {
    std::eprintln!("rex: the helper {helper} is not simulated on the host");
    std::process::abort()
}

macro_rules! absent {
    ($($name:ident)*) => {
        $(
            // SAFETY: no other function of the process has this name. It ignores
            // its arguments, and does not return.
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> ! {
                $crate::host::absent::absent(stringify!($name))
            }
        )*
    };
}

/// Checks that a helper is simulated, and that the crate's prototype and the
/// simulation have the type in the list.
macro_rules! simulated {
    ($($name:ident: fn($($arg:ty),*) -> $result:ty,)*) => {
        const _: () = {
            $(
                let _: [unsafe extern "C" fn($($arg),*) -> $result; 2] =
                    [crate::rt::ffi::$name, $name];
            )*
        };
    };
}
