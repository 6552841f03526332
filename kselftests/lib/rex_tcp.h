/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP connections of this process to itself.
 */
#ifndef _REX_TCP_H
#define _REX_TCP_H

#include <arpa/inet.h>

#include "rex_util.h"

/* A connection: both ends, and the port that the kernel has chosen. */
struct tcp_pair {
	int client, server;
	__u16 port;
};

/* A socket that listens at PORT of 127.0.0.1 or, with AF_INET6, of all addresses. */
int tcp_listen(int family, __u16 port);

/* A connection to PORT of ADDRESS, which LISTENER listens at. */
struct tcp_pair tcp_connect(int family, const char *address, __u16 port,
			    int listener);

#endif
