#!/usr/bin/env node
"use strict";
require("./dependencies.js").ensureDependencies();
require("tsx/cjs");
require("../cli/main.ts").main(process.argv);
