/* SPDX-License-Identifier: GPL-2.0 */
/* An object with two programs in two sections and three maps, on the fake device. */
#ifndef REX_TESTS_TWO_H
#define REX_TESTS_TWO_H

#include "../internal.h"
#include "gen.h"
#include "test.h"

struct rex_obj *open_two(const struct rex_obj_open_opts *opts);
struct rex_obj *load_two(void);

/* Without the privilege, the test is skipped. */
bool may_use_bpf(void);

#endif /* REX_TESTS_TWO_H */
