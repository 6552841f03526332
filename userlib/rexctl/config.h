/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REXCTL_CONFIG_H
#define REXCTL_CONFIG_H

#include "rexctl.h"

/* The options that a configuration may have, and their parser. */
struct rexctl_config {
	const struct argp_option *options;
	argp_parser_t parse;
};

/* Returns an exit status; a line that is wrong ends rexctl with usage. */
int rexctl_config_read(const struct rexctl_config *config, const char *path);

#endif /* REXCTL_CONFIG_H */
