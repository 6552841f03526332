// SPDX-License-Identifier: GPL-2.0
/* The names of CPU features (cpu_features.h). */
#include "cpu_features.h"

static const struct cpu_feature {
	u32 bit;
	const char *name;
	const char *undeclared;
} cpu_features[] = {
#define REX_CPU_FEATURE(feature, name, of_kernel)                         \
	{ REX_CPU_##feature, name,                                        \
	  "needs the CPU's " name                                         \
	  ", which the object does not declare: build all of it with the" \
	  " same -Ctarget-feature" },
#include "cpu_features.def"
};

static const struct cpu_feature *cpu_find(u32 bit)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cpu_features); i++)
		if (cpu_features[i].bit == bit)
			return &cpu_features[i];
	return NULL;
}

void rex_cpu_names(u32 features, char *text, size_t size)
{
	const struct cpu_feature *feature;
	size_t len = 0;
	u32 bit;

	text[0] = '\0';
	for (bit = 0; bit < 32; bit++) {
		if (!(features & 1u << bit) || len >= size)
			continue;
		feature = cpu_find(1u << bit);
		if (feature)
			len += snprintf(text + len, size - len, "%s%s",
					len ? ", " : "", feature->name);
		else
			len += snprintf(text + len, size - len, "%sbit %u",
					len ? ", " : "", bit);
	}
}

const char *rex_cpu_why_undeclared(u32 feature)
{
	const struct cpu_feature *found = cpu_find(feature);

	return found ? found->undeclared : "needs a feature of the CPU";
}
