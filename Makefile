# make demo    three encrypted peers on this machine; press k to kill the reflector
# make test    the whole test suite; the last lines say how many tests passed. make test ONLY=SeloMeshTests: a part of it
# make format  lay the sources out; make lint checks that they are

SWIFT ?= swift
export SELO_INTERFACE ?= lo

.PHONY: demo test build release format lint prepare

demo: release
	@$(SWIFT) run -c release --skip-build selo demo

test: prepare
	@SWIFT="$(SWIFT)" scripts/test $(ONLY)

build: prepare
	@$(SWIFT) build

release: prepare
	@$(SWIFT) build -c release --product selo

format:
	@$(SWIFT) format --in-place --recursive Package.swift Sources Tests

lint:
	@$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

# libsodium's headers are all that Selo needs from the system.
prepare:
	@scripts/prepare
