// SPDX-License-Identifier: GPL-2.0
/*
 * Panics of every kind end the program, and nothing else.
 */
#define HOSTILE_OBJECT "hostile"
#include "hostile.h"

#define PANIC(_act, _message, ...)                            \
	CONTAINED(_act, tracepoint, .cause = REX_FAULT_PANIC, \
		  .message = _message, ##__VA_ARGS__)

PANIC(unwrap_none, "called `Option::unwrap()` on a `None` value")
PANIC(expect_err, "the number 22 is no error: -22")
PANIC(unwrap_after_two_calls, "on a `None` value", .function = "middle")
PANIC(index_out_of_bounds, "the len is 8 but the index is 8")
PANIC(slice_end_out_of_range, "9 out of range for slice of length 8")
PANIC(slice_start_after_end, "5")
PANIC(inside_a_character, "is not a char boundary")
PANIC(sum_overflows, "attempt to add with overflow")
PANIC(difference_overflows, "attempt to subtract with overflow")
PANIC(product_overflows, "attempt to multiply with overflow")
PANIC(negation_overflows, "attempt to negate with overflow")
PANIC(shift_overflows, "attempt to shift left with overflow")
PANIC(division_by_zero, "attempt to divide by zero")
PANIC(remainder_by_zero, "with a divisor of zero")
PANIC(division_overflows, "attempt to divide with overflow")
PANIC(refcell_is_borrowed, "already borrowed")
PANIC(refcell_is_mutably_borrowed, "already mutably borrowed")
PANIC(explicit_panic, "told to panic in thread ")
PANIC(reaches_unreachable, "but here we are")
PANIC(todo_is_left, "not yet implemented")
PANIC(assertion_fails, "assertion failed")
PANIC(values_differ, "arrays of 3 elements")
PANIC(slices_of_different_lengths, "copy_from_slice")
PANIC(chunks_of_nothing, "chunk size must be non-zero")
PANIC(invalid_utf8, "Utf8Error")
PANIC(conversion_fails, "TryFromIntError")
PANIC(panic_in_drop, "dropped")
PANIC(panic_in_a_closure, "3 is too much")
PANIC(panic_in_a_trait_object, "speaker 7 is mute", .function = "Mute")
PANIC(panic_in_an_iterator, "attempt to add with overflow")
/* The message of the second panic cannot be formatted. */
PANIC(panic_while_formatting, NULL)
PANIC(panic_in_the_debug_of_an_error, NULL)
PANIC(huge_message, "huge          ")
PANIC(message_of_many_lines, "first line")
PANIC(message_of_control_characters, "control ")
PANIC(message_of_formats, "formats %s %n %p %pS %d %999999d {}")
PANIC(message_of_many_bytes_a_character, "x\xf0\x9f\xa6\x80")
PANIC(empty_message, "")

static int count(const char *text, const char *part)
{
	int n = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		n++;
	}
	return n;
}

/* The program restarts after each panic, and panics again. */
TEST(flood_of_panics_is_counted_but_not_all_of_it_printed)
{
	static char log[1 << 20];
	long start = ksft_ms(), windows;
	int log_fd = log_open(), printed;
	struct actor a;
	__u64 faults;

	restarts_per_min = 100000;
	a = start_actor(&hook_tracepoint, "explicit_panic", "flood", 0, 0);
	restarts_per_min = 0;
	do {
		fire_dup();
		faults = actor_info(&a).faults;
	} while (faults < 100 && ksft_ms() < start + 30000);
	end_actor(&a);
	windows = (ksft_ms() - start) / 5000 + 2;
	log_text(log_fd, log, sizeof(log));
	close(log_fd);
	printed = count(log, "of flood stopped by a panic");
	ksft_note("%d of %llu panics were printed", printed, faults);
	EXPECT(faults >= 100);
	EXPECT(printed > 0 || reports_are_limited());
	EXPECT(printed <= 20 * windows);
}
