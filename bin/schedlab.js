#!/usr/bin/env node

require("./dependencies.js").ensureDependencies();
require("tsx/cjs");
require("../cli/main.ts").main(process.argv);
