/* SPDX-License-Identifier: GPL-2.0 */
/*
 * USDT probes, as <sys/sdt.h> makes them. Their provider is rex_test.
 */
#ifndef _REX_USDT_H
#define _REX_USDT_H

/* A place, and its note: where it is, its counter, its names, and its arguments. */
#define PROBE(_name, _counter, _args, ...)                                  \
	__asm__ volatile("990:	nop\n"                                       \
			 ".pushsection .note.stapsdt,\"?\",\"note\"\n"      \
			 ".balign 4\n"                                      \
			 ".4byte 992f-991f, 994f-993f, 3\n"                 \
			 "991: .asciz \"stapsdt\"\n"                        \
			 "992: .balign 4\n"                                 \
			 "993: .8byte 990b, _.stapsdt.base, " _counter "\n" \
			 ".asciz \"rex_test\"\n"                            \
			 ".asciz \"" _name "\"\n"                           \
			 ".asciz \"" _args "\"\n"                           \
			 "994: .balign 4\n"                                 \
			 ".popsection\n"                                    \
			 ".ifndef _.stapsdt.base\n"                         \
			 ".pushsection .stapsdt.base,\"aG\",\"progbits\","  \
			 ".stapsdt.base,comdat\n"                           \
			 ".weak _.stapsdt.base\n"                           \
			 ".hidden _.stapsdt.base\n"                         \
			 "_.stapsdt.base: .space 1\n"                       \
			 ".size _.stapsdt.base, 1\n"                        \
			 ".popsection\n"                                    \
			 ".endif\n" ::__VA_ARGS__)

#endif
