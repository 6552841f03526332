// SPDX-License-Identifier: GPL-2.0
//! The helpers, and the files that follow from their list.

use std::fmt::Write as _;

use crate::ctype::{CType, Param, params};
use crate::def::{self, Error, fail};
use crate::text::{markup, row, rust_head, wrap};

pub(crate) const LIST: &str = "kmod/helpers.def";

/// The classes of programs in the list, and their names in documents.
const CLASSES: &[(&str, &str)] = &[
    ("ANY", "all"),
    ("XDP", "XDP"),
    ("TC", "tc"),
    ("CGROUP_SKB", "cgroup_skb"),
    ("PERF_EVENT", "perf events"),
    ("KPROBE", "kprobes"),
    ("TRACING", "fentry, fexit and tp_btf"),
    ("SLEEPABLE", "sleepable ones"),
    ("OTHER", "iterators"),
];

const RULES: &[&str] = &[
    "FREE",
    "TRIES",
    "BY_MAP",
    "EXACT",
    "NESTS",
    "KILLABLE",
    "IRQS_ON",
    "UNLOCKED",
    "REDIRECTS",
    "PACKET",
    "WAKES",
    "PARKS",
];

/// The implementation of a helper in unit tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    Simulated,
    Absent,
    Std,
}

#[derive(Debug)]
pub(crate) struct Helper {
    prefix: String,
    name: String,
    result: CType,
    params: Vec<Param>,
    /// The class in the list.
    pub(crate) types: String,
    refusal: String,
    rule: String,
    host: Host,
    doc: String,
}

impl Helper {
    /// Returns the symbol that programs link to.
    pub(crate) fn symbol(&self) -> String {
        format!("{}_{}", self.prefix, self.name)
    }

    fn classes(&self) -> impl Iterator<Item = &str> {
        self.types.split('|').map(str::trim)
    }

    /// Returns whether no argument can harm the kernel.
    fn is_safe(&self) -> bool {
        self.params.iter().all(|param| param.ctype.is_number())
    }

    /// Returns the arguments of the declaration in Rust.
    fn arguments(&self) -> String {
        let args = self
            .params
            .iter()
            .map(|param| format!("{}: {}", param.name, param.ctype.rust()));
        args.collect::<Vec<_>>().join(", ")
    }

    /// Returns the type of a pointer to the function.
    fn pointer(&self) -> String {
        let args = self.params.iter().map(|param| param.ctype.rust());
        let args = args.collect::<Vec<_>>().join(", ");
        format!("fn({args}) -> {}", self.result.rust())
    }

    fn programs(&self) -> String {
        let classes = self.classes().map(|class| {
            let known = CLASSES.iter().find(|(name, _)| *name == class);
            known.expect("the reader knows it").1
        });
        classes.collect::<Vec<_>>().join(", ")
    }
}

/// Reads the list.
pub(crate) fn parse(text: &str) -> Result<Vec<Helper>, Error> {
    let mut helpers: Vec<Helper> = Vec::new();
    for entry in def::entries(text)? {
        let helper = helper(&entry)?;
        if helpers.iter().any(|other| other.name == helper.name) {
            let what = format!("{} is there already", helper.name);
            return fail(entry.line, what);
        }
        helpers.push(helper);
    }
    Ok(helpers)
}

fn helper(entry: &def::Entry) -> Result<Helper, Error> {
    if entry.name != "HELPER" {
        return fail(entry.line, format!("no HELPER but {}", entry.name));
    }
    let [prefix, name, result, args, types, refusal, rule, host] =
        entry.args()?;
    let wrong =
        |what: String| def::error(entry.line, format!("{name}: {what}"));
    if !entry.doc.starts_with(char::is_uppercase) || !entry.doc.ends_with('.') {
        return Err(wrong(
            "has no comment right before it, of whole sentences".to_string(),
        ));
    }
    if !RULES.contains(&rule) {
        return Err(wrong(format!("the rule {rule} is not known")));
    }
    let host = match host {
        "SIMULATED" => Host::Simulated,
        "ABSENT" => Host::Absent,
        "STD" => Host::Std,
        _ => return Err(wrong(format!("{host} is not known for the host"))),
    };
    let helper = Helper {
        prefix: prefix.to_string(),
        name: name.to_string(),
        result: CType::parse(result).map_err(wrong)?,
        params: params(args).map_err(wrong)?,
        types: types.to_string(),
        refusal: refusal.to_string(),
        rule: rule.to_string(),
        host,
        doc: entry.doc.clone(),
    };
    for class in helper.classes() {
        if !CLASSES.iter().any(|(name, _)| *name == class) {
            return Err(wrong(format!(
                "programs of type {class} are not known"
            )));
        }
    }
    Ok(helper)
}

/// Returns the crate's prototypes.
pub(crate) fn prototypes(helpers: &[Helper]) -> String {
    let mut text = rust_head(LIST)
        + "//! The helpers of rex.ko. Each may be called in every context \
           that a program runs\n\
           //! in. A `map` is what the loader stored in `rex_map_def.map`.\n\n\
           use core::ffi::c_void;\n\n\
           unsafe extern \"C\" {\n";
    for helper in helpers {
        let safe = if helper.is_safe() { "safe " } else { "" };
        text += &wrap(&markup(&helper.doc), "    ///", 80);
        let (name, args) = (helper.symbol(), helper.arguments());
        let result = helper.result.rust();
        _ = writeln!(
            text,
            "    pub(crate) {safe}fn {name}({args}) -> {result};"
        );
    }
    text + "}\n"
}

/// Returns the helpers of unit tests.
pub(crate) fn host(helpers: &[Helper]) -> String {
    let mut text = rust_head(LIST)
        + "//! The helpers on the host.\n\n\
           #[allow(clippy::wildcard_imports)]\n\
           use super::{helpers::*, maps::*};\n\
           use core::ffi::c_void;\n\n\
           simulated! {\n";
    for helper in helpers.iter().filter(|h| h.host == Host::Simulated) {
        let (name, pointer) = (helper.symbol(), helper.pointer());
        _ = writeln!(text, "    {name}: {pointer},");
    }
    text += "}\n\nabsent! {\n";
    for helper in helpers.iter().filter(|h| h.host == Host::Absent) {
        _ = writeln!(text, "    {}", helper.symbol());
    }
    text + "}\n"
}

/// Returns whether the act that calls the helper can be generated: it has no
/// arguments, except the context.
fn is_plain(helper: &Helper) -> bool {
    match helper.params.as_slice() {
        [] => true,
        [param] => param.ctype.is_context(),
        _ => false,
    }
}

/// Returns the acts that tests in C request.
pub(crate) fn test_header(helpers: &[Helper]) -> String {
    let mut text = "/* SPDX-License-Identifier: GPL-2.0 */\n".to_string();
    _ = writeln!(
        text,
        "/*\n * Generated from {LIST}: `make gen`.\n *\n \
         * The helpers that programs of a type may call, by their symbols.\n \
         */\n\
         #ifndef _REX_HELPER_LIST_H\n#define _REX_HELPER_LIST_H"
    );
    for (class, programs) in CLASSES {
        let named = helpers.iter().filter(|h| h.classes().any(|c| c == *class));
        _ = writeln!(text, "\n/* {programs} */\n#define HELPERS_{class} \\");
        text += &strings(named);
    }
    text += "\n/* Programs of all types, without arguments. */\n\
             #define HELPERS_PLAIN \\\n";
    let any = helpers.iter().filter(|h| h.types == "ANY");
    text += &strings(any.filter(|h| h.params.is_empty()));
    text + "\n#endif /* _REX_HELPER_LIST_H */\n"
}

fn strings<'a>(helpers: impl Iterator<Item = &'a Helper>) -> String {
    let all: Vec<String> =
        helpers.map(|h| format!("\t\"{}\"", h.symbol())).collect();
    all.join(", \\\n") + "\n"
}

/// Returns the generated acts of the sweep of kills, and the check that all
/// helpers have an act.
pub(crate) fn sweep(helpers: &[Helper]) -> String {
    let mut text = rust_head(LIST)
        + "//! The acts that call a helper without arguments, or with none but \
           the context.\n\nacts! {\n    ctx;\n";
    for helper in helpers.iter().filter(|helper| is_plain(helper)) {
        let name = helper.symbol();
        let args = if helper.params.is_empty() { "" } else { "ctx" };
        _ = writeln!(text, "    {name}: step!({name}({args})),");
    }
    text += "}\n\neach_has_an_act! {\n";
    for helper in helpers {
        _ = writeln!(text, "    {}", helper.symbol());
    }
    text + "}\n"
}

/// Returns the generated acts of the test of reentry.
pub(crate) fn reentry(helpers: &[Helper]) -> String {
    let mut text = rust_head(LIST)
        + "//! The acts that call a helper without arguments.\n\n\
           macro_rules! plain {\n    ($obj:ident, $act:expr) => {\n        \
           choose! {\n            $act, Err(-ENOSYS);\n";
    let any = helpers.iter().filter(|h| h.types == "ANY");
    for helper in any.filter(|h| h.params.is_empty()) {
        let name = helper.symbol();
        _ = writeln!(text, "            {name}: done($obj.{name}()),");
    }
    text + "        }\n    };\n}\n"
}

/// Returns the text of docs/helpers.md.
pub(crate) fn reference(helpers: &[Helper]) -> String {
    let mut text = format!(
        "<!-- SPDX-License-Identifier: GPL-2.0 -->\n\
         <!-- Generated from {LIST}: `make gen`. -->\n"
    ) + "\
# Helpers: what they do, who may call them, and what keeps them from waiting

rex.ko lets programs call these. [ebpf.md](ebpf.md#helpers) says where the crate has
them. The gate of a helper answers programs of other types in its place. The rule says
what the helper does in place of waiting, and what it answers then:
[architecture.md](architecture.md#helpers).

";
    text += &row(&["helper", "", "programs", "others get", "rule"]);
    text += &row(&["---"; 5]);
    for helper in helpers {
        let refusal = match helper.types.as_str() {
            "ANY" => String::new(),
            _ => format!("`{}`", helper.refusal),
        };
        text += &row(&[
            &format!("`{}`", helper.symbol()),
            &markup(&helper.doc),
            &helper.programs(),
            &refusal,
            &format!("`{}`", helper.rule),
        ]);
    }
    text
}

/// Returns the table of eBPF helpers, by the programs that may call them.
pub(crate) fn by_programs(helpers: &[Helper]) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for helper in helpers.iter().filter(|h| h.prefix == "bpf") {
        let (programs, name) =
            (helper.programs(), format!("`{}`", helper.symbol()));
        match groups.iter_mut().find(|(known, _)| *known == programs) {
            Some((_, names)) => names.push(name),
            None => groups.push((programs, vec![name])),
        }
    }
    let mut text = row(&["programs", "helpers"]) + &row(&["---"; 2]);
    for (programs, names) in &groups {
        text += &row(&[programs, &names.join(", ")]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "\
/* Returns @level of it. */
HELPER(bpf, get_level, u64, (s32 level), ANY, 0, FREE, SIMULATED)

/* Copies @len bytes. */
HELPER(bpf, skb_copy, s64, (struct sk_buff *skb, u8 *to, u32 len),
       TC | CGROUP_SKB, -EPERM, PACKET, ABSENT)
";

    fn two() -> Vec<Helper> {
        parse(TWO).expect("is right")
    }

    fn error(from: &str, to: &str) -> String {
        let text = TWO.replacen(from, to, 1);
        assert_ne!(text, TWO);
        parse(&text).expect_err("is wrong").to_string()
    }

    #[test]
    fn a_helper_that_takes_numbers_only_is_safe() {
        let text = prototypes(&two());
        assert!(text.contains("safe fn bpf_get_level(level: i32) -> u64;"));
        assert!(text.contains("/// Returns `level` of it."));
        assert!(text.contains(
            "pub(crate) fn bpf_skb_copy(skb: *mut c_void, to: *mut u8, \
             len: u32) -> i64;"
        ));
    }

    #[test]
    fn the_host_has_each_helper_once() {
        let text = host(&two());
        let (simulated, absent) = text.split_once("absent!").expect("both");
        assert!(simulated.contains("bpf_get_level: fn(i32) -> u64,"));
        assert!(!simulated.contains("bpf_skb_copy"));
        assert!(absent.contains("    bpf_skb_copy\n"));
    }

    #[test]
    fn tests_get_the_helpers_of_each_class() {
        let text = test_header(&two());
        let of = |class: &str| {
            let rest = text.split_once(&format!("HELPERS_{class} \\\n"));
            rest.expect("is there").1.split("\n\n").next().unwrap()
        };
        assert_eq!(of("ANY"), "\t\"bpf_get_level\"");
        assert_eq!(of("TC"), "\t\"bpf_skb_copy\"");
        assert_eq!(of("CGROUP_SKB"), "\t\"bpf_skb_copy\"");
    }

    #[test]
    fn a_helper_with_arguments_needs_an_act_of_its_own() {
        let text = TWO.replace("(s32 level)", "(void)");
        let list = parse(&text).expect("is right");
        let text = sweep(&list);
        assert!(text.contains("bpf_get_level: step!(bpf_get_level()),"));
        assert!(!text.contains("step!(bpf_skb_copy"));
        assert!(text.contains("    bpf_skb_copy\n"));
        assert!(reentry(&list).contains("done($obj.bpf_get_level())"));
    }

    #[test]
    fn documents_name_programs_and_refusals() {
        let text = reference(&two());
        assert!(text.contains(
            "| `bpf_skb_copy` | Copies `len` bytes. | tc, cgroup_skb | \
             `-EPERM` | `PACKET` |"
        ));
        assert!(text.contains("| all |  | `FREE` |"));
        assert!(by_programs(&two()).contains("| all | `bpf_get_level` |"));
    }

    #[test]
    fn errors_in_the_list_are_named() {
        assert!(error("/* Returns @level of it. */\n", "").contains("comment"));
        assert!(error("FREE", "FRE").contains("the rule FRE"));
        assert!(error("ANY", "ALL").contains("type ALL"));
        assert!(error("SIMULATED", "SIM").contains("SIM"));
        assert!(error("s32", "int").contains("`int`"));
        assert!(error("skb_copy", "get_level").contains("there already"));
        assert!(error(", ANY", "").contains("7 arguments"));
    }
}
