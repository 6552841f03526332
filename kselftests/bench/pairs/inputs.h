/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inputs of the pairs. Each is the same in each run, and makes all parts of a program
 * work.
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
