import { type Unknown, unknown } from '../model/fact.ts';
import type { Consent } from '../model/target.ts';

/** Nothing may be asked from inside the cluster; the flags that would allow it. */
export const noConsent = ({ probeFlags = '--yes' }: Partial<Consent> = {}): Unknown =>
  unknown({ kind: 'not-consented', flag: probeFlags });
