import { didYouMean } from '../suggest.ts';
import type { Comparator, Filter, ListDeclaration, ListField } from './ListDeclaration.ts';
import { readValue } from './readValue.ts';
import { type Token, tokenizeFilter } from './tokenizeFilter.ts';

// The filters of lists: a subset of AIP-160 (https://google.aip.dev/160). Comparisons of a declared field with a value,
// `field:value` for what a list field contains, `field:*` for what is there at all, AND, OR, NOT and parentheses. AIP-160 lets OR
// bind tighter than AND, the opposite of what most languages do; here the two are not mixed without parentheses.

const MAXIMUM_CHARACTERS = 2_000;
const MAXIMUM_COMPARISONS = 50;
const MAXIMUM_DEPTH = 20;

const comparators: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);
const isComparator = (sign: string): sign is Comparator => comparators.has(sign);

/**
 * @returns null for an empty filter: everything
 * @throws SyntaxError that says where, what came and what was expected
 */
export function parseFilter(list: ListDeclaration, text: string): Filter | null {
  if (text.trim() === '') return null;
  if (text.length > MAXIMUM_CHARACTERS)
    throw new SyntaxError(`it has ${text.length} characters; expected at most ${MAXIMUM_CHARACTERS}`);
  const tokens = tokenizeFilter(text);
  let next = 0;
  let comparisons = 0;
  const filter = parseExpression(0);
  if (peek().kind !== 'end') throw unexpected('AND, OR or the end');
  return filter;

  function parseExpression(depth: number): Filter {
    if (depth > MAXIMUM_DEPTH) throw new SyntaxError(`it is nested deeper than ${MAXIMUM_DEPTH} times`);
    const of = [parseTerm(depth)];
    const [joint, other] = isWord('AND') ? (['AND', 'OR'] as const) : (['OR', 'AND'] as const);
    while (isWord(joint)) {
      next++;
      of.push(parseTerm(depth));
    }
    if (of.length > 1 && isWord(other))
      throw new SyntaxError(
        `AND and OR are mixed at character ${peek().position}; put parentheses around what belongs together`,
      );
    return of.length === 1 ? of[0] : { kind: joint === 'AND' ? 'and' : 'or', of };
  }

  function parseTerm(depth: number): Filter {
    if (isWord('NOT')) {
      next++;
      if (depth > MAXIMUM_DEPTH) throw new SyntaxError(`it is nested deeper than ${MAXIMUM_DEPTH} times`);
      return { kind: 'not', of: parseTerm(depth + 1) };
    }
    if (!isSign('(')) return parseComparison();
    next++;
    const inner = parseExpression(depth + 1);
    if (!isSign(')')) throw unexpected('AND, OR or )');
    next++;
    return inner;
  }

  function parseComparison(): Filter {
    const { kind, value: name } = peek();
    if (kind !== 'word') throw unexpected(`a field of the list (${shownFields(list)})`);
    const field = list.fields[name];
    if (!Object.hasOwn(list.fields, name) || field.hidden) throw unknownField(list, name);
    next++;
    if (++comparisons > MAXIMUM_COMPARISONS)
      throw new SyntaxError(`it has more than ${MAXIMUM_COMPARISONS} comparisons`);
    const sign = peek();
    if (sign.kind === 'sign' && sign.value === ':') {
      next++;
      return parseHas(name, field);
    }
    if (sign.kind !== 'sign' || !isComparator(sign.value)) throw unexpected(`one of ${signsOf(field)}`);
    const ordered = field.type !== 'boolean' && field.type !== 'texts' && field.values === undefined;
    if (field.type === 'texts' || (!ordered && sign.value !== '=' && sign.value !== '!='))
      throw unexpected(`one of ${signsOf(field)}`);
    next++;
    return { kind: 'compare', field: name, comparator: sign.value, value: readValue(name, field, word()) };
  }

  function parseHas(name: string, field: ListField): Filter {
    if (isSign('*')) {
      if (!field.optional) throw unexpected(`a value: ${name} is always there`);
      next++;
      return { kind: 'present', field: name };
    }
    if (field.type !== 'texts')
      throw new SyntaxError(
        `${name}: is asked at character ${peek().position}; expected ${name} = value, for it is no list`,
      );
    return { kind: 'has', field: name, value: readValue(name, field, word()) };
  }

  function word(): string {
    const { kind, value } = peek();
    if (kind !== 'word' && kind !== 'text') throw unexpected('a value');
    next++;
    return value;
  }

  function peek(): Token {
    return tokens[next];
  }

  function isWord(value: string): boolean {
    return peek().kind === 'word' && peek().value === value;
  }

  function isSign(value: string): boolean {
    return peek().kind === 'sign' && peek().value === value;
  }

  function unexpected(expected: string): SyntaxError {
    const { kind, value, position } = peek();
    return new SyntaxError(
      `expected ${expected} at character ${position}, got ${kind === 'end' ? 'the end' : JSON.stringify(value)}`,
    );
  }
}

const signsOf = (field: ListField): string =>
  field.type === 'texts'
    ? ':'
    : field.type === 'boolean' || field.values !== undefined
      ? '= !='
      : '= != < <= > >=';

const namesOf = ({ fields }: ListDeclaration): string[] =>
  Object.keys(fields).filter(name => !fields[name].hidden);

const shownFields = (list: ListDeclaration): string => namesOf(list).join(', ');

export const unknownField = (list: ListDeclaration, name: string): SyntaxError =>
  new SyntaxError(
    `${JSON.stringify(name)} is no field of this list.${didYouMean(name, namesOf(list))} Its fields are ${shownFields(list)}`,
  );
