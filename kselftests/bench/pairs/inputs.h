/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pairs compute from. Each input is the same in each run, and such that all of
 * a program has something to do.
 */
#ifndef _PAIRS_INPUTS_H
#define _PAIRS_INPUTS_H

#define PACKET 1024
#define RESULT 8
#define INPUT (PACKET - RESULT)

typedef void (*input_fill)(unsigned char *input);

void input_random(unsigned char *input);
void input_find(unsigned char *input);
void input_strings(unsigned char *input);
void input_http(unsigned char *input);
void input_json(unsigned char *input);
void input_dns(unsigned char *input);
void input_tls(unsigned char *input);
void input_varint(unsigned char *input);
void input_utf8(unsigned char *input);
void input_regex(unsigned char *input);
void input_automaton(unsigned char *input);
void input_base64(unsigned char *input);
void input_compressed(unsigned char *input);
void input_trie(unsigned char *input);
void input_flows(unsigned char *input);

#endif
