/* SPDX-License-Identifier: GPL-2.0 */
/* The functions that libFuzzer calls, and one of its own; clang 14 has no header of them. */
#ifndef REX_HOST_FUZZ_GUIDED_H
#define REX_HOST_FUZZ_GUIDED_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed);

/* Change the data as libFuzzer does by itself. Returns the new size. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#endif /* REX_HOST_FUZZ_GUIDED_H */
