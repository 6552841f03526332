/* SPDX-License-Identifier: GPL-2.0 */
/* Packets between a client and a memcached. */
#ifndef _BMC_PACKETS_H
#define _BMC_PACKETS_H

#include <stdbool.h>
#include <stddef.h>

#define MEMCACHED 11211
#define MAX_PACKET 2048

struct packet {
	unsigned char bytes[MAX_PACKET];
	size_t len;
};

/* Make the client's packet with a message of @len bytes; @port is the server's. */
void packet_request(struct packet *packet, int port, const char *message,
		    size_t len);

/* Make the server's packet. It is the answer to that of packet_request(). */
void packet_answer(struct packet *packet, int port, const char *message,
		   size_t len);

/* Make a segment of the client with data of @len bytes. */
void packet_segment(struct packet *packet, const char *data, size_t len);

/* Have the packet say that its message is one of two. */
void packet_split(struct packet *packet);

/* Add a word of options to the header of IPv4. */
void packet_add_options(struct packet *packet);

/* Make the packet as long as Ethernet demands. */
void packet_pad(struct packet *packet);

#endif
