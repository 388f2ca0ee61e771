// SPDX-License-Identifier: MIT
// read_csv.js MODULES FILE SQL: what DuckDB answers about a CSV file whose dialect it finds out by itself; FILE stands for it in SQL.
// Prints the rows as lists of strings. Status 77 when it is not installed.
'use strict';
const path = require('path');

const [modules, file, sql] = process.argv.slice(2);
let duckdb;
try {
    duckdb = require(path.resolve(modules, '@duckdb/node-api'));
} catch (error) {
    console.error('@duckdb/node-api is not installed');
    process.exit(77);
}

async function main() {
    const instance = await duckdb.DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(sql.replaceAll('FILE', `read_csv('${file}')`));
    const rows = reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
    process.stdout.write(JSON.stringify(rows));
}

main().catch((error) => {
    console.error(error.message);
    process.exit(1);
});
