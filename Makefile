# Kubeferry. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Two cores: Swift and Kubernetes never build at the same time.
.NOTPARALLEL:
.PHONY: help deps build release static test test-unit test-long lint format e2e bench demo locked dist clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

deps: ## install what building and testing need (Debian 12, Ubuntu 22.04)
	@Scripts/deps

build: deps ## debug build of both programs
	swift build

release: deps ## release build of bundler: .build/release/bundler
	swift build -c release --product bundler --static-swift-stdlib

static: deps ## static node-install: .build-static/release/node-install
	@Scripts/build-static

test: ## everything: lint, unit, integration and, as root on Debian 12, end-to-end tests on real nodes
	@Scripts/test all

test-unit: ## lint, unit and integration tests
	@Scripts/test unit

test-long: ## as test, with every kill and every region instead of a sample
	@Scripts/test long

e2e: ## end-to-end tests alone
	@Scripts/test e2e

lint: deps ## check the formatting of Swift and the scripts
	@Scripts/lint

format: ## format all Swift files in place
	swift format --in-place --parallel --recursive Sources Tests Package.swift

demo: ## make a bundle, boot a node without a network, install; UPSTREAM=auto|real|local K8S=v1.33.6
	@UPSTREAM='$(UPSTREAM)' K8S='$(K8S)' Scripts/demo

locked: deps ## make a bundle, twice more from its lock in other folders, and compare; UPSTREAM=standin|local|real
	@UPSTREAM='$(UPSTREAM)' Scripts/locked-twice

bench: ## measure beside ctr, skopeo, a registry, tar and makeself: docs/benchmarks.md; BENCH_RUNS=5
	@Scripts/bench

dist: release static ## what a release consists of, in .build-dist
	@Scripts/dist

clean: ## remove all build output, but not the test bed's cache (.build-testbed)
	rm -rf .build .build-static .build-reports .build-dist .build-demo .build-locked .build-bench
