import type { EndpointSlice, Service } from '../objects.ts';

/** What the system's own programs see of the API. */
export interface ClusterView {
  services(): readonly Service[];
  slices(): readonly EndpointSlice[];
  /** Whether the API server is at this address (`https://HOST:PORT`). */
  isApiServer(url: string): boolean;
  /** Calls whenever an object has changed, until it is stopped. */
  watch(called: () => void): () => void;
}
