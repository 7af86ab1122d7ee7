#!/usr/bin/env node

require("./dependencies.js").ensureDependencies();
require("tsx/cjs");
require("../cli/test.ts").main(process.argv.slice(2));
