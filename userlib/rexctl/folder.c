// SPDX-License-Identifier: GPL-2.0
#include <ftw.h>

#include "rexctl.h"

static int folder_remove(const char *path, const struct stat *st, int kind,
			 struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

void rexctl_remove_folder(const char *path)
{
	nftw(path, folder_remove, 8, FTW_DEPTH | FTW_PHYS);
}
