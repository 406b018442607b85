#!/usr/bin/env node
import module from 'node:module';
import process from 'node:process';

// Node 22.8 and later keep compiled code between runs.
module.enableCompileCache?.();
const { start } = await import('../dist/start.js');
await start(process);
