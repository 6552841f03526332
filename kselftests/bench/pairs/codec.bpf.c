// SPDX-License-Identifier: GPL-2.0
/* Encodings, compression, encryption. */
#include "pair.bpf.h"

/* Without the zero at the end: libbpf does not find constants that the linker merges. */
static const __u8 digits[64] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

PAIR(base64_encode)
{
	struct scratch *s = get_scratch();
	__u32 hash = DIGEST_BEGIN;

	if (!s)
		return 0;
	for (int i = 0; i < 256; i++) {
		__u32 three = in[3 * i] << 16 | in[3 * i + 1] << 8 |
			      in[3 * i + 2];

		s->bytes[4 * i] = digits[three >> 18 & 63];
		s->bytes[4 * i + 1] = digits[three >> 12 & 63];
		s->bytes[4 * i + 2] = digits[three >> 6 & 63];
		s->bytes[4 * i + 3] = digits[three & 63];
	}
	for (int i = 0; i < 1024; i++)
		hash = digest(hash, s->bytes[i]);
	return hash;
}

static __always_inline int value_of(__u8 digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a' + 26;
	if (digit >= '0' && digit <= '9')
		return digit - '0' + 52;
	return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

PAIR(base64_decode)
{
	struct scratch *s = get_scratch();
	__u32 hash = DIGEST_BEGIN;

	if (!s)
		return 0;
	for (int i = 0; i < INPUT / 4; i++) {
		int a = value_of(in[4 * i]), b = value_of(in[4 * i + 1]);
		int c = value_of(in[4 * i + 2]), d = value_of(in[4 * i + 3]);
		__u32 three;

		if (a < 0 || b < 0 || c < 0 || d < 0)
			return i;
		three = a << 18 | b << 12 | c << 6 | d;
		s->bytes[3 * i] = three >> 16;
		s->bytes[3 * i + 1] = three >> 8;
		s->bytes[3 * i + 2] = three;
	}
	for (int i = 0; i < INPUT / 4 * 3; i++)
		hash = digest(hash, s->bytes[i]);
	return hash;
}

/*
 * Blocks as LZ4's: literals (a byte, their number), then a match (a byte, its length; a
 * byte, its distance). Two zeros end it. What there are many of is a callback, which the
 * verifier looks at once.
 */
enum {
	FROM,
	TO,
	DISTANCE,
	HASH
};

static __always_inline void decompress_put(struct scratch *s, __u64 to,
					   __u8 byte)
{
	s->bytes[to] = byte;
	s->state[HASH] = digest(s->state[HASH], byte);
	s->state[TO]++;
}

static long decompress_literal(__u32 i, struct scratch **scratch)
{
	struct scratch *s = *scratch;
	__u64 from = s->state[FROM], to = s->state[TO];

	if (from >= INPUT || to >= 2048)
		return 1;
	BOUND(from, 1023);
	BOUND(to, 2047);
	decompress_put(s, to, s->in[from]);
	s->state[FROM]++;
	return 0;
}

static long decompress_match(__u32 i, struct scratch **scratch)
{
	struct scratch *s = *scratch;
	__u64 to = s->state[TO], match = to - s->state[DISTANCE];

	if (match >= to || to >= 2048)
		return 1;
	BOUND(match, 2047);
	BOUND(to, 2047);
	decompress_put(s, to, s->bytes[match]);
	return 0;
}

static long decompress_block(__u32 i, struct scratch **scratch)
{
	struct scratch *s = *scratch;
	__u64 from = s->state[FROM];
	__u32 literals, matched;

	if (from > INPUT - 3)
		return 1;
	BOUND(from, 1023);
	literals = s->in[from];
	matched = s->in[from + 1];
	s->state[DISTANCE] = s->in[from + 2];
	if (!literals && !matched)
		return 1;
	s->state[FROM] = from + 3;
	bpf_loop(literals, decompress_literal, &s, 0);
	bpf_loop(matched, decompress_match, &s, 0);
	return 0;
}

PAIR_COPIED(decompress)
{
	s->state[FROM] = 0;
	s->state[TO] = 0;
	s->state[HASH] = DIGEST_BEGIN;
	bpf_loop(128, decompress_block, &s, 0);
	return s->state[HASH] ^ s->state[TO];
}

#define QUARTER(_a, _b, _c, _d)                      \
	do {                                         \
		(_a) += (_b);                        \
		(_d) = rotate_left((_d) ^ (_a), 16); \
		(_c) += (_d);                        \
		(_b) = rotate_left((_b) ^ (_c), 12); \
		(_a) += (_b);                        \
		(_d) = rotate_left((_d) ^ (_a), 8);  \
		(_c) += (_d);                        \
		(_b) = rotate_left((_b) ^ (_c), 7);  \
	} while (0)

/* The input encrypted, its first words being the key. */
PAIR(chacha20)
{
	const __u32 *words = (const __u32 *)in;
	__u32 result = 0;

	for (int block = 0; block < 15; block++) {
		__u32 begin[16] = { 0x61707865, 0x3320646e, 0x79622d32,
				    0x6b206574 };
		__u32 x[16];

		for (int i = 0; i < 8; i++)
			begin[4 + i] = words[i];
		begin[12] = block;
		for (int i = 0; i < 3; i++)
			begin[13 + i] = words[8 + i];
		for (int i = 0; i < 16; i++)
			x[i] = begin[i];
		for (int round = 0; round < 10; round++) {
			QUARTER(x[0], x[4], x[8], x[12]);
			QUARTER(x[1], x[5], x[9], x[13]);
			QUARTER(x[2], x[6], x[10], x[14]);
			QUARTER(x[3], x[7], x[11], x[15]);
			QUARTER(x[0], x[5], x[10], x[15]);
			QUARTER(x[1], x[6], x[11], x[12]);
			QUARTER(x[2], x[7], x[8], x[13]);
			QUARTER(x[3], x[4], x[9], x[14]);
		}
		for (int i = 0; i < 16; i++)
			result = result * 31 +
				 ((x[i] + begin[i]) ^ words[16 * block + i]);
	}
	return result;
}
