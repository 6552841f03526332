// SPDX-License-Identifier: GPL-2.0
/*
 * Writes an object file for tests of the tool: mkobj FILE.
 */
#include <stdio.h>

#include "gen.h"

int main(int argc, char **argv)
{
	struct gen *gen = gen_hello();
	FILE *out = argc == 2 ? fopen(argv[1], "we") : NULL;

	if (!out || fwrite(gen->buf, 1, gen->size, out) != gen->size ||
	    fclose(out)) {
		fprintf(stderr, "usage: mkobj FILE\n");
		return 1;
	}
	gen_free(gen);
	return 0;
}
