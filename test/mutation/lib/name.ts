import type { Values } from '../../e2e/lib/case.ts';
import type { Scene } from './scene.ts';

/** The name that the client uses: short where the Service is beside it. */
export const serviceName = ({ service, clientNamespace }: Scene, { NS = '' }: Values): string =>
  clientNamespace === '$NS' ? service : `${service}.${NS}`;
