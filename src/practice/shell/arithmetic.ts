import type { ArithmeticExpression } from 'unbash';
import { SystemError } from '../machine/channel.ts';

export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

const BINARY: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / divisor(b)),
  '%': (a, b) => a % divisor(b),
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};

function divisor(value: number): number {
  if (value === 0) throw new SystemError('arithmetic: divide by zero');
  return value;
}

function numberOf(text: string): number {
  const plain = text.trim();
  if (plain === '') return 0;
  const value = /^-?0\d+$/.test(plain) ? Number.parseInt(plain, 8) : Number(plain);
  if (!Number.isInteger(value)) throw new SystemError(`arithmetic syntax error: ${plain}`);
  return value;
}

/** The value of an expression; `expand` gives the text of a word in it. */
export async function evaluate(
  expression: ArithmeticExpression,
  variables: Variables,
  expand: (word: Extract<ArithmeticExpression, { type: 'ArithmeticWord' }>) => Promise<string>,
): Promise<number> {
  const value = (part: ArithmeticExpression) => evaluate(part, variables, expand);
  const assign = (target: ArithmeticExpression, result: number) => {
    if (target.type === 'ArithmeticWord') variables.set(target.value, String(result));
    return result;
  };
  switch (expression.type) {
    case 'ArithmeticWord': {
      const text = await expand(expression);
      return numberOf(/^[a-z_]\w*$/i.test(text) ? (variables.get(text) ?? '') : text);
    }
    case 'ArithmeticGroup':
      return value(expression.expression);
    case 'ArithmeticTernary':
      return value((await value(expression.test)) !== 0 ? expression.consequent : expression.alternate);
    case 'ArithmeticUnary': {
      const operand = await value(expression.operand);
      if (expression.operator === '++' || expression.operator === '--') {
        const next = operand + (expression.operator === '++' ? 1 : -1);
        return assign(expression.operand, next) && expression.prefix ? next : operand;
      }
      return { '-': -operand, '!': Number(operand === 0), '~': ~operand }[expression.operator] ?? operand;
    }
    case 'ArithmeticBinary': {
      const { operator, left, right } = expression;
      if (operator === '=') return assign(left, await value(right));
      const compound = BINARY[operator.slice(0, -1)];
      if (/^([+\-*/%&|^]|<<|>>)=$/.test(operator) && compound)
        return assign(left, compound(await value(left), await value(right)));
      return BINARY[operator]?.(await value(left), await value(right)) ?? 0;
    }
    case 'ArithmeticCommandExpansion':
      throw new SystemError('a command inside arithmetic is not simulated');
  }
}
