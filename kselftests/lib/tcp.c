// SPDX-License-Identifier: GPL-2.0
/*
 * TCP connections of this process to itself.
 */
#include "rex_tcp.h"

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t len;
};

static struct address address_of(int family, const char *text, __u16 port)
{
	struct address address = {};

	if (family == AF_INET) {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons(port);
		address.len = sizeof(address.v4);
		ASSERT_EQ(inet_pton(family, text, &address.v4.sin_addr), 1);
	} else {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons(port);
		address.len = sizeof(address.v6);
		ASSERT_EQ(inet_pton(family, text, &address.v6.sin6_addr), 1);
	}
	return address;
}

int tcp_listen(int family, __u16 port)
{
	struct address address =
		address_of(family,
			   family == AF_INET ? "127.0.0.1" : "::", port);
	int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	free(shell("ip link set lo up"));
	ASSERT(listener >= 0);
	ASSERT(!setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on,
			   sizeof(on)));
	ASSERT(!bind(listener, &address.any, address.len));
	ASSERT(!listen(listener, 16));
	return listener;
}

struct tcp_pair tcp_connect(int family, const char *text, __u16 port,
			    int listener)
{
	struct address address = address_of(family, text, port), here;
	struct tcp_pair pair;

	pair.client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ASSERT(pair.client >= 0);
	ASSERT(!connect(pair.client, &address.any, address.len));
	pair.server = accept(listener, NULL, NULL);
	ASSERT(pair.server >= 0);
	here.len = sizeof(here);
	ASSERT(!getsockname(pair.client, &here.any, &here.len));
	pair.port =
		ntohs(family == AF_INET ? here.v4.sin_port : here.v6.sin6_port);
	return pair;
}
