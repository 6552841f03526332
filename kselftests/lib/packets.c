// SPDX-License-Identifier: GPL-2.0
/*
 * Makes packets.
 */
#include "rex_net.h"

void put(struct frame *f, const void *data, size_t len)
{
	ASSERT(f->len + len <= sizeof(f->data));
	memcpy(f->data + f->len, data, len);
	f->len += len;
}

void put8(struct frame *f, unsigned int value)
{
	unsigned char byte = value;

	put(f, &byte, 1);
}

void put16(struct frame *f, unsigned int value)
{
	put8(f, value >> 8);
	put8(f, value);
}

void put32(struct frame *f, unsigned int value)
{
	put16(f, value >> 16);
	put16(f, value);
}

unsigned int get16(const struct frame *f, size_t at)
{
	return f->data[at] << 8 | f->data[at + 1];
}

void set16(struct frame *f, size_t at, unsigned int value)
{
	f->data[at] = value >> 8;
	f->data[at + 1] = value;
}

unsigned int sum16(const unsigned char *data, size_t len, unsigned long sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? data[i] : data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

void put_eth(struct frame *f, unsigned int proto)
{
	static const unsigned char dest[] = { 2, 0, 0, 0, 0, 2 };
	static const unsigned char source[] = { 2, 0, 0, 0, 0, 1 };

	put(f, dest, 6);
	put(f, source, 6);
	put16(f, proto);
}

size_t ip4_end(const struct frame *f, size_t at)
{
	return at + (f->data[at] & 15) * 4;
}

size_t put_ip4(struct frame *f, int protocol, int options)
{
	size_t at = f->len;

	put8(f, 0x45 + options);
	put8(f, 0);
	put16(f, 0); /* length */
	put32(f, 0x12340000); /* id, no fragment */
	put8(f, 64);
	put8(f, protocol);
	put16(f, 0); /* checksum */
	put32(f, 0x0a000001);
	put32(f, 0x0a000002);
	while (options--)
		put32(f, 0x01010101);
	return at;
}

void ip4_done(struct frame *f, size_t at)
{
	if (!get16(f, at + 2))
		set16(f, at + 2, f->len - at);
	set16(f, at + 10, 0);
	set16(f, at + 10, ~sum16(f->data + at, ip4_end(f, at) - at, 0));
}

size_t put_ip6(struct frame *f, int next)
{
	size_t at = f->len;

	put32(f, 0x60012345);
	put16(f, 0); /* length */
	put8(f, next);
	put8(f, 99);
	for (int i = 0; i < 32; i++)
		put8(f, i);
	return at;
}

void ip6_done(struct frame *f, size_t at)
{
	set16(f, at + 4, f->len - at - 40);
}

size_t put_udp(struct frame *f, int port, size_t len, int fill)
{
	size_t at = f->len;

	put16(f, 1234);
	put16(f, port);
	put16(f, 8 + len);
	put16(f, 0);
	while (len--)
		put8(f, fill);
	return at;
}

void udp_done(struct frame *f, size_t ip, size_t at)
{
	unsigned int sum;

	set16(f, at + 6, 0);
	sum = sum16(f->data + ip + 12, 8, 17 + f->len - at);
	sum = ~sum16(f->data + at, f->len - at, sum) & 0xffff;
	set16(f, at + 6, sum ?: 0xffff);
}

bool sums_are_right(const struct frame *f)
{
	size_t ip = 14, udp = 34;

	return sum16(f->data + ip, 20, 0) == 0xffff &&
	       (!get16(f, udp + 6) ||
		sum16(f->data + udp, f->len - udp,
		      sum16(f->data + ip + 12, 8, 17 + f->len - udp)) ==
			0xffff);
}

size_t put_tcp(struct frame *f, int port)
{
	size_t at = f->len;

	put16(f, 1234);
	put16(f, port);
	put32(f, 1);
	put32(f, 2);
	put16(f, 0x5018);
	put16(f, 1000);
	put32(f, 0);
	return at;
}

struct frame udp_frame(int port, size_t len, int fill)
{
	struct frame f = { .len = 0 };
	size_t ip, udp;

	put_eth(&f, ETH_P_IP);
	ip = put_ip4(&f, IPPROTO_UDP, 0);
	udp = put_udp(&f, port, len, fill);
	ip4_done(&f, ip);
	udp_done(&f, ip, udp);
	return f;
}

void expect_same(const char *what, const struct frame *f,
		 const struct frame *want)
{
	EXPECT_MSG(f->len == want->len, "%s: %zu bytes, not %zu", what, f->len,
		   want->len);
	for (size_t i = 0; i < want->len && i < f->len; i++) {
		if (f->data[i] == want->data[i])
			continue;
		EXPECT_MSG(false, "%s: byte %zu is %#x, not %#x", what, i,
			   f->data[i], want->data[i]);
		break;
	}
}
