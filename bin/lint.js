#!/usr/bin/env node

require("./dependencies.js").ensureDependencies();
require("tsx/cjs");
require("../cli/lint.ts").main();
