/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REXCTL_COMPLETE_H
#define REXCTL_COMPLETE_H

/* Prints what the last of the words after "rexctl" may become; an exit status. */
int rexctl_complete(int argc, char **argv);

#endif /* REXCTL_COMPLETE_H */
