/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REXCTL_VERBS_H
#define REXCTL_VERBS_H

#include "rexctl.h"

/* Each is in the file verb_NAME.c. The last one is version. */
#define REXCTL_VERBS(V) \
	V(new)          \
	V(run)          \
	V(load)         \
	V(call)         \
	V(attach)       \
	V(detach)       \
	V(pin)          \
	V(unload)       \
	V(faults)       \
	V(trace)        \
	V(top)          \
	V(list)         \
	V(show)         \
	V(map)          \
	V(inspect)      \
	V(sign)         \
	V(rebuild)      \
	V(metrics)      \
	V(gen)          \
	V(types)

#define DECLARE_VERB(name) rexctl_verb_##name,
extern const struct rexctl_verb REXCTL_VERBS(DECLARE_VERB) rexctl_verb_version;

#endif /* REXCTL_VERBS_H */
