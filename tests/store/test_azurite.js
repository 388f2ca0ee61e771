// SPDX-License-Identifier: MIT
// node test_azurite.js STORE_TOOL : the Azure backend against a real blob service, whole and failing.
'use strict';

const { run } = require('./tap');
const { withWorld } = require('./world');

withWorld(process.argv[2], (world) => run(Object.assign({},
  ...['./blob_cases', './tls_cases', './fault_cases'].map((cases) => require(cases)(world)))));
