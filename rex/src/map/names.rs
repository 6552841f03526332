// SPDX-License-Identifier: GPL-2.0
//! Names of maps and configs.

/// Fails if a map or config cannot have this name.
///
/// The name becomes a symbol of the object. It must not replace a symbol of the
/// runtime, or a function that the compiler emits calls of.
#[doc(hidden)]
pub const fn __assert_name(name: &str) {
    let mut name = name.as_bytes();
    if let Some(rest) = after(name, b"r#") {
        name = rest;
    }
    assert!(
        name.len() < 64,
        "the name of a map or config has at most 63 characters"
    );
    assert!(
        name.is_ascii(),
        "the name of a map or config has only ASCII characters"
    );
    assert!(
        after(name, b"__").is_none()
            && after(name, b"_R").is_none()
            && after(name, b"_ZN").is_none()
            && after(name, b"bpf_").is_none()
            && after(name, b"rex_").is_none()
            && after(name, b"rust_").is_none()
            // The compiler uses this name for the address of its own table.
            && !equal(name, b"_GLOBAL_OFFSET_TABLE_")
            && !is_builtin(name),
        "a map or config cannot have this name: it is reserved for the runtime",
    );
}

/// Returns the part of `name` after `prefix`, if it begins with that.
const fn after<'a>(name: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let Some((start, rest)) = name.split_at_checked(prefix.len()) else {
        return None;
    };
    if equal(start, prefix) {
        Some(rest)
    } else {
        None
    }
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn is_builtin(name: &[u8]) -> bool {
    let mut i = 0;
    while i < BUILTINS.len() {
        if equal(name, BUILTINS[i].as_bytes()) {
            return true;
        }
        i += 1;
    }
    false
}

/// Functions without a reserved prefix that the compiler emits calls of: memory
/// functions, and floating point in `compiler_builtins`.
#[rustfmt::skip]
const BUILTINS: &[&str] = &[
    "acos", "acosf", "acosh", "acoshf", "asin", "asinf", "asinh", "asinhf",
    "atan", "atan2", "atan2f", "atanf", "atanh", "atanhf", "bcmp", "cbrt",
    "cbrtf", "ceil", "ceilf", "copysign", "copysignf", "cos", "cosf", "cosh",
    "coshf", "erf", "erfc", "erfcf", "erff", "exp", "exp10", "exp10f", "exp2",
    "exp2f", "expf", "expm1", "expm1f", "fabs", "fabsf", "fdim", "fdimf",
    "floor", "floorf", "fma", "fmaf", "fmax", "fmaxf", "fmaximum",
    "fmaximum_num", "fmaximum_numf", "fmaximumf", "fmin", "fminf", "fminimum",
    "fminimum_num", "fminimum_numf", "fminimumf", "fmod", "fmodf", "frexp",
    "frexpf", "hypot", "hypotf", "ilogb", "ilogbf", "j0", "j0f", "j1", "j1f",
    "jn", "jnf", "ldexp", "ldexpf", "lgamma", "lgamma_r", "lgammaf",
    "lgammaf_r", "log", "log10", "log10f", "log1p", "log1pf", "log2", "log2f",
    "logf", "memcmp", "memcpy", "memmove", "memset", "modf", "modff",
    "nextafter", "nextafterf", "pow", "powf", "remainder", "remainderf",
    "remquo", "remquof", "rint", "rintf", "round", "roundeven", "roundevenf",
    "roundf", "scalbn", "scalbnf", "sin", "sincos", "sincosf", "sinf", "sinh",
    "sinhf", "sqrt", "sqrtf", "strlen", "tan", "tanf", "tanh", "tanhf",
    "tgamma", "tgammaf", "trunc", "truncf", "y0", "y0f", "y1", "y1f", "yn",
    "ynf",
];
