// SPDX-License-Identifier: GPL-2.0
/*
 * The list of verbs: help, completion and the tests of the manual follow from it.
 */
#include "verbs.h"

#define VERB(name) &rexctl_verb_##name,

const struct rexctl_verb *const rexctl_verbs[] = {
	REXCTL_VERBS(VERB) VERB(version) NULL,
};
