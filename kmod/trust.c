// SPDX-License-Identifier: GPL-2.0
#include <linux/security.h>

#include "trust.h"

bool rex_locked_down(void)
{
	return security_locked_down(LOCKDOWN_MODULE_SIGNATURE);
}
