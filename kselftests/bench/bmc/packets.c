// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <string.h>

#include "packets.h"

#define CLIENT_PORT 40000
#define REQUEST 0x1234
#define FRAME 8
#define TTL 64

static const unsigned char client_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
static const unsigned char server_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };
static const unsigned char client[4] = { 10, 1, 0, 2 };
static const unsigned char server[4] = { 10, 1, 0, 1 };

static __u16 checksum(const void *header, size_t len)
{
	const __u16 *words = header;
	__u32 sum = 0;

	for (size_t i = 0; i < len / 2; i++)
		sum += words[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void set_ip(struct packet *packet, size_t header, size_t payload)
{
	struct iphdr *ip = (void *)(packet->bytes + ETH_HLEN);

	ip->ihl = header / 4;
	ip->tot_len = htons(header + payload);
	ip->check = 0;
	ip->check = checksum(ip, header);
	packet->len = ETH_HLEN + header + payload;
}

/* Makes the headers of a packet. Returns the place of its transport header. */
static void *begin(struct packet *packet, bool to_server, int protocol)
{
	struct ethhdr *eth = (void *)packet->bytes;
	struct iphdr *ip = (void *)(eth + 1);

	memset(packet, 0, sizeof(*packet));
	memcpy(eth->h_source, to_server ? client_mac : server_mac, ETH_ALEN);
	memcpy(eth->h_dest, to_server ? server_mac : client_mac, ETH_ALEN);
	eth->h_proto = htons(ETH_P_IP);
	ip->version = 4;
	ip->ttl = TTL;
	ip->protocol = protocol;
	memcpy(&ip->saddr, to_server ? client : server, sizeof(ip->saddr));
	memcpy(&ip->daddr, to_server ? server : client, sizeof(ip->daddr));
	return ip + 1;
}

static void make_udp(struct packet *packet, bool to_server, int port,
		     const char *message, size_t len)
{
	struct udphdr *udp = begin(packet, to_server, IPPROTO_UDP);
	unsigned char *frame = (void *)(udp + 1);

	udp->source = htons(to_server ? CLIENT_PORT : port);
	udp->dest = htons(to_server ? port : CLIENT_PORT);
	udp->len = htons(sizeof(*udp) + FRAME + len);
	frame[0] = REQUEST >> 8;
	frame[1] = REQUEST & 0xff;
	frame[5] = 1;
	memcpy(frame + FRAME, message, len);
	set_ip(packet, sizeof(struct iphdr), sizeof(*udp) + FRAME + len);
}

void packet_request(struct packet *packet, int port, const char *message,
		    size_t len)
{
	make_udp(packet, true, port, message, len);
}

void packet_answer(struct packet *packet, int port, const char *message,
		   size_t len)
{
	make_udp(packet, false, port, message, len);
}

void packet_segment(struct packet *packet, const char *data, size_t len)
{
	struct tcphdr *tcp = begin(packet, true, IPPROTO_TCP);

	tcp->source = htons(CLIENT_PORT);
	tcp->dest = htons(MEMCACHED);
	tcp->doff = sizeof(*tcp) / 4;
	tcp->ack = 1;
	memcpy(tcp + 1, data, len);
	set_ip(packet, sizeof(struct iphdr), sizeof(*tcp) + len);
}

void packet_split(struct packet *packet)
{
	packet->bytes[ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr) +
		      5] = 2;
}

void packet_add_options(struct packet *packet)
{
	unsigned char *options =
		packet->bytes + ETH_HLEN + sizeof(struct iphdr);
	size_t payload = packet->bytes + packet->len - options;

	memmove(options + 4, options, payload);
	memset(options, 1, 4); /* no operation, four times */
	set_ip(packet, sizeof(struct iphdr) + 4, payload);
}

void packet_pad(struct packet *packet)
{
	if (packet->len < ETH_ZLEN)
		packet->len = ETH_ZLEN;
}
