// SPDX-License-Identifier: GPL-2.0
/*
 * A program of 10,000 lines, which macros make, to measure its load: bench/costs.c. Its twin
 * in Rust is programs/bench_lines.
 */
#include "pair.bpf.h"

/* Ten lines. The numbers are 1000 and more, since one that begins with 0 would be octal. */
#define BLOCK(_n)                                         \
	{                                                 \
		x += in[(_n - 1000) % INPUT];             \
		x ^= x << 13;                             \
		x ^= x >> 17;                             \
		x ^= x << 5;                              \
		if (x & 1u << (_n - 1000) % 32) {         \
			x *= 0x9e3779b1;                  \
			x ^= in[(_n - 1000) * 7 % INPUT]; \
		}                                         \
		x = rotate_left(x, (_n - 1000) % 31 + 1); \
		x += _n - 1000;                           \
	}

#define TEN(_make, _n)                                                   \
	_make(_n##0) _make(_n##1) _make(_n##2) _make(_n##3) _make(_n##4) \
		_make(_n##5) _make(_n##6) _make(_n##7) _make(_n##8)      \
			_make(_n##9)

/* The preprocessor does not expand a macro within itself, so this is TEN() again. */
#define TEN_BLOCKS(_n) TEN_AGAIN(BLOCK, _n)
#define TEN_AGAIN(_make, _n)                                             \
	_make(_n##0) _make(_n##1) _make(_n##2) _make(_n##3) _make(_n##4) \
		_make(_n##5) _make(_n##6) _make(_n##7) _make(_n##8)      \
			_make(_n##9)

/* A thousand lines. */
#define PART(_n)                                                   \
	static __noinline __u32 part_##_n(__u32 x, const __u8 *in) \
	{                                                          \
		TEN(TEN_BLOCKS, 1##_n)                             \
		return x;                                          \
	}

PART(0)
PART(1)
PART(2)
PART(3)
PART(4)
PART(5)
PART(6)
PART(7)
PART(8)
PART(9)

PAIR(lines)
{
	__u32 x = 1;

	x = part_0(x, in);
	x = part_1(x, in);
	x = part_2(x, in);
	x = part_3(x, in);
	x = part_4(x, in);
	x = part_5(x, in);
	x = part_6(x, in);
	x = part_7(x, in);
	x = part_8(x, in);
	return part_9(x, in);
}
