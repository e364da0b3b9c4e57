import type { JsonValue } from '@bufbuild/protobuf';
import { shorten } from '../../platform/shorten.ts';
import { JsonFault } from './JsonFault.ts';

// JSON (RFC 8259) read value by value, front to back, by whoever knows what ought to come: nothing is built that is only looked at
// once. Strict where JSON.parse is not: a name given twice, half a character, a number that no double holds and a nesting
// without end are faults, and each fault has its path.

/** Lists and objects in one another. */
const MAXIMUM_DEPTH = 100;

export type JsonKind = 'object' | 'list' | 'text' | 'number' | 'true' | 'false' | 'null';

export class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  readonly #path: (string | number)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** What comes next, by its first letter. */
  kind(): JsonKind {
    switch (this.#peek()) {
      case QUOTE:
        return 'text';
      case OPEN_OBJECT:
        return 'object';
      case OPEN_LIST:
        return 'list';
      case LETTER_T:
        return 'true';
      case LETTER_F:
        return 'false';
      case LETTER_N:
        return 'null';
      default:
        return 'number';
    }
  }

  /** Passes over a `null`, where one comes. */
  takeNull(): boolean {
    if (this.#peek() !== LETTER_N) return false;
    this.#word('null');
    return true;
  }

  boolean(): boolean {
    const letter = this.#peek();
    if (letter === LETTER_T) this.#word('true');
    else if (letter === LETTER_F) this.#word('false');
    else throw this.unexpected('true or false');
    return letter === LETTER_T;
  }

  /** A number as it is written. */
  numberText(): string {
    this.#peek();
    const start = this.#at;
    const text = this.#text;
    let at = start;
    if (text.charCodeAt(at) === MINUS) at++;
    const first = text.charCodeAt(at);
    if (first === ZERO) at++;
    else if (isDigit(first)) at = pastDigits(text, at);
    else throw this.unexpected('a JSON value');
    if (text.charCodeAt(at) === POINT) {
      if (!isDigit(text.charCodeAt(++at))) throw this.unexpected('a number with digits behind its point');
      at = pastDigits(text, at);
    }
    const exponent = text.charCodeAt(at);
    if (exponent === LETTER_E || exponent === CAPITAL_E) {
      const sign = text.charCodeAt(++at);
      if (sign === PLUS || sign === MINUS) at++;
      if (!isDigit(text.charCodeAt(at))) throw this.unexpected('a number with digits in its exponent');
      at = pastDigits(text, at);
    }
    this.#at = at;
    return text.slice(start, at);
  }

  /** @throws JsonFault for one that no double holds */
  number(): number {
    const text = this.numberText();
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    throw this.fault(`expected a number that a double holds, got ${shorten(text, SHOWN)}`);
  }

  string(): string {
    if (this.#peek() !== QUOTE) throw this.unexpected('a text');
    return this.#string();
  }

  /** Calls back at each value of an object, with its name. */
  object(member: (name: string) => void): void {
    if (this.#peek() !== OPEN_OBJECT) throw this.unexpected('an object');
    this.#enter();
    if (this.#peek() === CLOSE_OBJECT) return this.#leave();
    const names = new Set<string>();
    for (;;) {
      if (this.#peek() !== QUOTE) throw this.unexpected('a name in quotes');
      const name = this.#string();
      this.#path.push(name);
      if (names.size === names.add(name).size) throw this.fault('this name is given twice');
      if (this.#peek() !== COLON) throw this.unexpected('a colon behind the name');
      this.#at++;
      member(name);
      this.#path.pop();
      const next = this.#peek();
      if (next === CLOSE_OBJECT) return this.#leave();
      if (next !== COMMA) throw this.unexpected('a comma or the end of the object');
      this.#at++;
    }
  }

  /** Calls back at each element of a list. */
  list(element: () => void): void {
    if (this.#peek() !== OPEN_LIST) throw this.unexpected('a list');
    this.#enter();
    if (this.#peek() === CLOSE_LIST) return this.#leave();
    for (let index = 0; ; index++) {
      this.#path.push(index);
      element();
      this.#path.pop();
      const next = this.#peek();
      if (next === CLOSE_LIST) return this.#leave();
      if (next !== COMMA) throw this.unexpected('a comma or the end of the list');
      this.#at++;
    }
  }

  /** Any value, as JSON.parse makes it. */
  value(): JsonValue {
    switch (this.kind()) {
      case 'object': {
        const entries: [string, JsonValue][] = [];
        this.object(name => entries.push([name, this.value()]));
        return Object.fromEntries(entries);
      }
      case 'list': {
        const elements: JsonValue[] = [];
        this.list(() => elements.push(this.value()));
        return elements;
      }
      case 'text':
        return this.string();
      case 'number':
        return this.number();
      case 'null':
        this.#word('null');
        return null;
      default:
        return this.boolean();
    }
  }

  /** @throws JsonFault where something follows */
  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.unexpected('the end');
  }

  /** @returns what to throw: that something else ought to come here */
  unexpected(expected: string): JsonFault {
    this.#skipSpace();
    if (this.#at >= this.#text.length)
      return this.fault(`expected ${expected}, got the end of the JSON text`);
    const [came = ''] =
      /^(?:"(?:[^"\\]|\\.){0,100}"?|[[{]|[^\s,:"[\]{}]{1,100}|.)/su.exec(
        this.#text.slice(this.#at, this.#at + 200),
      ) ?? [];
    const what = came === '{' ? 'an object' : came === '[' ? 'a list' : shorten(came, SHOWN);
    return this.fault(`expected ${expected}, got ${what} at character ${this.#at}`);
  }

  fault(reason: string): JsonFault {
    return new JsonFault(writePath(this.#path), reason);
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let isWide = false;
    for (let at = start; at < text.length; at++) {
      const letter = text.charCodeAt(at);
      if (letter === QUOTE) {
        this.#at = at + 1;
        return this.#wellFormed(text.slice(start, at), isWide);
      }
      if (letter === BACKSLASH) return this.#escaped(start, at);
      if (letter < 0x20)
        throw this.fault(`a text holds the control character ${letter}; write it as an escape`);
      if (letter >= 0xd800) isWide = true;
    }
    throw this.fault('a text has no end');
  }

  /** A text with escapes: its end is found, and JSON.parse reads them. */
  #escaped(start: number, firstEscape: number): string {
    const text = this.#text;
    let at = firstEscape;
    while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    if (at >= text.length) throw this.fault('a text has no end');
    this.#at = at + 1;
    try {
      const read: unknown = JSON.parse(text.slice(start - 1, at + 1));
      return this.#wellFormed(String(read), true);
    } catch (error) {
      if (error instanceof JsonFault) throw error;
      throw this.fault('a text holds an escape that JSON does not know, or a control character');
    }
  }

  #wellFormed(text: string, isWide: boolean): string {
    if (isWide && !text.isWellFormed()) throw this.fault('a text holds half a character (a lone surrogate)');
    return text;
  }

  #enter(): void {
    if (++this.#depth > MAXIMUM_DEPTH)
      throw this.fault(`lists and objects lie more than ${MAXIMUM_DEPTH} deep in one another`);
    this.#at++;
  }

  #leave(): void {
    this.#depth--;
    this.#at++;
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#at)) throw this.unexpected('a JSON value');
    this.#at += word.length;
  }

  #peek(): number {
    const letter = this.#text.charCodeAt(this.#at);
    if (letter > SPACE) return letter;
    this.#skipSpace();
    return this.#text.charCodeAt(this.#at);
  }

  #skipSpace(): void {
    for (;;) {
      const letter = this.#text.charCodeAt(this.#at);
      if (letter !== SPACE && letter !== LINE_FEED && letter !== RETURN && letter !== TAB) return;
      this.#at++;
    }
  }
}

/** `instances[3].tenure`; a name with other signs in quotes. Of a long path, the end. */
function writePath(path: readonly (string | number)[]): string {
  const written = path
    .slice(-LONGEST_PATH)
    .map((step, at) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\p{L}\p{N}_-]{1,100}$/u.test(step))
        return `[${JSON.stringify(shorten(step.toWellFormed(), SHOWN))}]`;
      return at === 0 ? step : `.${step}`;
    })
    .join('');
  return path.length > LONGEST_PATH ? `…${written}` : written;
}

const SHOWN = 60;
const LONGEST_PATH = 12;

function pastDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

const isDigit = (letter: number): boolean => letter >= ZERO && letter <= NINE;

const [
  QUOTE,
  BACKSLASH,
  OPEN_OBJECT,
  CLOSE_OBJECT,
  OPEN_LIST,
  CLOSE_LIST,
  COMMA,
  COLON,
  MINUS,
  PLUS,
  POINT,
  ZERO,
  NINE,
] = Buffer.from('"\\{}[],:-+.09');
const [LETTER_T, LETTER_F, LETTER_N, LETTER_E, CAPITAL_E, SPACE, LINE_FEED, RETURN, TAB] =
  Buffer.from('tfneE \n\r\t');
