// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of idle states, as emulated machines have none. In its second state, the kernel stops
 * its clock while the machine is suspended to idle. The driver wakes the machine there.
 */
#include <linux/cpuidle.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/suspend.h>

static unsigned long sleeps;
module_param(sleeps, ulong, 0444);
MODULE_PARM_DESC(sleeps, "how often a CPU was in the state without a clock");

static int __cpuidle idle_enter(struct cpuidle_device *dev,
				struct cpuidle_driver *drv, int index)
{
	raw_safe_halt();
	raw_local_irq_disable();
	return index;
}

/* Other CPUs come here within the time for which this one waits. */
static int idle_enter_s2idle(struct cpuidle_device *dev,
			     struct cpuidle_driver *drv, int index)
{
	unsigned int ms;

	WRITE_ONCE(sleeps, READ_ONCE(sleeps) + 1);
	for (ms = 0; ms < 200; ms++)
		udelay(1000);
	pm_system_wakeup();
	return 0;
}

static struct cpuidle_driver driver = {
	.name = "rex-idle",
	.states = {
		{
			.enter = idle_enter,
			.exit_latency = 1,
			.target_residency = 1,
			.name = "HALT",
			.desc = "halt",
		},
		{
			.enter = idle_enter,
			.enter_s2idle = idle_enter_s2idle,
			/* RCU watches: the driver wakes a task. */
			.flags = CPUIDLE_FLAG_RCU_IDLE,
			.exit_latency = 2,
			/* It is for suspend alone. */
			.target_residency = 100 * USEC_PER_SEC,
			.name = "SLEEP",
			.desc = "sleep without a clock",
		},
	},
	.state_count = 2,
};

static int __init rex_idle_init(void)
{
	return cpuidle_register(&driver, NULL);
}
module_init(rex_idle_init);

static void __exit rex_idle_exit(void)
{
	cpuidle_unregister(&driver);
}
module_exit(rex_idle_exit);

MODULE_DESCRIPTION("Idle states for tests of rex.ko");
MODULE_LICENSE("GPL");
