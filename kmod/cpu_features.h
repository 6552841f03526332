/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Features of CPUs that objects may need, REX_CPU_* of <linux/rex.h>. An object declares
 * them in its note; LOAD refuses it if the CPU lacks one (load.c), and the machine-code
 * check accepts their instructions only in an object that declares them (isa.h).
 */
#ifndef REX_CPU_FEATURES_H
#define REX_CPU_FEATURES_H

#include "portable.h"

/* The features of cpu_features.def. */
#define REX_CPU_KNOWN                                                   \
	(REX_CPU_POPCNT | REX_CPU_LZCNT | REX_CPU_BMI1 | REX_CPU_BMI2 | \
	 REX_CPU_MOVBE)

#define REX_CPU_NAMES_LEN 256

/*
 * Write the names of features to @text: "popcnt, bmi1"; "bit 7" is one without a name. All
 * fit into REX_CPU_NAMES_LEN bytes.
 */
void rex_cpu_names(u32 features, char *text, size_t size);

/*
 * Returns why an instruction of a feature is refused in an object that does not declare
 * it: words that follow the instruction.
 */
const char *rex_cpu_why_undeclared(u32 feature);

#endif /* REX_CPU_FEATURES_H */
