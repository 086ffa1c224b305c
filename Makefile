# The stack, by hand. make alone lists what there is; docs/running.md says more.

COMPOSE ?= docker compose
# How many processes of each kind.
API ?= 1
WORKERS ?= 1

.DEFAULT_GOAL := help
.PHONY: help up down restart logs ps seed openapi test

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## build and start everything, and wait until it is ready (API=3 WORKERS=2 for more processes)
	$(COMPOSE) up --build --detach --wait --scale api=$(API) --scale worker=$(WORKERS)
	@echo "Farthing is at http://$$($(COMPOSE) port frontend 8080)"

down: ## stop everything; the database stays (docker compose down --volumes removes it)
	$(COMPOSE) --profile tools --profile observability down

restart: ## build again and replace what has changed
	$(COMPOSE) up --build --detach --wait --force-recreate --scale api=$(API) --scale worker=$(WORKERS)

logs: ## follow what all processes log
	$(COMPOSE) logs --follow --tail 100

ps: ## what runs, and how it is
	$(COMPOSE) ps

seed: ## make realistic payments (SEED_COUNT=1000)
	$(COMPOSE) --profile tools run --rm seed

openapi: ## write docs/openapi.json and the other generated documents anew
	npm run generate

test: ## every check there is
	npm test
