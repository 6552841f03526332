// SPDX-License-Identifier: GPL-2.0
/* Hashes and checksums of the input. */
#include "pair.bpf.h"

PAIR(fnv1a)
{
	__u32 hash = DIGEST_BEGIN;

	for (int i = 0; i < INPUT; i++)
		hash = digest(hash, in[i]);
	return hash;
}

PAIR(murmur3)
{
	__u32 hash = 42;

	for (int i = 0; i < INPUT / 4; i++) {
		__u32 k = ((const __u32 *)in)[i];

		k = rotate_left(k * 0xcc9e2d51, 15) * 0x1b873593;
		hash = rotate_left(hash ^ k, 13) * 5 + 0xe6546b64;
	}
	hash ^= INPUT;
	hash = (hash ^ hash >> 16) * 0x85ebca6b;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35;
	return hash ^ hash >> 16;
}

struct sip {
	__u64 v0, v1, v2, v3;
};

static __always_inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate_left64(s->v1, 13) ^ s->v0;
	s->v0 = rotate_left64(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate_left64(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate_left64(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate_left64(s->v1, 17) ^ s->v2;
	s->v2 = rotate_left64(s->v2, 32);
}

PAIR(siphash)
{
	struct sip s = { 0x736f6d6570736575 ^ 1, 0x646f72616e646f6d ^ 2,
			 0x6c7967656e657261 ^ 1, 0x7465646279746573 ^ 2 };
	__u64 last = (__u64)INPUT << 56, hash;

	for (int i = 0; i < INPUT / 8; i++) {
		__u64 m = ((const __u64 *)in)[i];

		s.v3 ^= m;
		sip_round(&s);
		sip_round(&s);
		s.v0 ^= m;
	}
	s.v3 ^= last;
	sip_round(&s);
	sip_round(&s);
	s.v0 ^= last;
	s.v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(&s);
	hash = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
	return hash ^ hash >> 32;
}

static const __u32 crc_of_nibble[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
	0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

PAIR(crc32)
{
	__u32 crc = ~0u;

	for (int i = 0; i < INPUT; i++) {
		crc ^= in[i];
		crc = crc_of_nibble[crc & 15] ^ crc >> 4;
		crc = crc_of_nibble[crc & 15] ^ crc >> 4;
	}
	return ~crc;
}

PAIR(adler32)
{
	__u32 a = 1, b = 0;

	for (int i = 0; i < INPUT; i++) {
		a = (a + in[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

PAIR(internet_checksum)
{
	__u32 sum = 0;

	for (int i = 0; i < INPUT / 2; i++)
		sum += bpf_ntohs(((const __u16 *)in)[i]);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static const __u32 sha_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* The compression function of SHA-256, over the first eight blocks. */
PAIR(sha256)
{
	struct scratch *s = get_scratch();
	__u32 state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	__u32 *w;

	if (!s)
		return 0;
	w = s->words;
	for (int block = 0; block < 8; block++) {
		const __u32 *words = (const __u32 *)(in + 64 * block);
		__u32 a = state[0], b = state[1], c = state[2], d = state[3];
		__u32 e = state[4], f = state[5], g = state[6], h = state[7];

		for (int i = 0; i < 16; i++)
			w[i] = bpf_ntohl(words[i]);
		for (int i = 16; i < 64; i++) {
			__u32 x = w[i - 15], y = w[i - 2];

			w[i] = w[i - 16] + w[i - 7] +
			       (rotate_left(x, 25) ^ rotate_left(x, 14) ^
				x >> 3) +
			       (rotate_left(y, 15) ^ rotate_left(y, 13) ^
				y >> 10);
		}
		for (int i = 0; i < 64; i++) {
			__u32 t1 = h +
				   (rotate_left(e, 26) ^ rotate_left(e, 21) ^
				    rotate_left(e, 7)) +
				   ((e & f) ^ (~e & g)) + sha_k[i] + w[i];
			__u32 t2 = (rotate_left(a, 30) ^ rotate_left(a, 19) ^
				    rotate_left(a, 10)) +
				   ((a & b) ^ (a & c) ^ (b & c));

			h = g;
			g = f;
			f = e;
			e = d + t1;
			d = c;
			c = b;
			b = a;
			a = t1 + t2;
		}
		state[0] += a;
		state[1] += b;
		state[2] += c;
		state[3] += d;
		state[4] += e;
		state[5] += f;
		state[6] += g;
		state[7] += h;
	}
	return state[0] ^ state[7];
}
