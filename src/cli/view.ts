import type { View } from '../render/report.ts';
import { widthOf } from '../render/report.ts';
import { colorLevel, createTheme, plainTheme } from '../render/theme.ts';
import { en } from '../text/en/index.ts';
import type { Host } from './host.ts';
import type { LookOptions } from './options.ts';

/** How results are written to standard output. */
export function viewOf({ stdout, env }: Host, { color, verbose }: LookOptions, clusterFlags: readonly string[]): View {
  const level = colorLevel(stdout, env, color);
  return {
    width: widthOf(stdout),
    theme: level === 0 ? plainTheme : createTheme(level),
    catalogue: en,
    clusterFlags,
    verbose,
  };
}
