import assert from 'node:assert/strict';
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJsonString,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { JsonFault } from '../../gateway/transcoding/JsonFault.ts';
import { transcoderOf } from '../../gateway/transcoding/transcoderOf.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { arbitraryJson, arbitraryMessage } from '../support/arbitraryMessage.ts';
import { everyField } from '../support/everyField.ts';

// Our transcoder beside the protobuf library's own JSON mapping: the same messages, the same texts, and nothing taken that the
// library refuses.

const { registry, every } = everyField();
const { encoderOf, decoderOf } = transcoderOf(registry);
const unbound = new Map();

const theirs = (type: DescMessage, bytes: Uint8Array): unknown =>
  toJson(type, fromBinary(type, bytes), { registry, alwaysEmitImplicit: true });

const ourTypes = (): DescMessage[] =>
  [...createFileRegistry(readDescriptors())].flatMap(type =>
    type.kind === 'message' && /^(holdfast|inference)\./.test(type.typeName) ? [type] : [],
  );

describe('the transcoder', () => {
  it('reads a field of every kind as the library does', () => {
    fc.assert(
      fc.property(arbitraryMessage(every), ({ json, message }) => {
        const bytes = encoderOf(every)(JSON.stringify(json), unbound);
        assert.deepEqual(theirs(every, bytes), theirs(every, toBinary(every, message)));
      }),
      { numRuns: 150 },
    );
  });

  it('writes a field of every kind as the library does', () => {
    fc.assert(
      fc.property(arbitraryMessage(every), ({ message }) => {
        const bytes = Buffer.from(toBinary(every, message));
        assert.deepEqual(
          JSON.parse(decoderOf(every)(bytes)),
          JSON.parse(JSON.stringify(theirs(every, bytes))),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('has every message of ours both ways', () => {
    const types = ourTypes();
    assert.ok(types.length > 80, String(types.length));
    for (const type of types)
      fc.assert(
        fc.property(arbitraryMessage(type), ({ json, message }) => {
          const bytes = encoderOf(type)(JSON.stringify(json), unbound);
          const expected = theirs(type, toBinary(type, message));
          assert.deepEqual(theirs(type, bytes), expected);
          assert.deepEqual(JSON.parse(decoderOf(type)(bytes)), JSON.parse(JSON.stringify(expected)));
        }),
        { numRuns: 5 },
      );
  });

  it('takes nothing that the library refuses, and understands the rest alike', () => {
    // A text with a piece cut out, doubled, or replaced by a token from elsewhere.
    const tokens = [
      'null',
      'true',
      '-',
      '1e999',
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '1.5',
      '"x"',
      '\\',
      '\\u0041',
      ' ',
    ];
    const spoiled = fc
      .tuple(arbitraryJson(every), fc.nat(), fc.nat({ max: 6 }), fc.constantFrom('', ...tokens), fc.boolean())
      .map(([json, at, length, token, keeps]) => {
        const text = JSON.stringify(json);
        const start = at % (text.length + 1);
        const cut = text.slice(start, start + length);
        return `${text.slice(0, start)}${token}${keeps ? cut : ''}${text.slice(start + length)}`;
      });
    let [refused, taken, stricter] = [0, 0, 0];
    fc.assert(
      fc.property(spoiled, text => {
        // No body at all is an empty request, which JSON does not know.
        fc.pre(text !== '');
        const library = attempt(() => toBinary(every, fromJsonString(every, text, { registry })));
        const ours = attempt(() => encoderOf(every)(text, unbound), JsonFault);
        if (ours === null) {
          if (library === null) refused++;
          else stricter++;
          return;
        }
        taken++;
        assert.ok(library !== null, `taken though the library refuses it: ${text}`);
        assert.deepEqual(theirs(every, ours), theirs(every, library));
      }),
      { numRuns: 1500 },
    );
    assert.ok(refused > 150 && taken > 50, `${refused} refused, ${taken} taken`);
    // Where the two differ, it is the library that lets numbers through that JSON does not know, as texts.
    assert.ok(stricter < 60, `${stricter} refused that the library takes`);
  });

  it('reads messages that come in parts, out of order and with unknown fields', () => {
    fc.assert(
      fc.property(arbitraryMessage(every), arbitraryMessage(every), (a, b) => {
        const unknown = Buffer.from([0xfa, 0xff, 0x03, 0x01, 0x00]);
        const bytes = Buffer.concat([toBinary(every, a.message), unknown, toBinary(every, b.message)]);
        assert.deepEqual(
          JSON.parse(decoderOf(every)(bytes)),
          JSON.parse(JSON.stringify(theirs(every, bytes))),
        );
      }),
      { numRuns: 60 },
    );
  });

  for (const [what, text, path, says] of [
    [
      'an unknown field',
      '{"oneStrin":"x"}',
      'oneStrin',
      /unknown in Every\. Did you mean "oneString"\? Expected oneDouble/,
    ],
    ['a wrong type', '{"oneString":5}', 'oneString', /expected a text, got 5 at character 13/],
    [
      'a wrong type deep below',
      '{"manyEveryMessage":[{},{"oneBool":"yes"}]}',
      'manyEveryMessage[1].oneBool',
      /expected true or false, got "yes"/,
    ],
    [
      'a whole number with a fraction',
      '{"oneInt32":1.5}',
      'oneInt32',
      /expected a whole number \(int32\), got 1.5/,
    ],
    [
      'a number out of range',
      '{"oneInt32":2147483648}',
      'oneInt32',
      /from -2147483648 to 2147483647, got 2147483648/,
    ],
    ['a negative one', '{"oneUint32":-1}', 'oneUint32', /from 0 to 4294967295, got -1/],
    [
      '64 bits too many',
      '{"oneUint64":"18446744073709551616"}',
      'oneUint64',
      /from 0 to 18446744073709551615/,
    ],
    [
      '64 bits that rounding would make whole',
      '{"oneInt64":4503599627370501.5}',
      'oneInt64',
      /expected a whole number \(int64\), got 4503599627370501\.5/,
    ],
    [
      '64 bits with a point as a name',
      '{"keyed3":{"5.0":""}}',
      'keyed3["5.0"]',
      /as a name: expected a whole number/,
    ],
    ['a float too large', '{"oneFloat":1e39}', 'oneFloat', /that a float holds/],
    ['a double too large', '{"oneDouble":1e999}', 'oneDouble', /that a double holds, got 1e999/],
    ['a hexadecimal number', '{"oneInt32":"0x10"}', 'oneInt32', /got "0x10"/],
    [
      'a wrong name of an enum',
      '{"oneColour":"COLOUR_REED"}',
      'oneColour',
      /Did you mean "COLOUR_RED"\? Expected one of COLOUR_UNSPECIFIED/,
    ],
    ['a wrong number of an enum', '{"oneColour":7}', 'oneColour', /expected a value of Colour .*got 7/],
    [
      'two of a oneof',
      '{"eitherBool":true,"eitherString":"x"}',
      'eitherString',
      /at most one of eitherBool and eitherString/,
    ],
    ['both spellings of a field', '{"one_bool":true,"oneBool":true}', 'oneBool', /set multiple times/],
    ['a name given twice', '{"oneBool":true,"oneBool":true}', 'oneBool', /this name is given twice/],
    [
      'a column given twice',
      '{"oneStructMessage":{"a":1,"a":1}}',
      'oneStructMessage.a',
      /this name is given twice/,
    ],
    ['the same key of a map in two ways', '{"keyed8":{"yes":"x"}}', 'keyed8.yes', /the name true or false/],
    ['null in a list', '{"manyString":[null]}', 'manyString[0]', /expected no null in a list/],
    ['base64 that is none', '{"oneBytes":"a*=="}', 'oneBytes', /expected bytes in base64, got "a\*=="/],
    [
      'a time that is none',
      '{"oneTimestampMessage":"yesterday"}',
      'oneTimestampMessage',
      /expected a Timestamp, got "yesterday"/,
    ],
    ['half a character', '{"oneString":"\\ud800"}', 'oneString', /half a character/],
    ['a control character', '{"oneString":"\n"}', 'oneString', /control character 10/],
    ['a number with a zero before it', '{"oneInt32":01}', '', /a comma or the end of the object/],
    ['no end', '{"oneBool":true', '', /got the end of the JSON text/],
    ['something behind the end', '{} {}', '', /expected the end, got an object/],
    ['a list as request', '[]', '', /expected an object, got a list/],
    [
      'objects in one another without end',
      `{"oneValueMessage":${'['.repeat(1000)}`,
      /^…/,
      /more than 100 deep/,
    ],
  ] as const)
    it(`refuses ${what}, and says where`, () => {
      assert.throws(
        () => encoderOf(every)(text, unbound),
        (error: unknown) => {
          assert.ok(error instanceof JsonFault);
          assert.match(error.message, says);
          if (typeof path === 'string') assert.equal(error.path, path);
          else assert.match(error.path, path);
          return true;
        },
      );
    });

  it('writes long parts with their lengths', () => {
    for (const length of [0, 1, 39, 40, 41, 126, 127, 128, 16_383, 16_384, 100_000, 3_000_000])
      for (const letter of ['a', 'ä', '😀']) {
        const value = letter.repeat(Math.ceil(length / letter.length));
        const bytes = encoderOf(every)(
          JSON.stringify({ manyEveryMessage: [{ oneStructMessage: { value } }] }),
          unbound,
        );
        assert.deepEqual(
          theirs(every, bytes),
          theirs(
            every,
            toBinary(
              every,
              fromJsonString(every, JSON.stringify({ manyEveryMessage: [{ oneStructMessage: { value } }] })),
            ),
          ),
        );
      }
  });
});

/** Null where it is refused; by another error than the expected one, the test fails. */
function attempt(
  work: () => Uint8Array,
  expected: new (...args: never[]) => Error = Error,
): Uint8Array | null {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof expected, `unexpected: ${String(error)}`);
    return null;
  }
}
