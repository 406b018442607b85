import { chanceOf } from './matches.ts';
import { type Ending, NOTHING, type State, type Walk } from './state.ts';
import type { Action, Chain, Place, Rule, Table } from './types.ts';

/** Chains that call each other this deep are not followed further; kube-proxy's are five deep, the kernel allows sixteen. */
const DEEPEST = 16;

export const placeOf = (table: Table, { name }: Chain, text: string): Place => ({
  tool: table.tool,
  table: table.name,
  chain: name,
  text,
});

/** `going`: came to the end of the chain, or returned from it. `accepted`: through with this base chain. */
export interface Through {
  going: State[];
  accepted: State[];
}

export function throughChain(
  walk: Walk,
  table: Table,
  chain: Chain,
  entering: readonly State[],
  depth: number,
): Through {
  const through: Through = { going: [], accepted: [] };
  let going = [...entering];
  for (const rule of chain.rules) {
    if (going.length === 0 || walk.budget-- <= 0) break;
    going = merged(going.flatMap((state) => throughRule(walk, { table, chain, rule, depth }, state, through)));
  }
  return { going: merged([...through.going, ...going]), accepted: through.accepted };
}

interface At {
  table: Table;
  chain: Chain;
  rule: Rule;
  depth: number;
}

/** The states that come to the next rule. */
function throughRule(walk: Walk, at: At, state: State, through: Through): State[] {
  let chance = 1;
  let understood = true;
  for (const condition of at.rule.conditions) {
    const one = chanceOf(condition, { ...walk.packet, mark: state.mark }, at.table);
    if (one === 0) return [state];
    if (one === undefined) understood = false;
    else chance *= one;
  }
  if (!understood) {
    const [stops, passes] = [could(at, STOPS), could(at, PASSES)];
    if (stops || passes) walk.perhaps.push({ ...placeOf(at.table, at.chain, at.rule.text), stops });
    return [state];
  }
  const met = act(walk, at, at.rule.actions, { ...state, share: state.share * chance }, through);
  return chance < 1 ? [...met, { ...state, share: state.share * (1 - chance) }] : met;
}

const STOPS: readonly Action['do'][] = ['drop', 'reject', 'redirect', 'rewrite', 'untrack', 'unknown'];
const PASSES: readonly Action['do'][] = ['accept', 'return'];

/** Whether the rule itself, or a chain that it leads to, would do one of these. */
const could = ({ table, rule, depth }: At, wanted: readonly Action['do'][]): boolean =>
  rule.actions.some((action) => {
    if (wanted.includes(action.do)) return true;
    const chain = 'chain' in action && depth < 3 ? table.chains.get(action.chain) : undefined;
    return chain?.rules.some((next) => could({ table, chain, rule: next, depth: depth + 1 }, wanted)) ?? false;
  });

/** The states that go on behind these actions, one after another. */
function act(walk: Walk, at: At, actions: readonly Action[], state: State, through: Through): State[] {
  let going = [state];
  for (const action of actions) {
    going = going.flatMap((one) => acted(walk, at, action, one, through));
    if (going.length === 0) break;
  }
  return going;
}

function acted(walk: Walk, at: At, action: Action, state: State, through: Through): State[] {
  switch (action.do) {
    case 'jump':
    case 'goto':
      return entered(walk, at, action, state, through);
    case 'look-up': {
      const key = action.by.map((field) => walk.packet[field]).join('/');
      return act(walk, at, at.table.maps.get(action.map)?.get(key) ?? [], state, through);
    }
    case 'spread':
      return merged(spread(walk, at, action, state, through));
    case 'mark':
      return [{ ...state, mark: ((state.mark & ~action.mask) ^ action.value) >>> 0 }];
    case 'untrack':
      return [{ ...state, untracked: placeOf(at.table, at.chain, at.rule.text) }];
    case 'masquerade':
      through.accepted.push({ ...state, masqueraded: true });
      return [];
    case 'accept':
      through.accepted.push(state);
      return [];
    case 'return':
      through.going.push(state);
      return [];
    case 'unknown':
      walk.perhaps.push({ ...placeOf(at.table, at.chain, at.rule.text), stops: true });
      return [state];
    default:
      walk.ended.push(ending(at, action, state));
      return [];
  }
}

type Final = { do: 'drop' | 'reject' | 'redirect' } | { do: 'rewrite'; to: string };
const ENDINGS = { drop: 'dropped', reject: 'rejected', redirect: 'redirected', rewrite: 'rewritten' } as const;

function ending({ table, chain, rule }: At, action: Final, { share, mark, masqueraded }: State): Ending {
  const by = placeOf(table, chain, rule.text);
  return { share, end: ENDINGS[action.do], ...('to' in action && { to: action.to }), mark, masqueraded, by };
}

/** Behind a `goto` the calling chain is left; behind a `jump` it goes on. A chain that is not there is empty. */
function entered(
  walk: Walk,
  { table, depth }: At,
  { do: how, chain: name }: Extract<Action, { do: 'jump' | 'goto' }>,
  state: State,
  through: Through,
): State[] {
  const chain = table.chains.get(name);
  if (!chain || depth >= DEEPEST) return [state];
  const { going, accepted } = throughChain(walk, table, chain, [state], depth + 1);
  through.accepted.push(...accepted);
  if (how === 'jump') return going;
  through.going.push(...going);
  return [];
}

/** To each place an equal share; places that are not there let it go on. */
function spread(
  walk: Walk,
  at: At,
  { over, places }: Extract<Action, { do: 'spread' }>,
  state: State,
  through: Through,
): State[] {
  const share = state.share / over;
  const led = places.flatMap((actions) => act(walk, at, actions, { ...state, share }, through));
  const left = state.share - share * places.length;
  return left > NOTHING ? [...led, { ...state, share: left }] : led;
}

/** States that differ in nothing but their share are one. */
function merged(states: readonly State[]): State[] {
  if (states.length < 2) return [...states];
  const one = new Map<string, State>();
  for (const state of states) {
    const key = `${state.mark} ${state.untracked?.text ?? ''} ${state.masqueraded}`;
    const before = one.get(key);
    one.set(key, before ? { ...before, share: before.share + state.share } : state);
  }
  return [...one.values()];
}
