// SPDX-License-Identifier: GPL-2.0
//! Programs of types whose attributes would not fit: the macro defines each by hand,
//! with one function of a test's program for all of them.

/// Defines programs that run `entry`.
macro_rules! programs {
    ($entry:path: $($name:literal: $kind:ident in $section:literal,)*) => {
        $(
            const _: () = {
                // No macro of the crate makes this section.
                #[unsafe(link_section = ".rex.progs")]
                #[used]
                static DEFINITION: rex::prog::ProgDef =
                    rex::prog::ProgDef::new(
                        rex::kind::$kind::KIND,
                        $entry,
                        $name,
                        [$section, ""],
                        0,
                        None,
                    );
            };
        )*
    };
}
