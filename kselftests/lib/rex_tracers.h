/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults of programs under tracers.
 */
#ifndef _REX_TRACERS_H
#define _REX_TRACERS_H

#include "hostile.h"

/* Names of functions of rex.ko that nothing may trace or probe; the last one is NULL. */
extern const char *const untraceable[];

/*
 * Has a program end by each kind of fault, in several contexts, while a bystander is attached to
 * the same hook. Expects that the victims live on, and that the bystander runs.
 */
void contain_each_fault(void);

#endif /* _REX_TRACERS_H */
