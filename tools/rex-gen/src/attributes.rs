// SPDX-License-Identifier: GPL-2.0
//! The attributes that make programs, of both faces, with their descriptions.

use std::fmt::Write as _;

use crate::progtypes::{Arguments, Attribute, Kind, LIST};
use crate::text::{rust_head, wrap};

impl Attribute {
    /// Returns the signature of a program in words.
    fn signature(&self, with_two: bool) -> String {
        if with_two {
            let parameter = self.context.strip_prefix(self.context_name());
            let parameter = parameter.unwrap_or_default();
            let result = match &self.action {
                Some(action) => format!(
                    "`{action}`, a `Result` of it, or `rex::Result` with the \
                     number of one: see the crate's module `verdict`"
                ),
                None => "`rex::Result`".to_string(),
            };
            return format!(
                "The function takes `&{}{parameter}` and `{}`, and returns \
                 {result}.",
                self.module, self.event
            );
        }
        let result = match &self.action {
            Some(action) => format!(
                "`{action}`, or a `Result` of it: see the crate's module `verdict`"
            ),
            None => {
                "nothing, a number, or a `Result` of one of them".to_string()
            }
        };
        format!(
            "The function takes `&mut {}`, and returns {result}.",
            self.context
        )
    }
}

/// The description of the arguments of all attributes.
const OF_ALL: &str = "\
/// - `timeout_ms = 10`: the time limit of a run, in milliseconds; at most 5000, or the
///   parameter `max_timeout_ms` of rex.ko.
/// - `default_ret = 0`: the result in place of a run that a fault aborts or that cannot
///   start. Without it, the kernel goes on as without a program. A value that the kernel
///   does not accept from a program of this kind does not compile.
";

/// The argument of attributes whose programs may be sleepable ones.
const SLEEPABLE: &str = "\
/// - `sleepable`: the program may wait for memory of the process. With one argument, it
///   takes `&mut Sleepable` of the context.
";

/// Returns the kinds of an attribute with directions, each after its direction.
fn directions(attribute: &Attribute) -> impl Iterator<Item = (String, &Kind)> {
    let prefix = format!("{}_", attribute.name);
    let kinds = attribute.kinds.iter();
    kinds.map(move |kind| (kind.name.replace(&prefix, ""), kind))
}

fn arguments_in_words(attribute: &Attribute) -> String {
    let example = attribute.example.trim_matches(['(', ')']);
    match attribute.arguments {
        Arguments::Plain | Arguments::Record => String::new(),
        Arguments::Function => format!(
            "/// - the function or hook, as in `#[{}({example})]`. Without it, the loader \
             chooses it when\n///   it attaches the program.\n",
            attribute.name
        ),
        Arguments::UserFunction => {
            "/// - `path = \"/bin/bash\", function = \"readline\"`: the file and the \
             function in it. A name\n///   without a slash, `bash` or `libc.so.6`, is looked for \
             when the program is attached.\n///   Without them, the loader chooses them when it attaches the \
             program.\n"
                .to_string()
        }
        Arguments::UserProbe => {
            "/// - `path = \"/usr/sbin/mysqld\", probe = \"mysql:query__start\"`: the file, and \
             the\n///   provider and the name of the probe. Without them, the loader chooses \
             them.\n"
                .to_string()
        }
        Arguments::Event => format!(
            "/// - the tracepoint, as in `#[{}({example})]`, which is not optional.\n",
            attribute.name
        ),
        Arguments::Iterator => format!(
            "/// - the iterator, as in `#[{}({example})]`, which is not optional.\n",
            attribute.name
        ),
        Arguments::Period => "\
/// - `period_ms = 100`: the period in milliseconds, from 1 to a day. Without it, the
///   program runs once each time that it is armed.
"
        .to_string(),
        Arguments::Xdp => "\
/// - `frags`: packets may be in several buffers. Without it, the program cannot be
///   attached to a device that has such packets.
/// - `devmap`: the program is for an entry of a `DevMap`, and sees packets that
///   the device is about to send.
/// - `cpumap`: the program is for an entry of a `CpuMap`, and sees packets that
///   the CPU gets.
"
        .to_string(),
        Arguments::Direction => {
            let directions: Vec<String> = directions(attribute)
                .map(|(direction, _)| format!("`{direction:?}`"))
                .collect();
            format!("/// - {}, which is not optional.\n", directions.join(" or "))
        }
    }
}

/// Returns an example of a program, if the attribute needs no other context and the
/// program returns no action.
fn attribute_in_use(attribute: &Attribute) -> String {
    let is_short = matches!(
        attribute.arguments,
        Arguments::Function | Arguments::Event | Arguments::Iterator
    );
    if !is_short || attribute.action.is_some() {
        return String::new();
    }
    let arguments = attribute.example.trim_end_matches(')');
    format!(
        "///\n/// ```no_run\n/// # use rex::prelude::*;\n\
         /// #[{}{arguments}, timeout_ms = 10)]\n\
         /// fn on_event(ctx: &mut {}) {{\n\
         ///     info!(\"process {{}}, CPU {{}}\", ctx.tgid(), ctx.cpu());\n\
         /// }}\n/// ```\n",
        attribute.name, attribute.context
    )
}

/// Returns the call of the macro crate's function for an attribute.
fn expansion(attribute: &Attribute) -> String {
    let first = &attribute.kinds[0];
    let section = first.sections[0].trim_end_matches('/');
    let form = match attribute.arguments {
        Arguments::Plain => {
            format!("Plain({section:?}, {})", attribute.can_sleep())
        }
        Arguments::Function => {
            format!("Function({section:?}, {})", attribute.can_sleep())
        }
        Arguments::UserFunction => format!("UserFunction({section:?})"),
        Arguments::UserProbe => format!("UserProbe({section:?})"),
        Arguments::Event => "Event".to_string(),
        Arguments::Iterator => format!("Iterator({section:?})"),
        Arguments::Record => "Record".to_string(),
        Arguments::Period => format!("Period({section:?})"),
        Arguments::Xdp => "Xdp".to_string(),
        Arguments::Direction => {
            let directions: Vec<String> = directions(attribute)
                .map(|(direction, kind)| {
                    format!("({direction:?}, {:?})", kind.sections[0])
                })
                .collect();
            format!("Direction(&[{}])", directions.join(", "))
        }
    };
    format!("Form::{form}, {:?}", attribute.name)
}

/// Returns the attributes of both faces.
pub(crate) fn attributes(attributes: &[Attribute]) -> String {
    let mut text = rust_head(LIST)
        + "// Attributes are at the root of their crate: lib.rs includes this file.\n\n";
    for with_two in [false, true] {
        for attribute in attributes {
            let (prefix, face) = if with_two {
                ("rex_", "Face::Upstream")
            } else {
                ("", "Face::Context")
            };
            let runs = format!(
                "Makes the function a program that runs {}.",
                attribute.runs
            );
            text += &wrap(&runs, "///", 90);
            text += "///\n";
            let signature =
                attribute.signature(with_two) + " " + &attribute.doc;
            text += &wrap(&signature, "///", 90);
            text += "///\n/// Arguments, which are optional unless marked otherwise:\n///\n";
            text += &arguments_in_words(attribute);
            if attribute.can_sleep() {
                text += SLEEPABLE;
            }
            text += OF_ALL;
            if !with_two {
                text += &attribute_in_use(attribute);
            }
            _ = writeln!(
                text,
                "#[proc_macro_attribute]\n\
                 pub fn {prefix}{}(args: TokenStream, item: TokenStream) -> TokenStream \
                 {{\nprogram::expand({face}, {}, args, item)\n}}\n",
                attribute.name,
                expansion(attribute),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progtypes::tests::three;

    #[test]
    fn an_attribute_says_what_it_takes() {
        let text = attributes(&three());
        for line in [
            "/// Makes the function a program that runs at a hook.\n",
            "/// The function takes `&lsm` and `&LsmArgs`, and returns `rex::Result`.\n",
            "/// - the function or hook, as in `#[lsm(\"file_open\")]`.",
            "/// - `sleepable`: the program may wait",
            "/// - `\"in\"` or `\"out\"`, which is not optional.\n",
            " Packets, that is.\n",
            "pub fn rex_lsm(args: TokenStream, item: TokenStream)",
            "program::expand(Face::Upstream, Form::Function(\"lsm\", true), \"lsm\", args,",
            "Form::Direction(&[(\"in\", \"w/in\"), (\"out\", \"w/out\")]), \"way\"",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
