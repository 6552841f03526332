/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine-code check of rex.ko, made without a kernel. The headers of kmod conflict
 * with libc's, so check.c alone includes them.
 */
#ifndef REXCTL_CHECK_H
#define REXCTL_CHECK_H

#include <stddef.h>

/**
 * rexctl_check() - parse an object and check its code, as rex.ko does at LOAD
 * @file:	its bytes without a signature, aligned to 8; relocations in it are sorted
 * @size:	their number
 * @why:	receives the reason of a refusal: the function, the offset in it, the bytes
 *		of the instruction and the rule, or what is wrong with the file
 * @why_size:	its bytes
 *
 * rex.ko also has the kernel's decoder look at each instruction, and refuses symbols that
 * the kernel does not have.
 *
 * Returns 0, -ENOEXEC, -ENOMEM or another negative errno of the parser.
 */
int rexctl_check(void *file, size_t size, char *why, size_t why_size);

#endif /* REXCTL_CHECK_H */
