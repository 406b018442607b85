import type { Packet, Place } from './types.ts';

/** A share of the packets that are alike, on their way. */
export interface State {
  share: number;
  mark: number;
  /** The rule that took it out of connection tracking: nothing rewrites it any more. */
  untracked?: Place;
  masqueraded: boolean;
}

/** How the way of a packet ends, with the share of packets for which it does. */
export interface Ending {
  share: number;
  end: /** It went through, and its destination is what it was. */
    | 'passed'
    | 'rewritten'
    | 'dropped'
    | 'rejected'
    /** Taken by this machine itself, or by a proxy on it. */
    | 'redirected';
  /** Of `rewritten`. */
  to?: string;
  mark: number;
  /** The source is rewritten as well. */
  masqueraded: boolean;
  /** The rule that decided; absent where none did. */
  by?: Place;
}

/** A rule that was met and not understood. `stops`: it could end or bend the way; else it could let it pass others by. */
export interface Perhaps extends Place {
  stops: boolean;
}

export interface Walk {
  packet: Packet & { rewritten: boolean };
  ended: Ending[];
  perhaps: Perhaps[];
  /** Rules that may still be looked at: rules that a stranger wrote may branch without end. */
  budget: number;
}

/** Shares below this are rounding. */
export const NOTHING = 1e-6;
