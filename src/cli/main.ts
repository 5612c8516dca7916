#!/usr/bin/env node
import { bundledProgram } from '../bundle/load';
import type * as Program from './program';

const bundled = bundledProgram(process.argv.slice(2)) as typeof Program | undefined;
// oxlint-disable-next-line typescript/no-require-imports -- loaded only if it is not in a bundle
(bundled ?? (require('./program') as typeof Program)).start();
