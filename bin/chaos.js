#!/usr/bin/env node

require("./dependencies.js").ensureDependencies();
require("tsx/cjs");
require("../tests/chaos/main.ts").main(process.argv);
