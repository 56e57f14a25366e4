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

# As an administrator's own module, which takes precedence over the kernel's.
INSTALL_MOD_PATH ?= $(DESTDIR)
INSTALL_MOD_DIR ?= updates
MODULE = $(INSTALL_MOD_PATH)/lib/modules/$(KRELEASE)/$(INSTALL_MOD_DIR)/ttmem.ko
DEPMOD = $(if $(DESTDIR),,depmod $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) $(KRELEASE))

.PHONY: all module userspace install install-dkms uninstall deb rpm clean demo shell
.PHONY: check test test-long coverage mutation bench bench-compare help

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
	$(if $(SIGN_KEY),$(KDIR)/scripts/sign-file sha256 $(SIGN_KEY) $(SIGN_CERT) $(BUILD)/ttmem.ko)
	$(KBUILD) INSTALL_MOD_PATH=$(INSTALL_MOD_PATH) INSTALL_MOD_DIR=$(INSTALL_MOD_DIR) modules_install
	$(DEPMOD)
	$(MAKE) -C userspace install

install-dkms: userspace
	$(MAKE) -C userspace install
	$(MAKE) -C userspace/packaging install-dkms

uninstall:
	$(MAKE) -C userspace uninstall
	$(MAKE) -C userspace/packaging uninstall-dkms
	rm -f $(MODULE) $(MODULE).gz $(MODULE).xz $(MODULE).zst
	$(DEPMOD)

# Others than Debian are told by their own tools what is missing.
deb rpm:
	@! command -v dpkg-query > /dev/null || selftests/packages build $@
	@$(MAKE) -C userspace/packaging $@

clean:
	rm -rf build
	$(MAKE) -C userspace clean
	$(MAKE) -C selftests clean

demo shell:
	@selftests/packages build vm
	@$(MAKE) -C selftests $@ $(TEST_KMD)

check test test-long:
	@selftests/packages build vm tests static kunit debug $(if $(filter test-long,$@),deb rpm packaging containers kernels)
	@$(MAKE) -C selftests $@ $(TEST_KMD)

coverage mutation:
	@selftests/packages build vm tests debug coverage
	@$(MAKE) -C selftests $@

bench bench-compare:
	@selftests/packages build vm tests
	@$(MAKE) -C selftests $@ $(if $(JSON),JSON=$(abspath $(JSON)))

help:
	@echo 'make           build ttmem.ko for the running kernel (KDIR= for another), the library, the command'
	@echo 'make install   install all three (DESTDIR=, prefix=); make install-dkms: the module by DKMS,'
	@echo '               for all kernels of this host; make uninstall takes away either'
	@echo 'make deb       packages for Debian, in build/deb (make rpm: for Fedora and RHEL, in build/rpm)'
	@echo 'make demo      see it work, in a virtual machine, without a card'
	@echo 'make shell     a shell in that machine, with everything loaded'
	@echo 'make check     the quick round of tests   (STAGES="pure vm", TESTS="programs of the vm stage",'
	@echo 'make test      all tests, as CI runs them  KMD=tenstorrent.ko, a real tt-kmd built for that kernel)'
	@echo 'make test-long what takes longer, or needs a debugging kernel'
	@echo 'make coverage  which lines run in tests, and what no test runs'
	@echo 'make mutation  do the tests notice when something is broken? (ONLY="breakages")'
	@echo 'make bench     what it costs, in instructions (bench-compare REV=revision: beside another one)'
	@echo 'make clean     remove what was built (kernels and sources of tests are kept in ~/.cache/ttmem)'
