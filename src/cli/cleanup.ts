import type { Host } from './host.ts';
import type { CleanupOptions } from './options.ts';
export const cleanup = async (_host: Host, _options: CleanupOptions): Promise<number> => 0;
