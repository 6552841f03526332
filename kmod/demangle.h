/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The demangler makes Rust symbol names readable, for logs and backtraces. Objects are
 * built with rustc's legacy mangling:
 *
 *	_ZN4core9panicking5panic17h0123456789abcdefE
 *
 * is "core::panicking::panic". The hash is left out. Some symbols of the language
 * itself have plain paths in the v0 mangling all the same:
 *
 *	_RNvCs1234_7___rustc17rust_begin_unwind
 *
 * is "__rustc::rust_begin_unwind".
 */
#ifndef REX_DEMANGLE_H
#define REX_DEMANGLE_H

#include "portable.h"

/**
 * rex_demangle() - make a symbol readable
 * @sym:	the symbol, NUL-terminated
 * @out:	receives the readable form, or a copy of @sym if that is not a
 *		(well-formed) Rust symbol; always NUL-terminated
 * @size:	size of @out in bytes, above 0; a longer name is truncated
 *
 * Context: any; the function uses no memory but @out and takes no lock. Return:
 * whether @sym is a Rust symbol.
 */
bool rex_demangle(const char *sym, char *out, size_t size);

#endif /* REX_DEMANGLE_H */
