// SPDX-License-Identifier: GPL-2.0
/*
 * Writes an object file for tests of the tool: mkobj FILE [FEATURES], with a number of
 * CPU features.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gen.h"

int main(int argc, char **argv)
{
	struct gen *gen = gen_hello();
	FILE *out = argc == 2 || argc == 3 ? fopen(argv[1], "we") : NULL;

	if (argc == 3) {
		gen->cpu_features = strtoul(argv[2], NULL, 0);
		gen_build(gen);
	}
	if (!out || fwrite(gen->buf, 1, gen->size, out) != gen->size ||
	    fclose(out)) {
		fprintf(stderr, "usage: mkobj FILE [FEATURES]\n");
		return 1;
	}
	gen_free(gen);
	return 0;
}
