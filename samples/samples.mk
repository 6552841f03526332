# SPDX-License-Identifier: GPL-2.0
#
# The list of samples, for the makefiles. A sample is a folder with a Cargo.toml, here or
# in tools/; ONLY=<name> is one of them alone.
samples_top := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))

# Files of samples, by pattern: $(call samples_files,*.c) is hello/loader.c and so on.
samples_files = $(patsubst $(samples_top)/%,%,$(foreach folder,. tools, \
	$(patsubst $(samples_top)/./%,$(samples_top)/%, \
	$(wildcard $(samples_top)/$(folder)/$(or $(ONLY),*)/$(1)))))

# Their folders, hello or tools/opensnoop. The last part is the package, and the object.
samples := $(patsubst %/Cargo.toml,%,$(call samples_files,Cargo.toml))

# The object of a folder, below that of all samples.
samples_object = $(1)/$(notdir $(1)).rex.o
