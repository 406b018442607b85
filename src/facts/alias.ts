import type { Service } from '../model/kubernetes.ts';
import { serviceOf } from './api.ts';
import type { Facts } from './facts.ts';
import { theService } from './pods.ts';

/** The Service of this cluster that an ExternalName leads to, as its name has it. */
export function aliasOf({ spec }: Service): { namespace: string; service: string } | undefined {
  if (spec?.type !== 'ExternalName') return undefined;
  const [, service, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.|$)/i.exec(spec.externalName ?? '') ?? [];
  return service !== undefined && namespace !== undefined ? { namespace, service } : undefined;
}

/** An alias may lead to another one, and in the end to itself. */
const MOST_HOPS = 5;

/**
 * What is known of the Service that answers in the end: the one behind an ExternalName, where that is a Service of this
 * cluster that can be read; else the Service itself.
 */
export async function behindAlias(facts: Facts, hops = MOST_HOPS): Promise<Facts> {
  if (hops === 0) return facts;
  const service = await theService(facts);
  const alias = service.known ? aliasOf(service.value) : undefined;
  if (!alias) return facts;
  const target = { ...facts.target, ...alias };
  const there = await facts.ask(serviceOf(target));
  return there.known && there.value ? behindAlias(facts.about(target), hops - 1) : facts;
}
