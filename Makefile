# SPDX-License-Identifier: GPL-2.0
#
#   make             build everything; the module for KDIR
#   make run         see samples/hello work in a VM; installs what is missing for
#                    that, and builds no more than is shown
#   make shell       a shell in that VM; GDB=1 or GDB=<port> lets gdb connect
#   make test        all tests; KERNEL=<name> and T=<pattern> narrow it; CPUS=<n>
#                    of each VM
#   make test-long   as test, with the long tests on every kernel
#   make test-debug  the tests in VMs, on kernels built to find errors: KASAN, lockdep,
#                    kmemleak, ...; builds these kernels first (half an hour each, once)
#   make test-company  the hostile tests while tracers, other BPF programs, hotplug, ... are at
#                    work, and with other parameters of the kernel; COMPANY=<names>
#   make soak        loads, events, ioctls and broken objects in VMs, very often: ROUNDS=<n>,
#                    EVENTS=<n>, SEQUENCES=<n>, OBJECTS=<n>; without any, for many hours
#   make fuzz        load OBJECTS=<n> broken objects on this machine, under ASan and UBSan;
#                    SEED=<n>; `make fuzz-guided` does it with libFuzzer
#   make coverage    the lines of the module's parsers and checks that host tests reach
#   make soundness   what a program in safe Rust cannot do: the tests, per hole;
#                    KERNEL=<name> narrows it to one kernel
#   make bench       programs written twice, for Rex and for eBPF: instructions, plots; a
#                    cache of memcached's answers; what loads, faults, many programs cost.
#                    ON=kvm: times in a VM; ON=host: times on this machine, which asks first
#   make bench-dispatch  instructions per event, against eBPF
#   make bench-latency   how long a run that does not end goes on
#   make style       formats, linters, checkpatch; `make format` mends formats
#   make gen         write the files that follow from the lists, kmod/*.def
#   make deps        install the Debian packages that are missing
#   make install     module, header, library, rexctl, SDK; DESTDIR= PREFIX=
#   make deb         Debian packages, in build/deb
#   make test-install  install them on a machine with Debian 12, and use them there;
#                    SUITE=trixie: Debian 13; needs root
#   make test-reproducible  build everything once more, elsewhere: the same bytes?
#   make clean
#
# KERNEL=<name> builds for (and boots) a kernel of kernels.txt; KDIR=<headers>
# builds for another one. V=1 shows commands and all of the tests' output.
# VMs use KVM where it works; REX_ACCEL=tcg or kvm says what to use.

# make cannot have some characters in names, nor can kbuild.
HASH := \#
ifneq ($(words $(CURDIR))$(strip $(foreach c,: $(HASH) $$ % ' " \ * ? ; & | < > ( ) [ ],$(findstring $(c),$(CURDIR)))),1)
$(error The path of this folder has a space or another character that make and kbuild cannot handle: "$(CURDIR)". Move it, or clone it elsewhere)
endif
# All commands below share one cache; see scripts/lib.sh.
REX_CACHE := $(shell bash -c '. scripts/lib.sh && echo "$$REX_CACHE"')
$(if $(REX_CACHE),,$(error no usable REX_CACHE))
export REX_CACHE

O := $(CURDIR)/build
PREFIX ?= /usr/local
Q := $(if $(V),,@)
export V
MAKEFLAGS += --no-print-directory
# Targets that run the build use all processors, unless -j was given.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
QUIET := $(if $(V),,-s)

# The value is evaluated at most once, and only if it is used.
lazy = $(eval $(1) := $(2))$($(1))

ifdef KERNEL
KDIR = $(call lazy,KDIR,$(shell scripts/kernel headers $(KERNEL)))
else
KDIR = $(call lazy,KDIR,$(shell scripts/kdir))
endif
RELEASE = $(call lazy,RELEASE,$(shell \
	sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null))
KMOD = $(O)/kmod/$(RELEASE)

# The kernel of `make run` and `make shell`.
VM_KERNEL = $(or $(KERNEL),$(call lazy,VM_KERNEL,$(shell scripts/kernel names | head -n1)))

.PHONY: all kmod kmods user userlib rust samples kselftests demo hello-object qemu
.PHONY: deb test-install test-reproducible deps deps-run deps-deb run shell test test-long test-debug test-company soak fuzz fuzz-guided coverage soundness style format gen install clean bench bench-dispatch bench-latency

all: kmod user

# Everything except the module is the same for every kernel.
user: userlib rust samples kselftests

# There is no vmlinux to make BTF of a module from.
kmod:
	$(Q)test -n "$(RELEASE)" || { echo "no kernel headers in '$(KDIR)'" >&2; false; }
	$(Q)scripts/kmod-tree $(KMOD)
	+$(Q)MAKE='$(MAKE)' scripts/kbuild $(KDIR) $(KMOD) CONFIG_DEBUG_INFO_BTF_MODULES= REX_WERROR=1 modules

# For all kernels of kernels.txt, or KERNEL.
kmods:
	$(Q)set -e; for kernel in $$(scripts/kernel names $(KERNEL)); do \
		$(MAKE) $(JOBS) kmod KERNEL=$$kernel; \
		scripts/module-btf $$kernel; \
		MAKE='$(MAKE)' scripts/test-modules $$kernel; \
	done

userlib:
	$(Q)$(MAKE) $(QUIET) -C userlib O=$(O) all

rust:
	$(Q)$(MAKE) $(QUIET) -C rex O=$(O) all

samples: userlib rust
	$(Q)$(MAKE) $(QUIET) -C samples O=$(O) all

kselftests: userlib rust
	$(Q)$(MAKE) $(QUIET) -C kselftests O=$(O) all

# Build only what `make run` shows. The kernel is fetched while the compiler
# makes the sysroot: kmod waits for it, so kmod is last.
demo: hello-object qemu userlib kmod
	$(Q)$(MAKE) $(QUIET) -C samples O=$(O) ONLY=hello all

hello-object:
	$(Q)$(MAKE) $(QUIET) -C rex O=$(O) ONLY=hello all

qemu:
	$(Q)scripts/qemu --version >/dev/null

deps:
	$(Q)scripts/deps

deps-run:
	$(Q)scripts/deps run

deps-deb:
	$(Q)scripts/deps deb

# It uses a separate machine, which the cache keeps. It is not in `make test` for its cost.
test-install: deb
	$(Q)scripts/test-install $(or $(SUITE),bookworm)

test-reproducible: deps deb
	$(Q)$(MAKE) $(JOBS) user
	$(Q)$(MAKE) kmods
	$(Q)scripts/test-reproducible

deb: deps-deb
	$(Q)scripts/deb

run: deps-run
	$(Q)$(MAKE) $(JOBS) demo KERNEL=$(VM_KERNEL)
	$(Q)scripts/run $(VM_KERNEL)

shell: deps
	$(Q)$(MAKE) $(JOBS) all KERNEL=$(VM_KERNEL)
	$(Q)scripts/shell $(VM_KERNEL) $(if $(filter-out 0,$(GDB)),$(patsubst 1,1234,$(GDB)))

TEST = scripts/test $(if $(KERNEL),-k $(KERNEL)) $(if $(T),-t '$(T)') $(if $(CPUS),-c $(CPUS)) $(ALL_LONG)

test-long: ALL_LONG = -a
test test-long: deps
	$(Q)$(TEST) -e
	$(Q)$(MAKE) $(JOBS) user
	$(Q)$(MAKE) kmods
	$(Q)$(TEST)

test-debug:
	$(Q)scripts/deps debug
	$(Q)$(MAKE) test KERNEL=$(or $(KERNEL),debug)

# Run hostile tests while tracers, hotplug and other things are at work; COMPANY= names some.
test-company: deps
	$(Q)scripts/deps company
	$(Q)$(MAKE) $(JOBS) user
	$(Q)$(MAKE) kmods
	$(Q)scripts/test-company $(if $(KERNEL),-k $(KERNEL)) $(if $(T),-t '$(T)') $(COMPANY)

SOAK = $(foreach count,ROUNDS EVENTS SEQUENCES OBJECTS SEED,$(if $($(count)),$(count)=$($(count))))

# It takes hours, and the time is as long as the counts say.
soak: deps
	$(Q)$(MAKE) $(JOBS) user
	$(Q)$(MAKE) kmods
	$(Q)scripts/soak $(if $(KERNEL),-k $(KERNEL)) $(SOAK)

fuzz coverage: deps
	$(Q)$(MAKE) $(JOBS) $(QUIET) -C kselftests/host O=$(O) $@

fuzz-guided: deps
	$(Q)scripts/deps fuzz
	$(Q)$(MAKE) $(JOBS) $(QUIET) -C kselftests/host O=$(O) $@

# Run the tests that show that each hole of scripts/soundness.txt is closed.
soundness: deps
	$(Q)$(MAKE) $(JOBS) user
	$(Q)$(MAKE) kmods
	$(Q)scripts/soundness $(if $(KERNEL),-k $(KERNEL))

# Measure the instructions of an event against eBPF, and the time until a run is
# stopped.
bench-dispatch bench-latency: deps
	$(Q)$(MAKE) $(JOBS) user
	$(Q)$(MAKE) kmods
	$(Q)set -e; for kernel in $$(scripts/kernel names $(KERNEL)); do \
		scripts/$@ $$kernel; \
	done

bench: deps
	$(Q)scripts/deps bench
	$(Q)$(MAKE) $(JOBS) user
	$(Q)$(MAKE) $(QUIET) -C kselftests O=$(O) bench
	$(Q)$(if $(filter host,$(ON)),$(MAKE) kmod KERNEL=,$(MAKE) kmods)
	$(Q)scripts/bench '$(ON)' $$(scripts/kernel names $(KERNEL))

style: deps
	$(Q)scripts/style

gen:
	$(Q)scripts/gen

format:
	$(Q)git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format-14 -i
	$(Q)$(MAKE) $(QUIET) -C rex O=$(O) fmt

# Samples and tests are not installed: this takes no Rust.
install: kmod userlib
	install -D -m 644 $(KMOD)/rex.ko $(DESTDIR)/lib/modules/$(RELEASE)/updates/rex.ko
	$(if $(DESTDIR),,depmod -a $(RELEASE))
	$(MAKE) -C userlib O=$(O) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install
	$(MAKE) -C rex O=$(O) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install

clean:
	$(Q)rm -rf $(O)
