# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the module, the library and the command, and leads to everything else: `make help`.
# Kbuild is the file that the kernel's build reads.

MAKEFLAGS += --no-print-directory

KDIR ?= /lib/modules/$(shell uname -r)/build
KRELEASE = $(shell sed -n 's/.*"\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)

# Objects of each kernel go to a directory of their own, of links to the sources.
BUILD ?= build/$(KRELEASE)
KBUILD = $(MAKE) -C $(KDIR) M=$(abspath $(BUILD))

# Named from here, wherever it is used.
TEST_KMD = $(if $(KMD),KMD=$(abspath $(KMD)))

.PHONY: all module userspace install clean demo shell check test test-long bench bench-compare help

all: module userspace

module: $(KDIR)/include/generated/utsrelease.h
	@mkdir -p $(BUILD)/driver
	@ln -sf $(CURDIR)/Kbuild $(CURDIR)/uapi $(BUILD)
	@ln -sf $(CURDIR)/driver/*.[ch] $(BUILD)/driver
	@$(KBUILD) $(KFLAGS) modules

$(KDIR)/include/generated/utsrelease.h:
	@echo "No headers of a kernel in $(KDIR)." >&2
	@echo "Install the package linux-headers-$$(uname -r), or say where they are: make KDIR=..." >&2
	@exit 1

userspace:
	$(MAKE) -C userspace

install: all
	$(KBUILD) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(if $(DESTDIR),,depmod $(KRELEASE))
	$(MAKE) -C userspace install

clean:
	rm -rf build
	$(MAKE) -C userspace clean
	$(MAKE) -C selftests clean

demo shell:
	@selftests/packages build vm
	@$(MAKE) -C selftests $@ $(TEST_KMD)

check test test-long:
	@selftests/packages build vm tests static kunit debug kernels
	@$(MAKE) -C selftests $@ $(TEST_KMD)

bench bench-compare:
	@selftests/packages build vm tests
	@$(MAKE) -C selftests $@ $(if $(JSON),JSON=$(abspath $(JSON)))

help:
	@echo 'make           build ttmem.ko for the running kernel (KDIR= for another), the library, the command'
	@echo 'make install   install all three (DESTDIR=, prefix=)'
	@echo 'make demo      see it work, in a virtual machine, without a card'
	@echo 'make shell     a shell in that machine, with everything loaded'
	@echo 'make check     the quick round of tests   (STAGES="pure vm", TESTS="programs of the vm stage",'
	@echo 'make test      all tests, as CI runs them  KMD=tenstorrent.ko, a real tt-kmd built for that kernel)'
	@echo 'make test-long what takes longer, or needs a debugging kernel'
	@echo 'make bench     what it costs, in instructions (bench-compare REV=revision: beside another one)'
	@echo 'make clean     remove what was built (kernels and sources of tests are kept in ~/.cache/ttmem)'
